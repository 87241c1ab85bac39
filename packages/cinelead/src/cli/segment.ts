// `cinelead segment STUDY --out MASKS.nii.gz`: labels of every slice and frame, in the geometry of what came in.
import { resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { writeNifti } from '../formats/nifti.ts'
import { segmentStudy } from '../prepare/cmr/measure-study.ts'
import { openSegmenter } from './open-segmenter.ts'
import { openStack } from './open-stack.ts'
import type { Report } from './progress.ts'

export type SegmentOptions = { path: string; out: string; segmenterPath?: string }

export async function run({ path, out, segmenterPath }: SegmentOptions, report: Report): Promise<void> {
  if (!/\.nii(\.gz)?$/i.test(out))
    throw fault({
      code: 'cli/segment-out',
      where: 'segment',
      expected: 'a file that ends in .nii or .nii.gz',
      received: 'another ending',
      hint: 'Name it for instance masks.nii.gz.',
    })
  const { volume, notes } = await openStack(path, report)
  const segmenter = await openSegmenter(segmenterPath)
  const [numFrames] = volume.shape
  const step = report.begin('segmenting', numFrames)
  const { labels_FZYX, numFilled } = await segmentStudy(volume, segmenter, (numDone) => step.advance(numDone))
  step.done()
  const stepMs = numFrames > 1 ? (volume.frameMs_F[numFrames - 1] - volume.frameMs_F[0]) / (numFrames - 1) : Number.NaN
  const { shape, spacingMm, affine } = volume
  const frameStepMs = Number.isFinite(stepMs) ? stepMs : undefined
  writeWhole(resolve(out), writeNifti({ shape, spacingMm, affine, frameStepMs, voxels_FZYX: labels_FZYX }, /\.gz$/i.test(out)))
  const counts = [0, 0, 0, 0]
  for (const label of labels_FZYX) counts[label]++
  const voxels = { lvCavity: counts[1], myocardium: counts[2], rvCavity: counts[3] }
  if (numFilled > 0) notes.push(`${numFilled} slices within the heart showed no LV: their rings are drawn from the neighbours`)
  for (const note of notes) report.say(note)
  report.answer(
    { frames: numFrames, slices: shape[1], rows: shape[2], columns: shape[3], labels: cardiacLabels, voxels, notes },
    `${numFrames} frames of ${shape[1]} slices labelled: 1 LV cavity, 2 myocardium, 3 RV cavity`,
  )
}
