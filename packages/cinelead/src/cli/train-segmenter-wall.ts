// Settles how much of what it is unsure of a trained segmenter calls wall. Hands on: settleWall.
//
// The Dice part of the loss rewards labels below even chances, and a wall a few pixels thin is all edge: it came out up to a quarter too
// thick. The class's bias is moved until the middle one of the pictures that were not trained on holds as much wall as its labels do.
import * as torch from '@cinelead/torch'
import { cardiacLabels } from '../formats/volume.ts'
import { WORKING_SIZE } from '../models/segmenter-grid.ts'
import type { SegmenterNetwork } from '../models/segmenter-network.ts'
import { drawAnatomy } from './train-segmenter-worker.ts'

const BATCH = 16
const RANGE = 2 // of the bias, either way
const HALVINGS = 12
const LEAST_WALL = 60 // pixels, of a picture that counts

/** By how much the wall's logit must rise for each pixel to become wall: the pixel's best other logit less the wall's. */
function wallMargins(network: SegmenterNetwork, pictures_BYX: Float32Array): Float32Array {
  const logits_BCYX = torch.noGrad(() =>
    torch.scope(() =>
      network
        .forward(torch.fromArray(pictures_BYX, [BATCH, 1, WORKING_SIZE, WORKING_SIZE]))
        .contiguous()
        .toArray(),
    ),
  ) as Float32Array
  const size = WORKING_SIZE * WORKING_SIZE
  const margins_BYX = new Float32Array(pictures_BYX.length)
  for (let b = 0; b < BATCH; b++)
    for (let at = 0; at < size; at++) {
      const logit = (label: number) => logits_BCYX[(b * 4 + label) * size + at]
      const { background, lvCavity, myocardium, rvCavity } = cardiacLabels
      margins_BYX[b * size + at] = Math.max(logit(background), logit(lvCavity), logit(rvCavity)) - logit(myocardium)
    }
  return margins_BYX
}

/**
 * Moves the wall's bias in place.
 *
 * @param network      Folded, in evaluation mode.
 * @param numPictures  By sixteens.
 * @returns            What was added to the bias.
 */
export function settleWall(network: SegmenterNetwork, seed: number, numPictures: number): number {
  const rings: { margins_YX: Float32Array; wanted: number }[] = []
  const size = WORKING_SIZE * WORKING_SIZE
  for (let first = 0; first < numPictures; first += BATCH) {
    const { pictures_BYX, labels_BYX } = drawAnatomy({ seed: `wall/${seed}`, first, count: BATCH, size: WORKING_SIZE })
    const margins_BYX = wallMargins(network, pictures_BYX)
    for (let b = 0; b < BATCH; b++) {
      const isWall = (label: number) => label === cardiacLabels.myocardium
      const wanted = labels_BYX.subarray(b * size, (b + 1) * size).reduce((count, label) => count + Number(isWall(label)), 0)
      if (wanted >= LEAST_WALL) rings.push({ margins_YX: margins_BYX.subarray(b * size, (b + 1) * size), wanted })
    }
  }
  const ratio = (moved: number) => {
    const each = rings.map(({ margins_YX, wanted }) => margins_YX.reduce((count, margin) => count + Number(margin < moved), 0) / wanted)
    return each.sort((a, b) => a - b)[each.length >> 1]
  }
  let [low, high] = [-RANGE, RANGE]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (ratio(middle) < 1) low = middle
    else high = middle
  }
  const moved = rings.length === 0 ? 0 : (low + high) / 2
  torch.noGrad(() =>
    torch.scope(() => {
      const { bias } = network.classify
      if (bias === undefined) return
      bias.copy_(
        torch.fromArray(
          (bias.toArray() as Float32Array).map((value, label) => value + (label === cardiacLabels.myocardium ? moved : 0)),
          [bias.shape[0]],
        ),
      )
    }),
  )
  return moved
}
