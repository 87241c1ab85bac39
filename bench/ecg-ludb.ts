// What the ECG analysis gets right on LUDB: R peaks, intervals, arm leads, pacemakers, verdicts.
//
//   node bench/ecg-ludb.ts [FIRST LAST]      subjects 1 to 100 by default; needs ../shared/data or CINELEAD_REAL_DATA
//
// R peaks are compared with the marks of lead II within 75 ms, between the first and the last marked beat (LUDB marks no beats outside).
// Intervals: median over a recording's beats, marks of lead II. Reversal: each recording as it is and with left and right arm exchanged.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { analyseBeats } from '../packages/cinelead/src/prepare/ecg/describe.ts'
import { readMarks, swapArms } from '../packages/cinelead/src/prepare/ecg/ludb-marks.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'

const real = join(process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../shared/data'), 'ecg')
const [first, last] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 100)]
const windowSamples = 37.5
const middle = (values: number[]): number => {
  const known = values.filter(Number.isFinite).sort((p, q) => p - q)
  return known[known.length >> 1] ?? Number.NaN
}
const summary = (errors: number[]) => {
  const known = errors.filter(Number.isFinite)
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return { recordings: known.length, meanAbsoluteMs: Number(mean(known.map(Math.abs)).toFixed(2)), biasMs: Number(mean(known).toFixed(2)) }
}

let [found, marked, extra, swapsFound, alarms, judged] = [0, 0, 0, 0, 0, 0]
const errors = { qrs: [] as number[], qrsV2: [] as number[], pr: [] as number[], qt: [] as number[] }
const paced: number[] = []
const isSwapped = (analysis: ReturnType<typeof analyseBeats>): boolean =>
  analysis.verdicts.some(({ criterion, ok }) => criterion === 'arm-leads-swapped' && !ok)
for (let subject = first; subject <= last; subject++) {
  const folder = join(real, 'ludb')
  if (!existsSync(join(folder, `${subject}.hea`))) continue
  const recording = readEcg(`${subject}.hea`, readFileSync(join(folder, `${subject}.hea`)), (name) => readFileSync(join(folder, name)))
  const analysis = analyseBeats(prepareEcg(recording))
  const waves = readMarks(readFileSync(join(folder, `${subject}.ii`)))
  const complexes = waves.filter(({ kind }) => kind === 'QRS')
  const used = new Set<number>()
  for (const { peak } of complexes) {
    const hit = analysis.rPeaks.find((r) => !used.has(r) && Math.abs(r - peak) <= windowSamples)
    if (hit !== undefined) used.add(hit)
  }
  found += used.size
  marked += complexes.length
  const [from, to] = [complexes[0].peak - windowSamples, complexes[complexes.length - 1].peak + windowSamples]
  extra += analysis.rPeaks.filter((r) => !used.has(r) && r > from && r < to).length
  const width = (lead: 'ii' | 'v2'): number =>
    middle(
      readMarks(readFileSync(join(folder, `${subject}.${lead}`)))
        .filter(({ kind }) => kind === 'QRS')
        .map(({ onset, offset }) => (offset - onset) * 2),
    )
  const { qrsMs = Number.NaN, prMs = Number.NaN, qtMs = Number.NaN } = analysis.measures ?? {}
  errors.qrs.push(qrsMs - width('ii'))
  errors.qrsV2.push(qrsMs - width('v2'))
  const pr = waves.flatMap((wave, index) =>
    wave.kind === 'QRS' && waves[index - 1]?.kind === 'P' ? [(wave.onset - waves[index - 1].onset) * 2] : [],
  )
  if (pr.length >= complexes.length / 2) errors.pr.push(prMs - middle(pr))
  const qt = waves.flatMap((wave, index) =>
    wave.kind === 'QRS' && waves[index + 1]?.kind === 'T' ? [(waves[index + 1].offset - wave.onset) * 2] : [],
  )
  errors.qt.push(qtMs - middle(qt))
  judged++
  if (isSwapped(analysis)) alarms++
  if (isSwapped(analyseBeats(prepareEcg(swapArms(recording))))) swapsFound++
  if (analysis.verdicts.some(({ criterion, ok }) => criterion === 'pacing-spikes' && !ok)) paced.push(subject)
}
const failed: Record<string, number> = {}
for (const folder of ['ludb', 'cinc2021'].filter((name) => existsSync(join(real, name)))) {
  for (const name of readdirSync(join(real, folder)).filter((file) => file.endsWith('.hea'))) {
    const recording = readEcg(name, readFileSync(join(real, folder, name)), (file) => readFileSync(join(real, folder, file)))
    const prepared = prepareEcg(recording)
    const names = new Set(
      [...prepared.verdicts, ...analyseBeats(prepared).verdicts].filter(({ ok }) => !ok).map(({ criterion }) => `${folder} ${criterion}`),
    )
    for (const key of names) failed[key] = (failed[key] ?? 0) + 1
  }
}
const percent = (part: number, whole: number): number => Number(((100 * part) / whole).toFixed(2))
process.stdout.write(
  `${JSON.stringify(
    {
      recordings: judged,
      rPeaks: {
        marked,
        found,
        extra,
        sensitivityPercent: percent(found, marked),
        positivePredictiveValuePercent: percent(found, found + extra),
      },
      qrs: summary(errors.qrs),
      qrsAgainstV2: summary(errors.qrsV2),
      pr: summary(errors.pr),
      qt: summary(errors.qt),
      armReversal: { foundPercent: percent(swapsFound, judged), falseAlarmPercent: percent(alarms, judged) },
      paced,
      recordingsThatFail: failed,
    },
    undefined,
    1,
  )}\n`,
)
