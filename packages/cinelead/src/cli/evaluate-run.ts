// What training left in a run's folder: the record, every arm's embeddings, every learning curve.
// runs/NAME/run.json, runs/NAME/seed-N/STAGE/{embeddings.safetensors, metrics.jsonl}
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectChecksum, parseSafetensorsHeader } from '@cinelead/torch/safetensors'
import { fault } from '../base/errors.ts'
import { contrastiveArms } from '../batches/arms.ts'
import { sha256 } from '../cohort/digest.ts'
import type { ArmEmbeddings } from '../evaluate/probes.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { LearningCurve } from '../report/figure-curves.ts'
import { stageFileFault } from '../train/checkpoint.ts'
import { type MetricLine, readMetrics } from '../train/metrics.ts'
import { type RunRecord, readRunRecord } from '../train/run-record.ts'

const arms = ['ecg-only', ...contrastiveArms]

/** A run whose training is finished: embeddings of every arm and seed, and the digest of each file. */
export type TrainedRun = { record: RunRecord; arms: ArmEmbeddings[]; digests: Record<string, string> }

/** The record of a run. @throws cli/no-run when the folder holds none. */
export function openRun(folder: string): RunRecord {
  const record = readRunRecord(folder)
  if (record !== undefined) return record
  throw fault({
    code: 'cli/no-run',
    where: 'openRun',
    expected: 'a run with a run.json',
    received: existsSync(folder) ? 'a folder without one' : 'no such folder',
    hint: 'Train first: cinelead compare, or name another run folder.',
  })
}

/**
 * Reads all embeddings of a run.
 *
 * @param numRows  Rows of the store that it was trained on.
 * @throws         cli/no-run; cli/run-unfinished when an arm of a seed has no embeddings yet; cli/embeddings when a file does not fit the store.
 */
export function readTrainedRun(folder: string, numRows: number): TrainedRun {
  const record = openRun(folder)
  const paths = arms.map((id) => ({ id, files: record.seeds.map((seed) => ({ seed, path: embeddingsPath(folder, id, seed) })) }))
  const missing = paths.flatMap(({ id, files }) => files.filter(({ path }) => !existsSync(path)).map(({ seed }) => `${id} (seed ${seed})`))
  if (missing.length > 0) {
    throw fault({
      code: 'cli/run-unfinished',
      where: 'readTrainedRun',
      expected: 'embeddings of every arm and seed',
      received: `none of ${missing.join(', ')}`,
      hint: 'Start the training again: it goes on where it stopped.',
    })
  }
  const digests: Record<string, string> = {}
  const embeddings = paths.map(({ id, files }): ArmEmbeddings => {
    const seeds = files.map(({ seed, path }) => {
      const bytes = readStageFile(path)
      digests[`${id}/${seed}`] = sha256(bytes)
      const { numFeatures, values_SE } = arrayOf(bytes, 'embeddings_SE', numRows, `${id} (seed ${seed})`)
      return { seed, numFeatures, embeddings_SE: values_SE }
    })
    return { id, numFeatures: seeds[0].numFeatures, seeds }
  })
  return { record, arms: embeddings, digests }
}

const embeddingsPath = (folder: string, arm: string, seed: number) => join(folder, `seed-${seed}`, arm, 'embeddings.safetensors')

/**
 * What the MRI encoders of both phases see, side by side: how well MRI itself predicts, above which no ECG can be expected.
 *
 * @returns  One model, or none when the run kept no MRI features for every seed.
 */
export function readCeiling(
  folder: string,
  seeds: readonly number[],
  numRows: number,
): { arms: ArmEmbeddings[]; digests: Record<string, string> } {
  const digests: Record<string, string> = {}
  const paths = seeds.map((seed) => ['cmr-ed', 'cmr-es'].map((stage) => join(folder, `seed-${seed}`, stage, 'features.safetensors')))
  if (!paths.flat().every((path) => existsSync(path))) return { arms: [], digests }
  const found = paths.map((files, i) => {
    const [ed, es] = files.map((path, phase) => {
      const bytes = readStageFile(path)
      digests[`mri/${phase}/${seeds[i]}`] = sha256(bytes)
      return arrayOf(bytes, 'features_SD', numRows, `the MRI encoders (seed ${seeds[i]})`)
    })
    const numFeatures = ed.numFeatures + es.numFeatures
    const embeddings_SE = new Float32Array(numRows * numFeatures)
    for (let s = 0; s < numRows; s++) {
      embeddings_SE.set(ed.values_SE.subarray(s * ed.numFeatures, (s + 1) * ed.numFeatures), s * numFeatures)
      embeddings_SE.set(es.values_SE.subarray(s * es.numFeatures, (s + 1) * es.numFeatures), s * numFeatures + ed.numFeatures)
    }
    return { seed: seeds[i], numFeatures, embeddings_SE }
  })
  return { arms: [{ id: 'mri', numFeatures: found[0].numFeatures, seeds: found }], digests }
}

/** A file that training left, whole. @throws train/stage-file */
function readStageFile(path: string): Uint8Array {
  const bytes = readFileSync(path)
  try {
    const { metadata, dataStart } = parseSafetensorsHeader(bytes)
    expectChecksum(metadata, [bytes.subarray(dataStart)])
  } catch (error) {
    throw stageFileFault(path, error)
  }
  return bytes
}

function arrayOf(bytes: Uint8Array, name: string, numRows: number, which: string): { numFeatures: number; values_SE: Float32Array } {
  const { tensors, dataStart } = parseSafetensorsHeader(bytes)
  const entry = tensors.find((tensor) => tensor.name === name)
  if (entry?.dtype !== 'F32' || entry.shape.length !== 2 || entry.shape[0] !== numRows) {
    throw fault({
      code: 'cli/embeddings',
      where: 'readTrainedRun',
      expected: `${name} of ${which}: float32 of shape [${numRows}, E]`,
      received: entry === undefined ? 'no such array' : `${entry.dtype} [${entry.shape.join(', ')}]`,
      hint: 'The run was trained on another store: name that one, or train again.',
    })
  }
  const copy = bytes.slice(dataStart + entry.begin, dataStart + entry.end)
  return { numFeatures: entry.shape[1], values_SE: new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4) }
}

/** Stages that the arms share, by folder, and what their curves are called. */
const sharedStages: Readonly<Record<string, string>> = {
  pretrain: 'ECG autoencoder, for all arms',
  'cmr-slice': 'MRI encoder, one slice',
  'cmr-cine': 'MRI encoder, one slice over time',
  'cmr-ed': 'MRI encoder, ED volume',
  'cmr-es': 'MRI encoder, ES volume',
}

/**
 * The learning curves of a run: the shared stages' and each contrastive arm's, as far as they have come.
 *
 * @param numTrain  Training subjects: a batch is never larger.
 */
export function readCurves(folder: string, record: RunRecord, numTrain: number): LearningCurve[] {
  const { loop, pairLoss } = (record.recipe as Recipe).contrast
  // ln of a batch, but for the loss whose line is its margin, whatever the batch
  const trainChance = pairLoss === 'margin-triplet' ? undefined : Math.log(Math.min(numTrain, loop.batchSize))
  return ['pretrain', ...contrastiveArms, ...Object.keys(sharedStages).slice(1)].flatMap((id) =>
    record.seeds.flatMap((seed) => {
      const curve = curveOf(id, seed, readMetrics(join(folder, `seed-${seed}`, id)), trainChance)
      return curve === undefined ? [] : [curve]
    }),
  )
}

const chanceText = (chance: number, trainChance: number | undefined) =>
  trainChance === undefined ? `alike, margin ${chance}` : `chance, ln ${Math.round(Math.exp(chance))}`

function curveOf(id: string, seed: number, lines: readonly MetricLine[], trainChance: number | undefined): LearningCurve | undefined {
  const train = new Map<number, number[]>()
  const validation = new Map<number, number>()
  for (const line of lines) {
    if (line.kind === 'step') train.set(line.epoch + 1, [...(train.get(line.epoch + 1) ?? []), Number(line.loss)])
    if (line.kind === 'validation') validation.set(line.epoch, Number(line.loss))
  }
  const last = lines.findLast(({ kind }) => kind === 'validation')
  if (last === undefined) return undefined
  const best = lines.filter(({ kind }) => kind === 'validation').reduce((a, b) => (Number(b.score) > Number(a.score) ? b : a))
  const title = sharedStages[id]
  const isContrastive = title === undefined
  const epochs = [...new Set([...train.keys(), ...validation.keys()])].sort((a, b) => a - b)
  const mean = (values: readonly number[] | undefined) => values && values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    id,
    seed,
    isContrastive,
    ...(title === undefined ? {} : { title }),
    points: epochs.map((epoch) => ({ epoch, train: mean(train.get(epoch)), validation: validation.get(epoch) })),
    reference: isContrastive
      ? { value: Number(last.chance), text: chanceText(Number(last.chance), trainChance) }
      : { value: Number(last.meanPredictionLoss), text: 'predicting the mean' },
    ...(isContrastive && trainChance !== undefined && Math.abs(trainChance - Number(last.chance)) > 1e-6
      ? { trainReference: trainChance }
      : {}),
    chosen: {
      epoch: best.epoch,
      measures: Object.fromEntries(
        Object.entries(best).filter(([name, value]) => name.includes('.') && typeof value === 'number'),
      ) as Record<string, number>,
    },
  }
}
