// Truth: manual marks of LUDB 1-100 (skipped without the real recordings). Marks cover the beats between the first and the last marked
// one only, so beats outside of these are not counted.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Recording } from '../../formats/recording.ts'
import { readWfdb } from '../../formats/wfdb.ts'
import { analyseBeats } from './describe.ts'
import { type MarkedWave, readMarks, swapArms } from './ludb-marks.ts'
import { prepareEcg } from './prepare-ecg.ts'

const folder = join(process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../../../../../shared/data'), 'ecg/ludb')
const hasLudb = existsSync(join(folder, '1.hea'))
const bytesOf = (name: string): Uint8Array => readFileSync(join(folder, name))
const ludbMarks = (subject: number, lead: 'ii' | 'v2'): MarkedWave[] => readMarks(bytesOf(`${subject}.${lead}`))
const ludbRecording = (subject: number): Recording => readWfdb(bytesOf(`${subject}.hea`), bytesOf)
const windowSamples = 37.5 // 75 ms
const middle = (values: number[]): number =>
  values.filter(Number.isFinite).sort((p, q) => p - q)[values.filter(Number.isFinite).length >> 1]
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe.skipIf(!hasLudb)('analyseBeats on LUDB 1-100 (skipped without the real recordings)', () => {
  const subjects = Array.from({ length: 100 }, (_, index) => index + 1)
  const analyses = hasLudb ? subjects.map((subject) => analyseBeats(prepareEcg(ludbRecording(subject)))) : []

  test('finds at least 99.5 % of the R peaks and at least 99.5 % of what it finds is one', () => {
    let [found, marked, extra] = [0, 0, 0]
    for (const subject of subjects) {
      const marks = ludbMarks(subject, 'ii').filter(({ kind }) => kind === 'QRS')
      const rPeaks = analyses[subject - 1].rPeaks
      const used = new Set<number>()
      for (const { peak } of marks) {
        const hit = rPeaks.find((r) => !used.has(r) && Math.abs(r - peak) <= windowSamples)
        if (hit !== undefined) used.add(hit)
      }
      marked += marks.length
      found += used.size
      extra += rPeaks.filter(
        (r) => !used.has(r) && r > marks[0].peak - windowSamples && r < marks[marks.length - 1].peak + windowSamples,
      ).length
    }
    expect(found / marked).toBeGreaterThanOrEqual(0.995)
    expect(found / (found + extra)).toBeGreaterThanOrEqual(0.995)
  })

  test('measures QRS within 12 ms on average, PR within 10 and QT within 22', () => {
    const errors = { qrs: [] as number[], pr: [] as number[], qt: [] as number[] }
    for (const subject of subjects) {
      const waves = ludbMarks(subject, 'ii')
      const { measures } = analyses[subject - 1]
      const complexes = waves.filter(({ kind }) => kind === 'QRS')
      errors.qrs.push(Math.abs((measures?.qrsMs ?? Number.NaN) - middle(complexes.map(({ onset, offset }) => (offset - onset) * 2))))
      const pr = waves.flatMap((wave, index) =>
        wave.kind === 'QRS' && waves[index - 1]?.kind === 'P' ? [(wave.onset - waves[index - 1].onset) * 2] : [],
      )
      if (pr.length >= complexes.length / 2 && measures?.prMs !== undefined) errors.pr.push(Math.abs(measures.prMs - middle(pr)))
      const qt = waves.flatMap((wave, index) =>
        wave.kind === 'QRS' && waves[index + 1]?.kind === 'T' ? [(waves[index + 1].offset - wave.onset) * 2] : [],
      )
      if (measures?.qtMs !== undefined) errors.qt.push(Math.abs(measures.qtMs - middle(qt)))
    }
    expect(errors.qrs.length).toBe(100)
    expect(mean(errors.qrs)).toBeLessThan(12)
    expect(errors.pr.length).toBeGreaterThan(75)
    expect(mean(errors.pr)).toBeLessThan(10)
    expect(errors.qt.length).toBeGreaterThan(95)
    expect(mean(errors.qt)).toBeLessThan(22)
  })

  test('finds swapped arm leads in at least 90 % and cries wolf in at most 3 %', { timeout: 240_000 }, () => {
    const isSwapped = (analysis: ReturnType<typeof analyseBeats>): boolean =>
      analysis.verdicts.some(({ criterion, ok }) => criterion === 'arm-leads-swapped' && !ok)
    const alarms = analyses.filter(isSwapped).length
    const found = subjects.filter((subject) => isSwapped(analyseBeats(prepareEcg(swapArms(ludbRecording(subject)))))).length
    expect(alarms).toBeLessThanOrEqual(3)
    expect(found).toBeGreaterThanOrEqual(90)
  })

  test('finds the pacemakers that show spikes and no others', () => {
    const paced = subjects.filter((_, index) => analyses[index].verdicts.some(({ criterion, ok }) => criterion === 'pacing-spikes' && !ok))
    // LUDB's table names 8, 34, 45, 72, 74, 90, 93 and 95 as paced; record 90 (bipolar) shows two spikes above our threshold.
    expect(paced).toEqual([8, 34, 45, 72, 74, 93, 95])
  })
})
