// Truth: Einthoven's and Goldberger's identities, the person's own intervals, and directions of effects that textbooks agree on
// (voltage with mass, width with block, Q with scar, axis with fascicular block, irregularity with fibrillation).
import { describe, expect, test } from 'vitest'
import { renderEcg } from './ecg.ts'
import { electricalMeasures } from './electrical-measures.ts'
import { heartbeat } from './heartbeat.ts'
import { dayAfter, drawPerson, type Person } from './person.ts'

const base = drawPerson('ecg', 3)
const well: Person = {
  ...base,
  rhythm: 'sinus',
  scars: [],
  conduction: { ...base.conduction, block: 'none', qrsMs: 88, fragmentation: 0.05, ventricularEctopyFraction: 0, atrialEctopyFraction: 0 },
}

describe('renderEcg', () => {
  const recording = renderEcg(well)
  const lead = (name: string) => {
    const row = recording.leads.indexOf(name)
    return recording.ecg_LT.subarray(row * recording.numSamples, (row + 1) * recording.numSamples)
  }

  test('gives ten seconds of twelve leads at 500 Hz in whole steps of 5 µV', () => {
    expect(recording.numSamples).toBe(5000)
    expect(recording.ecg_LT.length).toBe(60_000)
    for (let i = 0; i < recording.ecg_LT.length; i += 97) {
      const steps = recording.ecg_LT[i] / 0.005
      expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-3)
    }
  })

  test('obeys Einthoven and Goldberger in every sample', () => {
    for (let t = 0; t < 5000; t += 7) {
      expect(lead('III')[t]).toBeCloseTo(lead('II')[t] - lead('I')[t], 5)
      expect(lead('aVR')[t]).toBeCloseTo(-(lead('I')[t] + lead('II')[t]) / 2, 5)
      expect(lead('aVF')[t]).toBeCloseTo(lead('II')[t] - lead('I')[t] / 2, 5)
    }
  })

  test('is the same for the same person and has other noise at another visit', () => {
    expect(renderEcg(well).ecg_LT).toEqual(recording.ecg_LT)
    expect(renderEcg(well, { visit: 3 }).ecg_LT).not.toEqual(recording.ecg_LT)
  })

  test('turns lead I over when the arms are exchanged, and leaves the chest leads', () => {
    const turned = renderEcg(well, { isArmReversed: true })
    for (let t = 0; t < 5000; t += 11) {
      expect(turned.ecg_LT[t]).toBeCloseTo(-lead('I')[t], 1)
      expect(turned.ecg_LT[5000 + t]).toBeCloseTo(lead('III')[t], 1)
      expect(turned.ecg_LT[8 * 5000 + t]).toBe(lead('V3')[t])
    }
  })

  test('prints what is true within a few milliseconds', () => {
    expect(Math.abs((recording.printed.qrsMs ?? 0) - well.conduction.qrsMs)).toBeLessThan(13)
    expect(Math.abs((recording.printed.prMs ?? 0) - well.conduction.prMs)).toBeLessThan(13)
    expect(Math.abs((recording.printed.heartRateBpm ?? 0) - well.ecgHeartRateBpm)).toBeLessThan(6)
  })

  test('has as many R waves as its rate says', () => {
    const clean = renderEcg(well, { noise: 0 })
    const row = clean.ecg_LT.subarray(10 * 5000, 11 * 5000) // V5
    const top = row.reduce((most, value) => Math.max(most, value), 0)
    let beats = 0
    let last = -200
    for (let t = 1; t < 4999; t++) {
      // An R may have two tops: one beat in 200 ms.
      if (row[t] < 0.6 * top || row[t] < row[t - 1] || row[t] <= row[t + 1] || t - last < 100) continue
      beats++
      last = t
    }
    expect(Math.abs(beats - (well.ecgHeartRateBpm / 60) * 10)).toBeLessThan(2.5)
  })

  test('is irregular without P waves in atrial fibrillation', () => {
    const fibrillating: Person = { ...well, rhythm: 'af' }
    const printed = renderEcg(fibrillating).printed
    expect(printed.prMs).toBeUndefined()
    expect(renderEcg(fibrillating).statements).toContain('Atrial fibrillation')
    const spread = (person: Person): number => {
      const { ecg_LT } = renderEcg(person, { noise: 0, durationSec: 30 })
      const n = 15_000
      const row = ecg_LT.subarray(10 * n, 11 * n)
      const top = row.reduce((most, value) => Math.max(most, value), 0)
      const times: number[] = []
      for (let t = 1; t < n - 1; t++)
        if (row[t] > 0.6 * top && row[t] >= row[t - 1] && row[t] > row[t + 1] && t - (times.at(-1) ?? -200) > 100) times.push(t)
      const gaps = times.slice(1).map((t, i) => t - times[i])
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
      return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean
    }
    expect(spread(fibrillating)).toBeGreaterThan(3 * spread(well))
    expect(spread(fibrillating)).toBeGreaterThan(0.1)
  })
})

/** Width of the clean QRS: time over which the summed slope of all leads exceeds a tenth of its greatest. */
function measuredQrsMs(person: Person): number {
  const beat = heartbeat(person)
  // Up to 200 ms after the onset: before T.
  const n = Math.round(((beat.leadInMs + 200) * beat.rateHz) / 1000)
  const stride = beat.numVentricularSamples
  const slope = new Float64Array(n)
  for (let lead = 0; lead < 8; lead++)
    for (let t = 1; t < n; t++) slope[t] += Math.abs(beat.ventricular_LT[lead * stride + t] - beat.ventricular_LT[lead * stride + t - 1])
  const top = slope.reduce((most, value) => Math.max(most, value), 0)
  let first = n
  let last = 0
  for (let t = 0; t < n; t++) {
    if (slope[t] < 0.1 * top) continue
    first = Math.min(first, t)
    last = t
  }
  return ((last - first) * 1000) / beat.rateHz
}

describe('electrical heart', () => {
  test('raises voltage with mass and lowers it with distance to the chest wall', () => {
    const voltage = (person: Person): number => {
      const measures = electricalMeasures(person)
      return measures['V5.r'] - measures['V1.s']
    }
    const heavy = { ...well, electricPump: { ...well.pump, lvmG: 1.5 * well.pump.lvmG } }
    const deep = { ...well, chest: { ...well.chest, halfDepthMm: well.chest.halfDepthMm + 30, halfWidthMm: well.chest.halfWidthMm + 30 } }
    expect(voltage(heavy)).toBeGreaterThan(1.15 * voltage(well))
    expect(voltage(deep)).toBeLessThan(0.85 * voltage(well))
  })

  test('widens the QRS as the conduction says, most in bundle branch block', () => {
    const slow = { ...well, conduction: { ...well.conduction, qrsMs: 112 } }
    const blocked: Person = { ...well, conduction: { ...well.conduction, block: 'lbbb', qrsMs: 146 } }
    expect(measuredQrsMs(well)).toBeGreaterThan(60)
    expect(measuredQrsMs(well)).toBeLessThan(105)
    expect(measuredQrsMs(slow)).toBeGreaterThan(measuredQrsMs(well) + 10)
    expect(measuredQrsMs(blocked)).toBeGreaterThan(measuredQrsMs(well) + 35)
  })

  test('loses the septal q in V6 and the r in V1 in left bundle branch block, and turns T against QRS', () => {
    const blocked: Person = { ...well, conduction: { ...well.conduction, block: 'lbbb', qrsMs: 146, frontalTurnRad: 0 } }
    const measures = electricalMeasures(blocked)
    expect(Math.abs(measures['V6.q'])).toBeLessThan(0.05)
    expect(measures['V6.t']).toBeLessThan(0.5 * electricalMeasures(well)['V6.t'])
    expect(measures['V1.low']).toBeLessThan(-0.4)
  })

  test('gives a late R in V1 in right bundle branch block', () => {
    const blocked: Person = { ...well, conduction: { ...well.conduction, block: 'rbbb', qrsMs: 134 } }
    const lateR = (person: Person): number => {
      const beat = heartbeat(person)
      const n = beat.numVentricularSamples
      let most = 0
      for (let t = Math.round((beat.leadInMs + 70) / 2); t < Math.round((beat.leadInMs + 135) / 2); t++)
        most = Math.max(most, beat.ventricular_LT[2 * n + t])
      return most
    }
    expect(lateR(blocked)).toBeGreaterThan(lateR(well) + 0.05)
  })

  test('turns the axis to the left in left anterior fascicular block', () => {
    const blocked: Person = {
      ...well,
      conduction: { ...well.conduction, block: 'lafb', frontalTurnRad: well.conduction.frontalTurnRad - 0.5 },
    }
    const [before, after] = [well, blocked].map((person) => electricalMeasures(person))
    const deg = (measures: Record<string, number>) => (Math.atan2(measures.qrsDegSin, measures.qrsDegCos) * 180) / Math.PI
    expect(deg(after)).toBeLessThan(deg(before) - 20)
  })

  test('deepens Q or loses R where a scar lies, in front for the LAD and below for the RCA', () => {
    const scar = (territory: 'lad' | 'rca', centreRad: number): Person => ({
      ...well,
      scars: [
        {
          territory,
          centreRad,
          halfWidthRad: 0.9,
          fromFraction: territory === 'lad' ? 0.3 : 0.05,
          toFraction: 1.1,
          transmuralFraction: 0.9,
        },
      ],
    })
    const plain = electricalMeasures(well)
    const anterior = electricalMeasures(scar('lad', 1.35 * Math.PI))
    const inferior = electricalMeasures(scar('rca', 0.55 * Math.PI))
    expect(anterior['V3.r'] + anterior['V4.r']).toBeLessThan(0.75 * (plain['V3.r'] + plain['V4.r']))
    expect(inferior['aVF.q'] + inferior['III.q']).toBeLessThan(plain['aVF.q'] + plain['III.q'] - 0.03)
  })

  test('flattens or turns the lateral T under strain', () => {
    const strained: Person = { ...well, conduction: { ...well.conduction, strainFraction: 0.9 } }
    const [before, after] = [
      electricalMeasures({ ...well, conduction: { ...well.conduction, strainFraction: 0, ischaemiaFraction: 0 } }),
      electricalMeasures(strained),
    ]
    expect(after['V6.t']).toBeLessThan(0.5 * before['V6.t'])
    expect(after['V6.st']).toBeLessThan(before['V6.st'])
  })

  test('lengthens P and deepens its end in V1 with a large left atrium', () => {
    const large: Person = { ...well, electricPump: { ...well.pump, leftAtriumMaxMl: 1.6 * well.pump.leftAtriumMaxMl } }
    expect(electricalMeasures(large)['V1.pLow']).toBeLessThan(electricalMeasures(well)['V1.pLow'])
  })
})

describe('dayAfter', () => {
  test('steps over months and leap days', () => {
    expect(dayAfter('2016-02-28', 2)).toBe('2016-03-01')
    expect(dayAfter('2015-01-01', -1)).toBe('2014-12-31')
  })
})
