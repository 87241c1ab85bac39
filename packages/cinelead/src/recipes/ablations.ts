// What happens to the comparison when one thing changes: each a recipe of its own, the name says what.
import { demo } from './demo.ts'
import { paper } from './paper.ts'
import type { Recipe } from './recipe.ts'

const pairs = {
  ecgEd: { left: 'ecg', right: 'ed', weight: 1 },
  ecgEs: { left: 'ecg', right: 'es', weight: 1 },
  edEs: { left: 'ed', right: 'es', weight: 1 },
} as const

/** The ECG meets both phases, which do not meet each other. */
const withoutPhases = {
  ...demo,
  name: 'demo-without-ed-es',
  arms: { ...demo.arms, tcl: { terms: [pairs.ecgEd, pairs.ecgEs] } },
} as const satisfies Recipe

/** The phases' own term as heavy as the other two together. */
const phasesHeavy = {
  ...demo,
  name: 'demo-ed-es-half',
  arms: { ...demo.arms, tcl: { terms: [pairs.ecgEd, pairs.ecgEs, { ...pairs.edEs, weight: 2 }] } },
} as const satisfies Recipe

const learnedTemperature = {
  ...demo,
  name: 'demo-learned-temperature',
  contrast: { ...demo.contrast, temperature: { kind: 'learned', start: 0.07 } },
} as const satisfies Recipe

/** Turgut 2025 and the follow-up work of the abstract's group use 0.1. */
const warmerTemperature = {
  ...demo,
  name: 'demo-temperature-0.1',
  contrast: { ...demo.contrast, temperature: { kind: 'fixed', start: 0.1 } },
} as const satisfies Recipe

const smallBatch = {
  ...demo,
  name: 'demo-batch-16',
  contrast: { ...demo.contrast, loop: { ...demo.contrast.loop, batchSize: 16 } },
} as const satisfies Recipe

/** The whole training split of the demo as one batch, in pieces of 64. */
const largeBatch = {
  ...demo,
  name: 'demo-batch-256',
  contrast: {
    ...demo.contrast,
    chunkSize: 64,
    loop: { ...demo.contrast.loop, batchSize: 256, numEpochs: 4 * demo.contrast.loop.numEpochs },
  },
} as const satisfies Recipe

const trainedCmr = { ...demo, name: 'demo-trained-cmr', contrast: { ...demo.contrast, isCmrFrozen: false } } as const satisfies Recipe

/** What "triplet" could have meant and did not. The margin is ECCL's. */
const marginTriplet = {
  ...demo,
  name: 'demo-margin-triplet',
  contrast: { ...demo.contrast, pairLoss: 'margin-triplet', margin: 0.025 },
} as const satisfies Recipe

const asymmetric = {
  ...demo,
  name: 'demo-asymmetric-info-nce',
  contrast: { ...demo.contrast, pairLoss: 'asymmetric-info-nce' },
} as const satisfies Recipe

/** Millivolts instead of amplitudes normalised by lead groups. */
const millivolt = { ...demo, name: 'demo-millivolt', ecgInput: 'millivolt' } as const satisfies Recipe

/** One phase for `tcl`: end-systole alone, as `cl-3d` has end-diastole alone. */
const systoleAlone = { ...demo, name: 'demo-es-alone', arms: { ...demo.arms, tcl: { terms: [pairs.ecgEs] } } } as const satisfies Recipe

const { volume, cine } = demo.cmr.encoders

/** The three slices in the middle of the volumes instead of all six. */
const threeSlices = {
  ...demo,
  name: 'demo-slices-3',
  cmr: { ...demo.cmr, encoders: { ...demo.cmr.encoders, volume: { ...volume, numSlices: 3 } } },
} as const satisfies Recipe

/** One slice of each phase: what `tcl` is without its third dimension. */
const oneSlice = {
  ...demo,
  name: 'demo-slices-1',
  cmr: { ...demo.cmr, encoders: { ...demo.cmr.encoders, volume: { ...volume, numSlices: 1 } } },
} as const satisfies Recipe

/** Every second frame of the cycle. */
const eightFrames = {
  ...demo,
  name: 'demo-frames-8',
  cmr: { ...demo.cmr, encoders: { ...demo.cmr.encoders, cine: { ...cine, numFrames: 8 } } },
} as const satisfies Recipe

const fourFrames = {
  ...demo,
  name: 'demo-frames-4',
  cmr: { ...demo.cmr, encoders: { ...demo.cmr.encoders, cine: { ...cine, numFrames: 4 } } },
} as const satisfies Recipe

/** Labels of one in a hundred, of one in ten and of all training subjects, for the probes and for what picks the checkpoint. */
const labels1 = {
  ...demo,
  name: 'demo-labels-1',
  labelFraction: 0.01,
  selection: { ...demo.selection, labelFraction: 0.01 },
} as const satisfies Recipe

const labels10 = {
  ...demo,
  name: 'demo-labels-10',
  labelFraction: 0.1,
  selection: { ...demo.selection, labelFraction: 0.1 },
} as const satisfies Recipe

const labels100 = {
  ...demo,
  name: 'demo-labels-100',
  labelFraction: 1,
  selection: { labelFraction: 1, numDraws: 1 },
} as const satisfies Recipe

/** A batch of 2048 on one GPU, in pieces of 256. */
const paperLargeBatch = {
  ...paper,
  name: 'paper-batch-2048',
  contrast: { ...paper.contrast, chunkSize: 256, loop: { ...paper.contrast.loop, batchSize: 2048 } },
} as const satisfies Recipe

const paperTrainedCmr = {
  ...paper,
  name: 'paper-trained-cmr',
  contrast: { ...paper.contrast, isCmrFrozen: false },
} as const satisfies Recipe

/** All of them, by name. */
export const ablations = [
  withoutPhases,
  phasesHeavy,
  learnedTemperature,
  warmerTemperature,
  smallBatch,
  largeBatch,
  trainedCmr,
  marginTriplet,
  asymmetric,
  millivolt,
  systoleAlone,
  threeSlices,
  oneSlice,
  eightFrames,
  fourFrames,
  labels1,
  labels10,
  labels100,
  paperLargeBatch,
  paperTrainedCmr,
] as const satisfies readonly Recipe[]
