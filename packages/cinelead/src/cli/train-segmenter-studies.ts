// Stacks of simulated people as the segmenter meets them at use: by them it knows what a study usually looks like inside, and how much of
// each label it should find. Hands on: drawStudies, middlesOf, Study.
import * as torch from '@cinelead/torch'
import { cardiacLabels } from '../formats/volume.ts'
import { MIDDLE_SIZE, middleOfPicture, normaliseSlice, toWorkingGrid, WORKING_SIZE, workingGrid } from '../models/segmenter-grid.ts'
import { renderCine } from '../simulate/cine.ts'
import { drawPerson } from '../simulate/person.ts'
import { scannerProfiles } from '../simulate/scanner.ts'

/** A stack at end-diastole on the working grid. */
export type Study = {
  /** Shape [Z, WORKING_SIZE, WORKING_SIZE]. */
  pictures_ZYX: Float32Array
  numSlices: number
  /** True area of each label over all slices, in pixels of the working grid; fractions count. */
  areas: readonly number[]
}

/** Draws whole stacks at end-diastole, one person after the other, each scanner profile in turn. */
export function* drawStudies(seed: string, count: number): Generator<Study> {
  const profiles = Object.values(scannerProfiles)
  for (let index = 0; index < count; index++) {
    const { volume, labels_FZYX } = renderCine(drawPerson(seed, index), profiles[index % profiles.length], { frames: [0] })
    const [, numSlices, numRows, numColumns] = volume.shape
    const [, rowMm, columnMm] = volume.spacingMm
    const grid = workingGrid(numRows, numColumns, [rowMm, columnMm])
    const size = numRows * numColumns
    const pictures_ZYX = new Float32Array(numSlices * WORKING_SIZE ** 2)
    for (let z = 0; z < numSlices; z++) {
      const slice_YX = Float32Array.from(volume.voxels_FZYX.subarray(z * size, (z + 1) * size))
      const picture_YX = toWorkingGrid(slice_YX, numRows, numColumns, grid)
      normaliseSlice(picture_YX)
      pictures_ZYX.set(picture_YX, z * WORKING_SIZE ** 2)
    }
    const areas = new Array<number>(Object.keys(cardiacLabels).length).fill(0)
    for (const label of labels_FZYX) areas[label] += 1 / (grid.rowStep * grid.columnStep)
    yield { pictures_ZYX, numSlices, areas }
  }
}

/** The middle of every slice. Shape [Z, 1, MIDDLE_SIZE, MIDDLE_SIZE]. */
export function middlesOf({ pictures_ZYX, numSlices }: Study): torch.Tensor {
  const middles_ZYX = new Float32Array(numSlices * MIDDLE_SIZE ** 2)
  for (let z = 0; z < numSlices; z++)
    middles_ZYX.set(middleOfPicture(pictures_ZYX.subarray(z * WORKING_SIZE ** 2, (z + 1) * WORKING_SIZE ** 2)), z * MIDDLE_SIZE ** 2)
  return torch.fromArray(middles_ZYX, [numSlices, 1, MIDDLE_SIZE, MIDDLE_SIZE])
}
