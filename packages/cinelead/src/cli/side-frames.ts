// Which frames of a NIfTI cine are end-diastole and end-systole, where files beside it tell: ACDC's Info.cfg, M&Ms' table in a folder above,
// M&Ms-2's images of both phases. Hands on: sideFrames.
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fault, faultAt } from '../base/errors.ts'
import { type CineInfo, readCineInfo, readCineTable } from '../formats/cine-info.ts'
import { readNifti } from '../formats/nifti.ts'
import type { Volume } from '../formats/volume.ts'

const FOLDERS_UP = 3 // M&Ms: OpenDataset/Training/Labeled/CODE/CODE_sa.nii.gz
const MAX_TABLE_BYTES = 4 * 1024 * 1024

type Told = { edFrame: number; esFrame: number; note: string }

function fromInfo(path: string): Told | undefined {
  const file = join(dirname(path), 'Info.cfg')
  if (!existsSync(file)) return undefined
  return { ...readCineInfo(readFileSync(file)), note: 'end-diastole and end-systole are those of the Info.cfg beside the image' }
}

/** Tables of a folder; folders above the image's own may be closed to the user. */
function tablesIn(folder: string): string[] {
  try {
    accessSync(folder, constants.R_OK)
  } catch {
    return []
  }
  return readdirSync(folder).filter((name) => /\.csv$/i.test(name))
}

function fromTable(path: string): Told | undefined {
  const code = /^(.+?)_sa\.nii(\.gz)?$/i.exec(basename(path))?.[1]
  if (code === undefined) return undefined
  let folder = dirname(path)
  for (let step = 0; step <= FOLDERS_UP; step++) {
    for (const name of tablesIn(folder)) {
      const file = join(folder, name)
      if (statSync(file).size > MAX_TABLE_BYTES) continue
      let found: CineInfo | undefined
      try {
        found = readCineTable(readFileSync(file), code)
      } catch (error) {
        throw faultAt(error, name)
      }
      if (found !== undefined) return { ...found, note: 'end-diastole and end-systole are those of the table of the data set' }
    }
    folder = dirname(folder)
  }
  return undefined
}

/** The frame that holds the very voxels of another image. */
function frameOf({ shape, voxels_FZYX }: Volume, path: string): number | undefined {
  const single = readNifti(readFileSync(path)).voxels_FZYX
  const size = shape[1] * shape[2] * shape[3]
  if (single.length !== size) return undefined
  const frames = Array.from({ length: shape[0] }, (_, frame) => frame)
  return frames.find((frame) => single.every((value, at) => value === voxels_FZYX[frame * size + at]))
}

function fromPhases(path: string, volume: Volume): Told | undefined {
  if (!/_CINE\.nii(\.gz)?$/i.test(path)) return undefined
  const frames = ['ED', 'ES'].map((phase) => {
    const file = path.replace(/_CINE(\.nii(\.gz)?)$/i, `_${phase}$1`)
    return existsSync(file) ? frameOf(volume, file) : undefined
  })
  const [edFrame, esFrame] = frames
  if (edFrame === undefined || esFrame === undefined) return undefined
  return { edFrame, esFrame, note: 'end-diastole and end-systole are the frames whose images lie beside the cine' }
}

/**
 * Looks for frames that somebody has chosen for this cine.
 *
 * @throws  formats/cine-info when a side file names a frame that is none, or one the cine does not have.
 */
export function sideFrames(path: string, volume: Volume): Told | undefined {
  const told = fromInfo(path) ?? fromTable(path) ?? fromPhases(path, volume)
  const [numFrames] = volume.shape
  if (told === undefined || (told.edFrame < numFrames && told.esFrame < numFrames)) return told
  throw fault({
    code: 'formats/cine-info',
    where: 'sideFrames',
    expected: `frames below ${numFrames}`,
    received: `end-diastole ${told.edFrame}, end-systole ${told.esFrame}`,
    hint: 'Is the side file that of another image? Move it away, or give the frames with --ed and --es.',
  })
}
