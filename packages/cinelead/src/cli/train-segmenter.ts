// Trains the segmenter on random anatomy alone and writes its weights and a card that tells how. Hands on: run, SegmenterRecipe.
// Reproducible: pictures, initial weights and their order follow from the seed; the loss curve repeats bit for bit on one machine.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { createReference, referenceState } from '../models/segmenter-fit.ts'
import { WORKING_MM, WORKING_SIZE } from '../models/segmenter-grid.ts'
import { longAxisConfig, type SegmenterConfig, segmenterConfig, SegmenterNetwork } from '../models/segmenter-network.ts'
import { shippedLongAxis, shippedSegmenter } from './open-segmenter.ts'
import type { Report } from './progress.ts'
import { createWeightAverage, settleNorms } from './train-segmenter-average.ts'
import { type LabelBias, settleLabels } from './train-segmenter-settle.ts'
import { drawStudies, middlesOf } from './train-segmenter-studies.ts'
import { type AnatomyBatch, type AnatomyRequest, type Axis, drawAnatomy } from './train-segmenter-worker.ts'

/** How the shipped weights were made, but for `numSteps`, which the card beside them tells. */
export type SegmenterRecipe = {
  axis: Axis
  seed: number
  numSteps: number
  batchSize: number
  /** Rows and columns of a training picture. */
  pictureSize: number
  learningRate: number
  /** Of the learning rate, what is left at the last step. */
  lastRateShare: number
  warmupSteps: number
  /** Share of the steps after which weights are averaged. */
  averageFrom: number
  weightDecay: number
  gradientNorm: number
}

export const segmenterRecipe: SegmenterRecipe = {
  axis: 'short',
  seed: 2, // of two trainings, 1 and 2: docs/cmr.md
  numSteps: 8000,
  batchSize: 8,
  pictureSize: 96,
  learningRate: 1.5e-3,
  lastRateShare: 0.1,
  warmupSteps: 100,
  averageFrom: 0.6,
  weightDecay: 1e-4,
  gradientNorm: 2,
}

/** Long axes are asked for one thing, where the ventricles end, in a known pose: fewer steps and a smaller network do. */
const longAxisChanges: Partial<SegmenterRecipe> = { axis: 'long', seed: 1, numSteps: 3000 }

export type TrainSegmenterOptions = {
  /** Where the weights go; the card goes beside them as `.json`. The shipped ones where left out. */
  out?: string
  axis?: Axis
  seed?: number
  /** For tests: other settings than the recipe's. */
  recipe?: Partial<SegmenterRecipe>
  /** Of pictures to validate on, by sixteens. */
  numValidation?: number
}

/** Mean Dice of the three labels on pictures never trained on, and where it was written. */
export type SegmenterCard = {
  recipe: SegmenterRecipe
  network: SegmenterConfig
  input: { pixelMm: number; size: number }
  labels: typeof cardiacLabels
  trainedOn: string
  /** What `settleLabels` added to the biases, for short axes. */
  labelBias: LabelBias | undefined
  validation: { numPictures: number; dice: { lvCavity: number; myocardium: number; rvCavity: number } }
  lossEvery100: number[]
}

const NUM_VALIDATION = 96
const NUM_STUDIES = 15
const MOST_NORM_PICTURES = 512
const NORM_BATCH = 16
const AHEAD = 3 // batches drawn ahead of the step that uses them

function oneHot(labels_BYX: Uint8Array, count: number, numClasses: number): Float32Array {
  const size = labels_BYX.length / count
  const hot_BCYX = new Float32Array(labels_BYX.length * numClasses)
  for (let b = 0; b < count; b++) for (let i = 0; i < size; i++) hot_BCYX[(b * numClasses + labels_BYX[b * size + i]) * size + i] = 1
  return hot_BCYX
}

/** Cross-entropy plus one minus the soft Dice of the three heart labels over the batch (Milletari 2016, arXiv 1606.04797). */
function segmentationLoss(logits_BCYX: torch.Tensor, truth_BCYX: torch.Tensor): torch.Tensor {
  const logs_BCYX = torch.nn.functional.logSoftmax(logits_BCYX, 1)
  const crossEntropy = logs_BCYX.mul(truth_BCYX).sum([1]).mean().neg()
  const chances_BCYX = logs_BCYX.exp()
  const both_C = chances_BCYX.mul(truth_BCYX).sum([0, 2, 3])
  const sum_C = chances_BCYX.add(truth_BCYX).sum([0, 2, 3])
  const dice_C = both_C.mul(2).add(1).div(sum_C.add(1))
  return crossEntropy.sub(dice_C.narrow(0, 1, 3).mean()).add(1)
}

function learningRate(recipe: SegmenterRecipe, step: number): number {
  const { warmupSteps, numSteps, lastRateShare } = recipe
  if (step < warmupSteps) return (recipe.learningRate * (step + 1)) / warmupSteps
  const done = (step - warmupSteps) / Math.max(1, numSteps - warmupSteps)
  return recipe.learningRate * (lastRateShare + (1 - lastRateShare) * 0.5 * (1 + Math.cos(Math.PI * done)))
}

/** Batches in order from a thread of their own. */
function createSource(recipe: SegmenterRecipe): { next(): Promise<AnatomyBatch>; close(): Promise<unknown> } {
  const worker = new Worker(new URL('./train-segmenter-worker.ts', import.meta.url))
  const ready: AnatomyBatch[] = []
  const waiting: { resolve(batch: AnatomyBatch): void; reject(error: unknown): void }[] = []
  let asked = 0
  const ask = () => {
    if (asked >= recipe.numSteps) return
    const request: AnatomyRequest = {
      axis: recipe.axis,
      seed: String(recipe.seed),
      first: asked * recipe.batchSize,
      count: recipe.batchSize,
      size: recipe.pictureSize,
    }
    worker.postMessage(request)
    asked++
  }
  worker.on('message', (batch: AnatomyBatch) => {
    const next = waiting.shift()
    if (next === undefined) ready.push(batch)
    else next.resolve(batch)
  })
  worker.on('error', (error) => {
    for (const { reject } of waiting.splice(0)) reject(error)
  })
  for (let i = 0; i < AHEAD; i++) ask()
  return {
    next: () => {
      ask()
      const batch = ready.shift()
      if (batch !== undefined) return Promise.resolve(batch)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    },
    close: () => worker.terminate(),
  }
}

function validate(network: SegmenterNetwork, { axis, seed }: SegmenterRecipe, numPictures: number): SegmenterCard['validation'] {
  const size = WORKING_SIZE * WORKING_SIZE
  const both = [0, 0, 0, 0]
  const sum = [0, 0, 0, 0]
  for (let first = 0; first < numPictures; first += 16) {
    const { pictures_BYX, labels_BYX } = drawAnatomy({ axis, seed: `validation/${seed}`, first, count: 16, size: WORKING_SIZE })
    const found = torch.noGrad(() =>
      torch.scope(() => {
        const logits_BCYX = network.forward(torch.fromArray(pictures_BYX, [16, 1, WORKING_SIZE, WORKING_SIZE]))
        return logits_BCYX.argmax(1).to('float32').contiguous().toArray()
      }),
    )
    for (let i = 0; i < 16 * size; i++) {
      const [is, ought] = [Number(found[i]), labels_BYX[i]]
      if (is === ought) both[is]++
      sum[is]++
      sum[ought]++
    }
  }
  const dice = (label: number) => (2 * both[label]) / sum[label]
  return { numPictures, dice: { lvCavity: dice(1), myocardium: dice(2), rvCavity: dice(3) } }
}

/** Pictures like those of training for the statistics of batch norms. Shape [B, 1, Y, X] each. */
function* normBatches({ axis, seed, pictureSize, numSteps, batchSize }: SegmenterRecipe): Generator<torch.Tensor> {
  const numPictures = Math.min(MOST_NORM_PICTURES, numSteps * batchSize)
  for (let first = 0; first < numPictures; first += NORM_BATCH) {
    const request = { axis, seed: `norms/${seed}`, first, count: NORM_BATCH, size: pictureSize }
    const pictures_BCYX = torch.fromArray(drawAnatomy(request).pictures_BYX, [NORM_BATCH, 1, pictureSize, pictureSize])
    yield pictures_BCYX
    pictures_BCYX.free()
  }
}

/** What stacks of short axes look like inside; a long axis is a single picture, too little to be fitted to. */
function studyReference(network: SegmenterNetwork, { axis, seed }: SegmenterRecipe): Record<string, torch.Tensor> {
  return axis === 'short'
    ? referenceState(createReference(network, Array.from(drawStudies(`reference/${seed}`, NUM_STUDIES), middlesOf)))
    : {}
}

/** `cinelead train-segmenter`: trains on random anatomy, writes weights and card, answers with the card. */
export async function run(options: TrainSegmenterOptions, report: Report): Promise<void> {
  const isLong = options.axis === 'long'
  const out = resolve(options.out ?? (isLong ? shippedLongAxis : shippedSegmenter))
  if (!out.endsWith('.safetensors'))
    throw fault({
      code: 'cli/train-segmenter-out',
      where: 'train-segmenter',
      expected: 'a file that ends in .safetensors',
      received: 'another ending',
      hint: 'Name it for instance segmenter.safetensors.',
    })
  const recipe = {
    ...segmenterRecipe,
    ...(isLong ? longAxisChanges : {}),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...options.recipe,
  }
  const numThreads = torch.getNumThreads()
  torch.setNumThreads(1) // another core draws; and sums do not depend on how many cores there are
  let card: SegmenterCard
  try {
    card = await train(recipe, out, report, options.numValidation ?? NUM_VALIDATION)
  } finally {
    torch.setNumThreads(numThreads)
  }
  const { lvCavity, myocardium, rvCavity } = card.validation.dice
  const dice = `LV cavity ${lvCavity.toFixed(3)}, myocardium ${myocardium.toFixed(3)}, RV cavity ${rvCavity.toFixed(3)}`
  report.answer(card, `Dice on ${card.validation.numPictures} unseen random pictures: ${dice}`)
}

async function train(recipe: SegmenterRecipe, out: string, report: Report, numValidation: number): Promise<SegmenterCard> {
  const progress = report.begin('training', recipe.numSteps)
  const { batchSize, pictureSize, numSteps } = recipe
  torch.manualSeed(recipe.seed)
  const config = recipe.axis === 'long' ? longAxisConfig : segmenterConfig
  const network = new SegmenterNetwork(config)
  network.train()
  const optimiser = new torch.optim.AdamW(network.parameters(), { lr: recipe.learningRate, weightDecay: recipe.weightDecay })
  const average = createWeightAverage(network)
  const source = createSource(recipe)
  const lossEvery100: number[] = []
  let lossSum = 0
  try {
    for (let step = 0; step < numSteps; step++) {
      const { pictures_BYX, labels_BYX } = await source.next()
      for (const group of optimiser.paramGroups) group.lr = learningRate(recipe, step)
      const loss = torch.scope(() => {
        const slices_BCYX = torch.fromArray(pictures_BYX, [batchSize, 1, pictureSize, pictureSize])
        const truth_BCYX = torch.fromArray(oneHot(labels_BYX, batchSize, 4), [batchSize, 4, pictureSize, pictureSize])
        const value = segmentationLoss(network.forward(slices_BCYX), truth_BCYX)
        optimiser.zeroGrad()
        torch.backward(value)
        torch.optim.clipGradNorm(network.parameters(), recipe.gradientNorm)
        optimiser.step()
        return value.item() as number
      })
      if (step >= recipe.averageFrom * numSteps) average.add()
      lossSum += loss
      if ((step + 1) % 100 === 0) {
        lossEvery100.push(Number((lossSum / 100).toFixed(5)))
        lossSum = 0
      }
      progress.advance(step + 1, `loss ${loss.toFixed(3)}`)
    }
  } finally {
    await source.close()
  }
  progress.done()
  average.apply()
  settleNorms(network, normBatches(recipe))
  network.eval()
  const folded = network.folded()
  const labelBias = recipe.axis === 'short' ? settleLabels(folded, recipe.seed, numValidation) : undefined
  const card: SegmenterCard = {
    recipe,
    network: { ...config, isFolded: true },
    input: { pixelMm: WORKING_MM, size: WORKING_SIZE },
    labels: cardiacLabels,
    trainedOn: `${numSteps * batchSize} pictures drawn at random by simulate/segmentation-${recipe.axis === 'short' ? 'anatomy, three in five of them slices' : 'long-axis, a third of them'} of simulated people; no real scan`,
    labelBias,
    validation: validate(folded, recipe, numValidation),
    lossEvery100,
  }
  mkdirSync(dirname(out), { recursive: true })
  torch.scope(() => {
    const state = { ...folded.stateDict(), ...studyReference(folded, recipe) }
    torch.saveSafetensors(out, state, { card: JSON.stringify(card.recipe) })
  })
  writeFileSync(out.replace(/\.safetensors$/, '.json'), `${JSON.stringify(card, undefined, 2)}\n`)
  return card
}
