// Sizes that a reader's eye takes in, real recordings beside simulated ones: noise, T and P against QRS, width of T, change from beat to beat;
// then axes and waves of the simulated healthy.
// Run: node bench/simulator-ecg.ts [people, default 60]   (needs CINELEAD_REAL_DATA or ../shared/data)
// LUDB was published filtered and scaled lead by lead, so that only ratios can be compared with it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { type Recording, standardLeads } from '../packages/cinelead/src/formats/recording.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'
import { renderEcg } from '../packages/cinelead/src/simulate/ecg.ts'
import { electricalMeasures } from '../packages/cinelead/src/simulate/electrical-measures.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { populationPrevalence } from '../packages/cinelead/src/simulate/population.ts'

const shown = ['I', 'II', 'V1', 'V2', 'V4', 'V5', 'V6'] as const
const beforeR = 150
const beatLength = 400

function quantile(values: ArrayLike<number>, share: number): number {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))]
}

/** Places of the steepest slopes over all leads, one a beat. */
function beatsOf(mv_LT: Float32Array, numSamples: number): number[] {
  const slope_T = new Float64Array(numSamples)
  for (let t = 4; t < numSamples - 4; t++)
    for (let lead = 0; lead < 12; lead++) slope_T[t] += Math.abs(mv_LT[lead * numSamples + t + 4] - mv_LT[lead * numSamples + t - 4])
  const limit = quantile(slope_T, 0.985)
  const beats: number[] = []
  for (let t = 200; t < numSamples - 300; t++)
    if (slope_T[t] > limit && slope_T[t] === Math.max(...slope_T.subarray(t - 120, t + 120))) beats.push(t)
  return beats
}

type Sizes = { noiseUv: number; tOfQrs: number; pOfQrs: number; tWidthMs: number; change: number }

function sizesOf(recording: Recording): Sizes[] {
  const { filteredMv_LT: noisy_LT, numSamples, rateHz } = prepareEcg(recording)
  const { filteredMv_LT: mv_LT } = prepareEcg(recording, { lowPassHz: 40 })
  const beats = beatsOf(mv_LT, numSamples)
  return shown.map((name) => {
    const from = standardLeads.indexOf(name) * numSamples
    const at = (t: number) => mv_LT[from + t]
    const bends = Array.from({ length: numSamples - 4 }, (_, t) =>
      Math.abs(noisy_LT[from + t] - 2 * noisy_LT[from + t + 2] + noisy_LT[from + t + 4]),
    )
    const mean = Float64Array.from({ length: beatLength }, (_, k) => beats.reduce((sum, r) => sum + at(r - beforeR + k) / beats.length, 0))
    const base = quantile(mean.subarray(100, 115), 0.5)
    const qrs = mean.subarray(120, 185)
    const height = Math.max(...qrs) - Math.min(...qrs)
    const t = mean.subarray(225, 360).reduce((most, value) => (Math.abs(value - base) > Math.abs(most) ? value - base : most), 0)
    const p = mean.subarray(40, 125).reduce((most, value) => Math.max(most, Math.abs(value - base)), 0)
    const wide = mean.subarray(200).filter((value) => (value - base) * Math.sign(t) > Math.abs(t) / 2).length
    let change = 0
    for (const r of beats) for (let k = 225; k < 360; k++) change += (at(r - beforeR + k) - mean[k]) ** 2 / (135 * beats.length)
    return {
      noiseUv: 1000 * quantile(bends, 0.5),
      tOfQrs: t / height,
      pOfQrs: p / height,
      tWidthMs: (wide * 1000) / rateHz,
      change: Math.sqrt(change) / height,
    }
  })
}

function print(title: string, recordings: readonly Recording[]): void {
  const all = recordings.map(sizesOf)
  console.log(`\n${title}, ${recordings.length} recordings: 10th, 50th and 90th percentile`)
  for (const size of ['noiseUv', 'tOfQrs', 'pOfQrs', 'tWidthMs', 'change'] as const) {
    const cells = shown.map((name, k) => {
      const values = all.map((leads) => leads[k][size])
      const digits = size === 'noiseUv' || size === 'tWidthMs' ? 0 : 2
      return `${name} ${[0.1, 0.5, 0.9].map((share) => quantile(values, share).toFixed(digits)).join('/')}`
    })
    console.log(`${size.padEnd(8)} ${cells.join('  ')}`)
  }
}

const real = join(process.env.CINELEAD_REAL_DATA ?? '../shared/data', 'ecg')
for (const name of ['ludb', 'cinc2021']) {
  const folder = join(real, name)
  if (!existsSync(folder)) console.log(`${name}: not found, set CINELEAD_REAL_DATA`)
  else {
    const heads = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.hea'))
    print(
      name,
      heads.map((path) => readEcg(path, readFileSync(join(folder, path)), (file) => readFileSync(join(folder, dirname(path), file)))),
    )
  }
}
print(
  'simulated',
  Array.from({ length: Number(process.argv[2] ?? 60) }, (_, i) => renderEcg(drawPerson('eye', i))),
)

/** Mean and standard deviation, as printed. */
function spread(values: readonly number[], digits: number): string {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0))
  return `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`
}

const healthy = Array.from({ length: 700 }, (_, i) => drawPerson('axis', i, { prevalence: populationPrevalence })).filter(
  ({ diseases, conduction }) => diseases.length === 0 && conduction.block === 'none',
)
const beats = healthy.map((person) => electricalMeasures(person))
console.log(`\nclean beats of ${healthy.length} simulated people without disease or block: mean ± SD`)
for (const axis of ['p', 'qrs', 't'])
  console.log(
    `${axis} axis, degrees  ${spread(
      beats.map((beat) => (Math.atan2(beat[`${axis}DegSin`], beat[`${axis}DegCos`]) * 180) / Math.PI),
      0,
    )}`,
  )
for (const lead of shown)
  console.log(
    `${lead.padEnd(3)} mV  ${['q', 'r', 's', 'st', 't']
      .map(
        (wave) =>
          `${wave} ${spread(
            beats.map((beat) => beat[`${lead}.${wave}`]),
            2,
          )}`,
      )
      .join('  ')}`,
  )
const chest = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6']
const turns = beats.map((beat) => chest.find((lead) => beat[`${lead}.r`] > -Math.min(beat[`${lead}.q`], beat[`${lead}.s`])) ?? 'none')
console.log(`first chest lead with R over S: ${chest.map((lead) => `${lead} ${turns.filter((turn) => turn === lead).length}`).join(', ')}`)
