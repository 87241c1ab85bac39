// Segmentation and measurement of a stack for use alone, without cropping or storing: what `cinelead segment` and `measure` do.
// Hands on: segmentStudy, measureStudy, StudyMeasures.
import type { Verdict } from '../../base/verdict.ts'
import { fault } from '../../base/errors.ts'
import type { Volume } from '../../formats/volume.ts'
import { cleanLabels } from './clean-labels.ts'
import { boxSizeMm, heartBox } from './crop.ts'
import { judgeCine, lostSlices } from './judge.ts'
import { measureHeart, volumesOf } from './measure.ts'
import { findPhases, fittedTo, type PhaseSearch } from './phases.ts'
import type { Segmenter } from './prepared-cine.ts'
import { sliceStack } from './slice-stack.ts'
import { measureWall, type WallMeasures } from './wall.ts'

/** What a radiologist would want. A value that cannot be measured (a single phase has no stroke) is NaN. */
export type StudyMeasures = {
  edFrame: number
  esFrame: number
  lvedvMl: number
  lvesvMl: number
  lvsvMl: number
  lvefFraction: number
  lvmG: number
  rvedvMl: number
  rvesvMl: number
  rvsvMl: number
  rvefFraction: number
  coLPerMin: number
  heartRateBpm: number
  wall: WallMeasures
  /** Size of the box that holds both ventricles in both phases: slices, rows, columns. */
  heartBoxMm: readonly [number, number, number]
  /** Its first and last voxel: slice, row, column. */
  heartBoxVoxels: { first: readonly [number, number, number]; last: readonly [number, number, number] }
  verdicts: readonly Verdict[]
}

/**
 * Labels every slice of every frame: 0 background, 1 LV cavity, 2 myocardium, 3 RV cavity.
 *
 * @param onFrame  Told after each frame.
 * @returns        Shape [F, Z, Y, X], on the volume's own voxels; and how many rings within the heart are drawn from their neighbours.
 */
export async function segmentStudy(
  volume: Volume,
  segmenter: Segmenter,
  onFrame: (numDone: number, numFrames: number) => void = () => {},
): Promise<{ labels_FZYX: Uint8Array; numFilled: number }> {
  const [numFrames, numSlices, numRows, numColumns] = volume.shape
  const [sliceMm, rowMm, columnMm] = volume.spacingMm
  const shape = [numSlices, numRows, numColumns] as const
  const fitted = fittedTo(volume, segmenter)
  const labels_FZYX = new Uint8Array(volume.voxels_FZYX.length)
  const filled: number[] = []
  for (let frame = 0; frame < numFrames; frame++) {
    const raw_ZYX = await fitted(sliceStack(volume, frame), shape, [rowMm, columnMm])
    labels_FZYX.set(cleanLabels(raw_ZYX, shape, [rowMm, columnMm], { sliceMm, filled }), frame * numSlices * numRows * numColumns)
    onFrame(frame + 1, numFrames)
  }
  return { labels_FZYX, numFilled: filled.length }
}

async function measureSingle(volume: Volume, segmenter: Segmenter): Promise<StudyMeasures> {
  const { labels_FZYX: labels_ZYX, numFilled } = await segmentStudy(volume, segmenter)
  const volumes = volumesOf(labels_ZYX, volume.spacingMm)
  const unknown = { lvMl: Number.NaN, myocardiumMl: Number.NaN, rvMl: Number.NaN }
  return gather(volume, { frame: 0, labels_ZYX, volumes }, { frame: 0, labels_ZYX, volumes: unknown }, [lostSlices(numFilled)])
}

type Phase = { frame: number; labels_ZYX: Uint8Array; volumes: ReturnType<typeof volumesOf> }

function gather(volume: Volume, ed: Phase, es: Phase, verdicts: readonly Verdict[]): StudyMeasures {
  const [, numSlices, numRows, numColumns] = volume.shape
  const box = heartBox([ed.labels_ZYX, es.labels_ZYX], [numSlices, numRows, numColumns])
  if (box === undefined)
    throw fault({
      code: 'prepare/cmr-no-heart',
      where: 'measureStudy',
      expected: 'a heart in the stack',
      received: 'no labelled voxel',
      hint: 'Look at the study: is it a short-axis image of a heart, and does the segmenter fit it?',
    })
  const measured = measureHeart(ed.volumes, es.volumes, volume.heartRateBpm)
  const wall = measureWall(volume, ed.labels_ZYX, es.labels_ZYX)
  const isSingle = Number.isNaN(es.volumes.lvMl)
  return {
    edFrame: ed.frame,
    esFrame: es.frame,
    lvedvMl: measured.lvedv,
    lvesvMl: measured.lvesv,
    lvsvMl: measured.lvsv,
    lvefFraction: measured.lvef,
    lvmG: measured.lvm,
    rvedvMl: measured.rvedv,
    rvesvMl: measured.rvesv,
    rvsvMl: measured.rvsv,
    rvefFraction: measured.rvef,
    coLPerMin: measured.lvco,
    heartRateBpm: volume.heartRateBpm ?? Number.NaN,
    wall: isSingle ? { ...wall, circumferentialStrain: Number.NaN, radialStrain: Number.NaN } : wall,
    heartBoxMm: boxSizeMm(box, volume.spacingMm, 0),
    heartBoxVoxels: { first: [box.z[0], box.y[0], box.x[0]], last: [box.z[1], box.y[1], box.x[1]] },
    verdicts,
  }
}

/**
 * Measures a short-axis stack; a volume of one frame is measured as it is, as end-diastole.
 *
 * @param options  `edFrame` and `esFrame` override the search; see `PhaseSearch`.
 * @throws         prepare/cmr-no-heart, prepare/cmr-frame.
 */
export async function measureStudy(volume: Volume, segmenter: Segmenter, options: Partial<PhaseSearch> = {}): Promise<StudyMeasures> {
  if (volume.shape[0] === 1) return measureSingle(volume, segmenter)
  const phases = await findPhases(volume, segmenter, { search: 'middle', ...options })
  const measured = measureHeart(phases.ed.volumes, phases.es.volumes, volume.heartRateBpm)
  return gather(volume, phases.ed, phases.es, judgeCine(volume, phases, measured))
}
