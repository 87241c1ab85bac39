// A short-axis stack from whatever holds one: a zip, a folder of DICOM files, one file, a NIfTI image.
// Hands on: openStack, longAxesAmong.
import { readFileSync } from 'node:fs'
import { fault } from '../base/errors.ts'
import type { Verdict } from '../base/verdict.ts'
import { readNifti } from '../formats/nifti.ts'
import type { Volume } from '../formats/volume.ts'
import { volumeOfNifti } from '../prepare/cmr/nifti-volume.ts'
import { loadStudy } from './load-study.ts'
import type { Report } from './progress.ts'
import { sideFrames } from './side-frames.ts'

/** Of a study's volumes those that may hold the LV's axis: every cine of one slice. Which do, their place tells. */
export function longAxesAmong(volumes: readonly Volume[]): Volume[] {
  return volumes.filter(({ view, shape }) => view !== 'sax' && shape[1] === 1)
}

/** A stack, the long axes beside it, what was decided and judged on the way, and the frames that a side file names. */
export type Stack = {
  volume: Volume
  longAxes: readonly Volume[]
  notes: string[]
  verdicts: readonly Verdict[]
  edFrame?: number
  esFrame?: number
}

/** A NIfTI image; files beside a cine may name its frames of end-diastole and end-systole. */
function openNifti(path: string): Stack {
  const { volume, notes } = volumeOfNifti(readNifti(readFileSync(path)))
  const told = volume.shape[0] === 1 ? undefined : sideFrames(path, volume)
  if (told === undefined) return { volume, longAxes: [], notes, verdicts: [] }
  return { volume, longAxes: [], edFrame: told.edFrame, esFrame: told.esFrame, notes: [...notes, told.note], verdicts: [] }
}

/**
 * Opens the short-axis stack of a path.
 *
 * @param longAxesPath  A study of long axes in a file or folder of its own (UK Biobank's field 20208).
 * @throws  cli/no-short-axis when a study has none; what the readers throw.
 */
export async function openStack(path: string, report: Report, longAxesPath?: string): Promise<Stack> {
  if (/\.nii(\.gz)?$/i.test(path)) return openNifti(path)
  const step = report.begin('reading')
  const { volumes, notes, verdicts, numImages, leftOut } = await loadStudy(path, (numDone) => step.advance(numDone))
  step.done(`${numImages} images`)
  const volume = volumes.find(({ view }) => view === 'sax')
  if (volume === undefined)
    throw fault({
      code: 'cli/no-short-axis',
      where: 'openStack',
      expected: 'a stack of short-axis cines',
      received: volumes.length === 0 ? 'no cine' : volumes.map(({ view }) => view).join(', '),
      hint: 'Look at the study with: cinelead inspect',
    })
  const more = longAxesPath === undefined ? [] : (await loadStudy(longAxesPath)).volumes
  for (const { code, numFiles } of leftOut) notes.push(`${numFiles} files were left out: ${code}`)
  return { volume, longAxes: longAxesAmong([...volumes, ...more]), notes, verdicts }
}
