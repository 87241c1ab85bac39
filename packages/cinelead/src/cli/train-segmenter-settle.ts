// Settles how much of what it is unsure of a trained segmenter calls wall and right ventricle. Hands on: settleLabels.
//
// The Dice part of the loss rewards labels below even chances, and a wall a few pixels thin is all edge: it came out up to a quarter too
// thick. The right ventricle, which ends at a valve that often cannot be seen, came out up to a twentieth too small or too large from one
// training to another. The bias of each is moved until the middle one of the pictures that were not trained on holds as much of it as its
// labels do.
import * as torch from '@cinelead/torch'
import { cardiacLabels } from '../formats/volume.ts'
import { WORKING_SIZE } from '../models/segmenter-grid.ts'
import type { SegmenterNetwork } from '../models/segmenter-network.ts'
import { drawAnatomy } from './train-segmenter-worker.ts'

const NUM_CLASSES = 4
const BATCH = 16
const RANGE = 2 // of the bias, either way
const HALVINGS = 12
const LEAST_PIXELS = 60 // of a label, in a picture that counts
const ROUNDS = 2 // what one takes another may have to give back

/** Those that are settled, and by how much the bias of each was moved. */
export type LabelBias = { myocardium: number; rvCavity: number }

/** Scores of unseen pictures as [pixel, label], and their true labels. */
type Unseen = { logits_NC: Float32Array; labels_N: Uint8Array }

function lookAt(network: SegmenterNetwork, seed: number, first: number): Unseen[] {
  const size = WORKING_SIZE * WORKING_SIZE
  const { pictures_BYX, labels_BYX } = drawAnatomy({ seed: `wall/${seed}`, first, count: BATCH, size: WORKING_SIZE })
  const logits_BYXC = torch.noGrad(() =>
    torch.scope(() =>
      network
        .forward(torch.fromArray(pictures_BYX, [BATCH, 1, WORKING_SIZE, WORKING_SIZE]))
        .permute([0, 2, 3, 1])
        .contiguous()
        .toArray(),
    ),
  ) as Float32Array
  return Array.from({ length: BATCH }, (_, b) => ({
    logits_NC: logits_BYXC.subarray(b * size * NUM_CLASSES, (b + 1) * size * NUM_CLASSES),
    labels_N: labels_BYX.subarray(b * size, (b + 1) * size),
  }))
}

/** By how much a label's score must rise for each pixel to become it: the best other score less its own. */
function marginsOf({ logits_NC, labels_N }: Unseen, label: number, moved: readonly number[]): Float32Array {
  return Float32Array.from(labels_N, (_, pixel) => {
    let best = Number.NEGATIVE_INFINITY
    for (let other = 0; other < NUM_CLASSES; other++)
      if (other !== label) best = Math.max(best, logits_NC[pixel * NUM_CLASSES + other] + moved[other])
    return best - logits_NC[pixel * NUM_CLASSES + label]
  })
}

/** The bias at which the middle picture holds as much of a label as it should. */
function settled(unseen: readonly Unseen[], label: number, moved: readonly number[]): number {
  const parts = unseen
    .map((one) => ({ one, wanted: one.labels_N.reduce((count, is) => count + Number(is === label), 0) }))
    .filter(({ wanted }) => wanted >= LEAST_PIXELS)
    .map(({ one, wanted }) => ({ margins_N: marginsOf(one, label, moved), wanted }))
  if (parts.length === 0) return 0
  const ratio = (bias: number) => {
    const each = parts.map(({ margins_N, wanted }) => margins_N.reduce((count, margin) => count + Number(margin < bias), 0) / wanted)
    return each.sort((a, b) => a - b)[each.length >> 1]
  }
  let [low, high] = [-RANGE, RANGE]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (ratio(middle) < 1) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/**
 * Moves the biases of wall and right ventricle in place.
 *
 * @param network      Folded, in evaluation mode.
 * @param numPictures  By sixteens.
 * @returns            What was added to them.
 */
export function settleLabels(network: SegmenterNetwork, seed: number, numPictures: number): LabelBias {
  const { myocardium, rvCavity } = cardiacLabels
  const unseen: Unseen[] = []
  for (let first = 0; first < numPictures; first += BATCH) unseen.push(...lookAt(network, seed, first))
  const moved = new Array<number>(NUM_CLASSES).fill(0)
  for (let round = 0; round < ROUNDS; round++) for (const label of [myocardium, rvCavity]) moved[label] = settled(unseen, label, moved)
  torch.noGrad(() =>
    torch.scope(() => {
      const { bias } = network.classify
      if (bias === undefined) return
      bias.copy_(
        torch.fromArray(
          (bias.toArray() as Float32Array).map((value, label) => value + moved[label]),
          [bias.shape[0]],
        ),
      )
    }),
  )
  return { myocardium: moved[myocardium], rvCavity: moved[rvCavity] }
}
