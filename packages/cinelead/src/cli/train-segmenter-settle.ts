// Settles how much of what it is unsure of a trained segmenter calls wall and right ventricle. Hands on: settleLabels.
//
// The Dice part of the loss rewards labels below even chances, and a wall a few pixels thin is all edge: it came out up to a quarter too
// thick. The right ventricle, which ends at a valve that often cannot be seen, came out up to a twentieth too small or too large from one
// training to another. The bias of each is moved until the middle one of simulated people never trained on has as much of it, summed over
// the stack at end-diastole, as its labels have: that is what mass and volumes are. Single pictures of all moments do not tell it: a network
// draws what it is unsure of to the usual, thin walls too thick and thick ones too thin, and end-diastole is where walls are thin.
import * as torch from '@cinelead/torch'
import { cardiacLabels } from '../formats/volume.ts'
import { WORKING_SIZE } from '../models/segmenter-grid.ts'
import type { SegmenterNetwork } from '../models/segmenter-network.ts'
import { drawStudies, type Study } from './train-segmenter-studies.ts'

const NUM_CLASSES = 4
const RANGE = 2 // of the bias, either way
const HALVINGS = 12
const ROUNDS = 2 // what one takes another may have to give back

/** Those that are settled, and by how much the bias of each was moved. */
export type LabelBias = { myocardium: number; rvCavity: number }

/** Scores of a stack's pixels that a bias within range can make heart, as [pixel, label], and the true areas. */
type Unseen = { logits_NC: Float32Array; areas: readonly number[] }

/** Scores slice by slice: a stack at once would not fit a processor's cache. */
function lookAt(network: SegmenterNetwork, { pictures_ZYX, numSlices, areas }: Study): Unseen {
  const size = WORKING_SIZE * WORKING_SIZE
  const kept: number[] = []
  for (let z = 0; z < numSlices; z++) {
    const picture_YX = pictures_ZYX.subarray(z * size, (z + 1) * size)
    const logits_YXC = torch.noGrad(() =>
      torch.scope(() =>
        network
          .forward(torch.fromArray(picture_YX, [1, 1, WORKING_SIZE, WORKING_SIZE]))
          .permute([0, 2, 3, 1])
          .contiguous()
          .toArray(),
      ),
    ) as Float32Array
    for (let at = 0; at < logits_YXC.length; at += NUM_CLASSES) {
      const [background, ...heart] = logits_YXC.subarray(at, at + NUM_CLASSES)
      if (Math.max(...heart) + RANGE > background) kept.push(background, ...heart)
    }
  }
  return { logits_NC: Float32Array.from(kept), areas }
}

/** By how much a label's score must rise for each pixel to become it: the best other score less its own. */
function marginsOf({ logits_NC }: Unseen, label: number, moved: readonly number[]): Float32Array {
  return Float32Array.from({ length: logits_NC.length / NUM_CLASSES }, (_, pixel) => {
    let best = Number.NEGATIVE_INFINITY
    for (let other = 0; other < NUM_CLASSES; other++)
      if (other !== label) best = Math.max(best, logits_NC[pixel * NUM_CLASSES + other] + moved[other])
    return best - logits_NC[pixel * NUM_CLASSES + label]
  })
}

/** The bias at which the middle stack holds as much of a label as it should. */
function settled(unseen: readonly Unseen[], label: number, moved: readonly number[]): number {
  const parts = unseen.map((one) => ({ margins_N: marginsOf(one, label, moved), wanted: one.areas[label] }))
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
 * @param network     Folded, in evaluation mode.
 * @param seed        Of the training: its people are others.
 * @param numStudies  Whole stacks at end-diastole, each scanner profile in turn.
 * @returns           What was added to them.
 */
export function settleLabels(network: SegmenterNetwork, seed: number, numStudies: number): LabelBias {
  const { myocardium, rvCavity } = cardiacLabels
  const unseen = Array.from(drawStudies(`settle/${seed}`, numStudies), (study) => lookAt(network, study))
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
