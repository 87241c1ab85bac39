// Truth: samples made as multiples of a step, and what comes back from the files written of them.
import { describe, expect, test } from 'vitest'
import { writeCardiosoftXml } from './cardiosoft-writer.ts'
import { readCardiosoftXml } from './cardiosoft-xml.ts'
import { madeRecording } from './ecg-fixture.ts'
import { partsOfStep } from './step-parts.ts'
import { readWfdb, writeWfdb } from './wfdb.ts'

const steps = (counts: number[], resolutionUv: number): Float32Array => Float32Array.from(counts, (count) => (count * resolutionUv) / 1000)

describe('partsOfStep', () => {
  test('leaves a step whole where samples are whole numbers of it', () => {
    for (const resolutionUv of [4.88, 2.5, 0.04316])
      expect(partsOfStep(steps([0, 1, -7, 32767, 1_000_003, Number.NaN], resolutionUv), resolutionUv)).toBe(1)
  })

  test('cuts it where they lie between, as finely as 32 bits allow', () => {
    expect(partsOfStep(steps([0.5, 3], 5), 5)).toBe(1000)
    expect(partsOfStep(steps([0.5, 2e6], 5), 5)).toBe(100)
    expect(partsOfStep(steps([0.5, 2e9], 5), 5)).toBe(1)
  })

  test('brings samples back from a file whose zero lies between two integers', () => {
    const made = madeRecording()
    const shifted = { ...made, ecg_LT: made.ecg_LT.map((mv) => mv + 0.3 * 0.005) }
    const { header, signal } = writeWfdb(shifted, 'shifted')
    for (const back of [readWfdb(header, () => signal), readCardiosoftXml(writeCardiosoftXml(shifted))]) {
      const worstMv = back.ecg_LT.reduce((worst, mv, i) => Math.max(worst, Math.abs(mv - shifted.ecg_LT[i])), 0)
      expect(worstMv).toBeLessThan(0.005 / 1000)
    }
  })
})
