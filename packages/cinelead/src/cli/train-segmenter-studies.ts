// Stacks of simulated people as the segmenter meets them at use, by which it knows what a study usually looks like inside.
// Hands on: drawStudies.
import * as torch from '@cinelead/torch'
import { MIDDLE_SIZE, middleOfPicture, normaliseSlice, toWorkingGrid, workingGrid } from '../models/segmenter-grid.ts'
import { renderCine } from '../simulate/cine.ts'
import { drawPerson } from '../simulate/person.ts'
import { scannerProfiles } from '../simulate/scanner.ts'

/**
 * Draws whole stacks at end-diastole, each scanner profile in turn.
 *
 * @returns  The middle of every slice, one tensor a person. Shape [Z, 1, MIDDLE_SIZE, MIDDLE_SIZE].
 */
export function drawStudies(seed: string, count: number): torch.Tensor[] {
  const profiles = Object.values(scannerProfiles)
  return Array.from({ length: count }, (_, index) => {
    const { volume } = renderCine(drawPerson(seed, index), profiles[index % profiles.length], { frames: [0], withLabels: false })
    const [, numSlices, numRows, numColumns] = volume.shape
    const [, rowMm, columnMm] = volume.spacingMm
    const grid = workingGrid(numRows, numColumns, [rowMm, columnMm])
    const size = numRows * numColumns
    const pictures_BYX = new Float32Array(numSlices * MIDDLE_SIZE ** 2)
    for (let z = 0; z < numSlices; z++) {
      const picture_YX = toWorkingGrid(Float32Array.from(volume.voxels_FZYX.subarray(z * size, (z + 1) * size)), numRows, numColumns, grid)
      normaliseSlice(picture_YX)
      pictures_BYX.set(middleOfPicture(picture_YX), z * MIDDLE_SIZE ** 2)
    }
    return torch.fromArray(pictures_BYX, [numSlices, 1, MIDDLE_SIZE, MIDDLE_SIZE])
  })
}
