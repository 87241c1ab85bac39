// The heart in a study, for `inspect STUDY --out`: segmented, measured and drawn; without weights or libtorch, the bare slices.
// Hands on: findHeart, heartSheet, bareSheet, heartAsText.
import { phenotypes } from '../base/phenotypes.ts'
import type { Volume } from '../formats/volume.ts'
import { prepareCine } from '../prepare/cmr/prepare-cine.ts'
import type { PreparedCine } from '../prepare/cmr/prepared-cine.ts'
import { cineContactSheet, slicePicture } from '../report/slice-picture.ts'
import { describeFailure } from './failure.ts'
import { openSegmenter } from './open-stack.ts'
import type { Report } from './progress.ts'
import { verdictLine } from './verdict-line.ts'

const BARE_ZOOM = 1 // whole slices are 200 pixels and more across
const SHEET_ZOOM = 3 // the crop's 64 pixels become 192

/** What was found, in the words `inspect --json` prints. */
export type HeartFacts = Pick<PreparedCine, 'edFrame' | 'esFrame' | 'measured' | 'heartBoxMm' | 'verdicts'>

/** The heart in a short-axis stack; undefined, with a warning that says why, where it cannot be found here. */
export async function findHeart(volume: Volume, report: Report): Promise<PreparedCine | undefined> {
  const step = report.begin('segmenting')
  try {
    const heart = await prepareCine(volume, await openSegmenter())
    step.done(`end-diastole in frame ${heart.edFrame + 1}, end-systole in frame ${heart.esFrame + 1}`)
    return heart
  } catch (error) {
    step.done('not possible')
    report.warn(`drawn without contours: ${describeFailure(error).message}`)
    return undefined
  }
}

/** Both phases with contours, base to apex: a PNG. */
export function heartSheet(heart: PreparedCine): Uint8Array {
  const { numSlices, numRows, numColumns } = heart.shape
  return cineContactSheet(heart, [numSlices, numRows, numColumns], SHEET_ZOOM)
}

/** The first frame of every slice as it is: a PNG. */
export function bareSheet(volume: Volume): Uint8Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numRows * numColumns
  const tiles = Array.from({ length: numSlices }, (_, z) => ({ slice_YX: volume.voxels_FZYX.subarray(z * size, (z + 1) * size) }))
  return slicePicture(tiles, { numRows, numColumns, zoom: BARE_ZOOM, tilesAcross: Math.min(numSlices, 6) })
}

/** The measurements as lines for a person; frames counted from one. */
export function heartAsText({ edFrame, esFrame, measured, heartBoxMm, verdicts }: HeartFacts): string {
  const value = (id: (typeof phenotypes)[number]['id'], unit: string) => {
    if (!Number.isFinite(measured[id])) return 'not measured'
    return unit === 'fraction' ? `${(100 * measured[id]).toFixed(1)} %` : `${measured[id].toFixed(1)} ${unit}`
  }
  const failed = verdicts.filter(({ ok }) => !ok)
  return [
    `  end-diastole frame ${edFrame + 1}, end-systole frame ${esFrame + 1} (the first is 1), heart box ${heartBoxMm.map((mm) => mm.toFixed(0)).join(' x ')} mm`,
    ...phenotypes.map(({ id, name, unit }) => `  ${name}: ${value(id, unit)}`),
    ...(failed.length === 0 ? [`  heart: all ${verdicts.length} criteria met`] : failed.map(verdictLine)),
  ].join('\n')
}
