// How well swapped arm leads are found in recordings that nothing was fitted on.
//
//   node bench/ecg-reversal.ts      needs ../shared/data or CINELEAD_REAL_DATA
//
// The program's rule (its weights come from all of LUDB 1-100) on PhysioNet/CinC 2021 and other real recordings; and the same three signs
// with weights fitted on one half of LUDB 1-100 (logistic regression) and judged on the other, both ways. Each recording as it is and swapped.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { analyseBeats } from '../packages/cinelead/src/prepare/ecg/describe.ts'
import { swapArms } from '../packages/cinelead/src/prepare/ecg/ludb-marks.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'
import { armReversalSigns, armReversalThreshold, pacedReversalThreshold } from '../packages/cinelead/src/prepare/ecg/reversal.ts'

type Sample = { signs: number[]; isPaced: boolean; isSwapped: boolean; isAlarm: boolean }

const real = join(process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../shared/data'), 'ecg')

/** A recording as it is and with its arm leads swapped; none where it cannot be judged. */
function samplesOf(folder: string, name: string): Sample[] {
  const recording = readEcg(name, readFileSync(join(real, folder, name)), (file) => readFileSync(join(real, folder, file)))
  const prepared = prepareEcg(recording)
  const whole = { ...recording, leads: ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] }
  const standard = { ...whole, rateHz: 500, numSamples: prepared.numSamples, ecg_LT: prepared.filteredMv_LT }
  return [standard, swapArms(standard)].flatMap((one, index) => {
    const { median, verdicts } = analyseBeats(prepareEcg(one))
    const signs = median === undefined ? undefined : armReversalSigns(median)
    if (signs === undefined) return []
    const fails = (criterion: string): boolean => verdicts.some((verdict) => verdict.criterion === criterion && !verdict.ok)
    return [
      { signs: [1, ...Object.values(signs)], isPaced: fails('pacing-spikes'), isSwapped: index === 1, isAlarm: fails('arm-leads-swapped') },
    ]
  })
}

const dot = (p: readonly number[], q: readonly number[]): number => p.reduce((sum, value, index) => sum + value * q[index], 0)

/** Logistic regression by gradient descent; a little shrinkage, because the halves are nearly separable. */
function fit(samples: readonly Sample[]): number[] {
  let weights = [0, 0, 0, 0]
  for (let step = 0; step < 20_000; step++) {
    const gradient = weights.map((weight) => 0.01 * weight)
    for (const { signs, isSwapped } of samples) {
      const error = 1 / (1 + Math.exp(-dot(weights, signs))) - (isSwapped ? 1 : 0)
      for (let k = 0; k < 4; k++) gradient[k] += (error * signs[k]) / samples.length
    }
    weights = weights.map((weight, k) => weight - 0.5 * gradient[k])
  }
  return weights
}

function judge(samples: readonly Sample[], isAlarm: (sample: Sample) => boolean) {
  const share = (part: readonly Sample[]): string => `${part.filter(isAlarm).length} of ${part.length}`
  return { found: share(samples.filter(({ isSwapped }) => isSwapped)), falseAlarms: share(samples.filter(({ isSwapped }) => !isSwapped)) }
}

const ludb = Array.from({ length: 100 }, (_, index) => index + 1)
  .filter((subject) => existsSync(join(real, 'ludb', `${subject}.hea`)))
  .map((subject) => samplesOf('ludb', `${subject}.hea`))
const halves = [0, 1].map((half) => ludb.filter((_, index) => index % 2 === half).flat())
const crossed = halves.map((learnt, half) => {
  const weights = fit(learnt)
  return {
    learntFrom: half === 0 ? 'odd' : 'even',
    weights: weights.map((weight) => Number(weight.toFixed(2))),
    other: judge(halves[1 - half], ({ signs, isPaced }) => dot(weights, signs) > (isPaced ? pacedReversalThreshold : armReversalThreshold)),
  }
})
const others = ['cinc2021', 'muse', 'philips', 'ecgtoolkit', 'ptb'].map((folder) => {
  const names = readdirSync(join(real, folder)).filter((name) => /\.(hea|xml)$/i.test(name))
  return {
    folder,
    shipped: judge(
      names.flatMap((name) => samplesOf(folder, name)),
      ({ isAlarm }) => isAlarm,
    ),
  }
})
process.stdout.write(`${JSON.stringify({ crossed, others, ludb: judge(ludb.flat(), ({ isAlarm }) => isAlarm) }, undefined, 1)}\n`)
