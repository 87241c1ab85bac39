// Truth: the person's own volumes, which the geometry must hold in closed form and the label maps must add up to.
import { describe, expect, test } from 'vitest'
import { cardiacLabels } from '../formats/volume.ts'
import { cardiacCycle, contractionAt } from './cardiac-cycle.ts'
import { renderCine } from './cine.ts'
import { heartShape, heartStateAt, numAngles, wallsAt } from './heart-shape.ts'
import { drawPerson, type Person } from './person.ts'
import { scannerProfiles } from './scanner.ts'

const people = Array.from({ length: 6 }, (_, i) => drawPerson('cine', i))

/** Volumes of the continuous heart by summing a fine stack, mL. */
function summed(person: Person, ms: number): { cavityMl: number; wallMl: number; rightMl: number } {
  const shape = heartShape(person)
  const state = heartStateAt(shape, cardiacCycle(person), ms)
  const stepMm = 0.25
  let cavity = 0
  let outer = 0
  let right = 0
  for (let w = state.basePlaneMm - 30 + stepMm / 2; w < state.apexMm + 15; w += stepMm) {
    const walls = wallsAt(shape, state, w)
    for (let k = 0; k < numAngles; k++) {
      if (w > state.basePlaneMm) {
        cavity += 0.5 * walls.endo_K[k] ** 2
        outer += 0.5 * walls.epi_K[k] ** 2
      }
      right += 0.5 * (walls.right_K[k] ** 2 - walls.epi_K[k] ** 2)
    }
  }
  const cell = (((2 * Math.PI) / numAngles) * stepMm) / 1000
  return { cavityMl: cavity * cell, wallMl: (outer - cavity) * cell, rightMl: right * cell }
}

describe('heartStateAt', () => {
  test('holds the wanted volumes and keeps the mass through the beat', () => {
    for (const person of people) {
      const { endSystoleMs } = cardiacCycle(person)
      const ed = summed(person, 0)
      const es = summed(person, endSystoleMs)
      // 2 %: the solver works on 24 levels, this sum on some 400.
      expect(Math.abs(ed.cavityMl / person.pump.lvedvMl - 1)).toBeLessThan(0.02)
      expect(Math.abs(es.cavityMl / person.pump.lvesvMl - 1)).toBeLessThan(0.02)
      expect(Math.abs(ed.rightMl / person.pump.rvedvMl - 1)).toBeLessThan(0.02)
      expect(Math.abs(es.rightMl / person.pump.rvesvMl - 1)).toBeLessThan(0.02)
      expect(Math.abs((ed.wallMl * 1.05) / person.pump.lvmG - 1)).toBeLessThan(0.03)
      expect(Math.abs((es.wallMl * 1.05) / person.pump.lvmG - 1)).toBeLessThan(0.03)
    }
  })

  test('moves the base plane towards the apex by the person descent', () => {
    const person = people[0]
    const state = heartStateAt(heartShape(person), cardiacCycle(person), cardiacCycle(person).endSystoleMs)
    expect(state.basePlaneMm).toBeCloseTo(person.pump.baseDescentMm, 6)
  })

  test('keeps a scarred wall from moving inward', () => {
    const scarred = Array.from({ length: 200 }, (_, i) => drawPerson('scar', i)).find(
      ({ scars }) => scars.length > 0 && scars[0].transmuralFraction > 0.6 && scars[0].halfWidthRad > 0.6,
    )
    if (scarred === undefined) throw new TypeError('no scar among 200')
    const shape = heartShape(scarred)
    const cycle = cardiacCycle(scarred)
    const [scar] = scarred.scars
    const level = Math.min(0.75, (scar.fromFraction + Math.min(1, scar.toFraction)) / 2)
    const motion = (angle: number): number => {
      const at = (ms: number): number => {
        const state = heartStateAt(shape, cycle, ms)
        const k = Math.round((((angle % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)) * (numAngles / (2 * Math.PI))) % numAngles
        return wallsAt(shape, state, state.basePlaneMm + level * (state.apexMm - state.basePlaneMm)).endo_K[k]
      }
      return 1 - at(cycle.endSystoleMs) / at(0)
    }
    expect(motion(scar.centreRad)).toBeLessThan(0.6 * motion(scar.centreRad + Math.PI))
  })
})

describe('contractionAt', () => {
  test('is 0 at end-diastole, 1 at end-systole and periodic', () => {
    const cycle = cardiacCycle(people[0])
    expect(contractionAt(cycle, 0)).toBe(0)
    expect(contractionAt(cycle, cycle.endSystoleMs)).toBe(1)
    expect(contractionAt(cycle, cycle.rrMs + 200)).toBeCloseTo(contractionAt(cycle, 200), 9)
    expect(contractionAt(cycle, cycle.rrMs - 1)).toBeLessThan(0.02)
  })

  test('shows an atrial kick in sinus rhythm and none in atrial fibrillation', () => {
    const crowd = Array.from({ length: 300 }, (_, i) => drawPerson('kick', i)).filter(({ scanHeartRateBpm }) => scanHeartRateBpm < 75)
    const sinus = crowd.find(({ rhythm }) => rhythm === 'sinus')
    const fibrillating = crowd.find(({ rhythm }) => rhythm === 'af')
    if (sinus === undefined || fibrillating === undefined) throw new TypeError('both rhythms wanted among 300')
    const lateFilling = (person: Person): number => {
      const cycle = cardiacCycle(person)
      return contractionAt(cycle, cycle.kickStartMs) - contractionAt(cycle, cycle.kickEndMs)
    }
    expect(lateFilling(sinus)).toBeGreaterThan(0.1)
    expect(lateFilling(fibrillating)).toBeLessThan(0.02)
  })
})

describe('renderCine', () => {
  test('gives labels that add up to the true volumes within a few percent on average', () => {
    const ratios = Array.from({ length: 12 }, (_, i) => {
      const person = drawPerson('discs', i)
      const { labelled } = renderCine(person, scannerProfiles.demo, { frames: [0, 5, 6, 7] })
      return [labelled.lvedvMl / person.pump.lvedvMl, labelled.lvmG / person.pump.lvmG, labelled.rvedvMl / person.pump.rvedvMl]
    })
    for (let k = 0; k < 3; k++) {
      const mean = ratios.reduce((sum, row) => sum + row[k] / ratios.length, 0)
      // The thin tips of the right ventricle's crescent fall below half a pixel.
      expect(Math.abs(mean - 1)).toBeLessThan(k === 2 ? 0.05 : 0.03)
      // One slice is 12 mm of a base of 16 cm²: a single heart may be 10 % off.
      for (const row of ratios) expect(Math.abs(row[k] - 1)).toBeLessThan(0.12)
    }
  })

  test('finds end-systole at the least volume and shows less cavity there', () => {
    const { labels_FZYX, volume, edFrame, esFrame } = renderCine(people[1], scannerProfiles.demo)
    const perFrame = labels_FZYX.length / volume.shape[0]
    const cavity = (frame: number): number => {
      let count = 0
      for (let i = frame * perFrame; i < (frame + 1) * perFrame; i++) if (labels_FZYX[i] === cardiacLabels.lvCavity) count++
      return count
    }
    expect(edFrame).toBe(0)
    expect(cavity(esFrame)).toBeLessThan(0.8 * cavity(edFrame))
    for (let f = 0; f < volume.shape[0]; f++) expect(cavity(f)).toBeGreaterThanOrEqual(cavity(esFrame) * 0.95)
  })

  test('names end-systole by the beats that were seen in atrial fibrillation', () => {
    const people = Array.from({ length: 200 }, (_, i) => drawPerson('seen', i)).filter(({ rhythm }) => rhythm === 'af')
    expect(people.length).toBeGreaterThan(4)
    for (const person of people.slice(0, 5)) {
      const { labels_FZYX, volume, esFrame } = renderCine(person, { ...scannerProfiles.demo, numPhases: 25 })
      const perFrame = labels_FZYX.length / volume.shape[0]
      const cavity = (frame: number) => {
        let count = 0
        for (let at = frame * perFrame; at < (frame + 1) * perFrame; at++) if (labels_FZYX[at] === cardiacLabels.lvCavity) count++
        return count
      }
      const cavity_F = Array.from({ length: volume.shape[0] }, (_, frame) => cavity(frame))
      // Slices that fill already and slices that still eject stand side by side: the sum is least within a few frames of the mean end.
      expect(Math.abs(cavity_F.indexOf(Math.min(...cavity_F)) - esFrame)).toBeLessThanOrEqual(2)
      expect(cavity_F[esFrame] / Math.min(...cavity_F)).toBeLessThan(1.06)
    }
  })

  test('paints blood brighter than muscle and muscle brighter than lung', () => {
    const { labels_FZYX, volume } = renderCine(people[2], scannerProfiles.demo, { frames: [0] })
    const mean = (label: number): number => {
      let sum = 0
      let count = 0
      for (let i = 0; i < labels_FZYX.length; i++) {
        if (labels_FZYX[i] === label) {
          sum += volume.voxels_FZYX[i]
          count++
        }
      }
      return sum / count
    }
    expect(mean(cardiacLabels.lvCavity)).toBeGreaterThan(1.8 * mean(cardiacLabels.myocardium))
    expect(mean(cardiacLabels.rvCavity)).toBeGreaterThan(1.6 * mean(cardiacLabels.myocardium))
    const sorted = [...volume.voxels_FZYX].sort((a, b) => a - b)
    expect(sorted[Math.floor(0.1 * sorted.length)]).toBeLessThan(0.5 * mean(cardiacLabels.myocardium))
  })

  test('is the same for the same person and another for another visit', () => {
    const once = renderCine(people[0], scannerProfiles.demo, { frames: [3] }).volume.voxels_FZYX
    expect(renderCine(people[0], scannerProfiles.demo, { frames: [3] }).volume.voxels_FZYX).toEqual(once)
    expect(renderCine(people[0], scannerProfiles.demo, { frames: [3], visit: 3 }).volume.voxels_FZYX).not.toEqual(once)
  })

  test('has an orthogonal affine with the stated spacings, slices towards the apex', () => {
    const { volume } = renderCine(people[0], scannerProfiles.demo, { frames: [0] })
    const column = (k: number): number[] => [volume.affine[k], volume.affine[4 + k], volume.affine[8 + k]]
    const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0)
    const [x, y, z] = [column(0), column(1), column(2)]
    expect(Math.hypot(...x)).toBeCloseTo(volume.spacingMm[2], 9)
    expect(Math.hypot(...y)).toBeCloseTo(volume.spacingMm[1], 9)
    expect(Math.hypot(...z)).toBeCloseTo(volume.spacingMm[0], 9)
    for (const [a, b] of [
      [x, y],
      [y, z],
      [x, z],
    ])
      expect(dot(a, b)).toBeCloseTo(0, 9)
    // The apex points to the left (+x), front (-y) and down (-z).
    expect(z[0]).toBeGreaterThan(0)
    expect(z[1]).toBeLessThan(0)
    expect(z[2]).toBeLessThan(0)
  })
})

describe('artefacts', () => {
  const scanner = { ...scannerProfiles.demo, numRows: 64, numColumns: 64, pixelMm: 3.6 }

  test('a band darkens a strip of the picture and moves no label', () => {
    const plain = renderCine(people[3], { ...scanner, bandingFraction: 0 }, { frames: [0], noise: 0 })
    const banded = renderCine(people[3], { ...scanner, bandingFraction: 1 }, { frames: [0], noise: 0 })
    expect(banded.labels_FZYX).toEqual(plain.labels_FZYX)
    let darker = 0
    let brighter = 0
    for (let i = 0; i < plain.volume.voxels_FZYX.length; i++) {
      const [before, after] = [plain.volume.voxels_FZYX[i], banded.volume.voxels_FZYX[i]]
      if (after > before + 1) brighter++
      if (after < 0.8 * before - 2) darker++
    }
    expect(brighter).toBe(0)
    expect(darker / plain.volume.voxels_FZYX.length).toBeGreaterThan(0.005)
    expect(darker / plain.volume.voxels_FZYX.length).toBeLessThan(0.2)
  })

  test('slices of a fibrillating heart do not beat as one', () => {
    const rest = { ...people[0], pump: { ...people[0].pump, atrialKickFraction: 0 } }
    const cavityOf = (rhythm: 'sinus' | 'af'): number[] => {
      const { labels_FZYX, volume } = renderCine({ ...rest, rhythm }, { ...scanner, breathHoldMm: 0 }, { frames: [0, 3] })
      const [, numSlices, numRows, numColumns] = volume.shape
      return Array.from({ length: numSlices }, (_, z) => {
        const from = (numSlices + z) * numRows * numColumns
        return labels_FZYX.subarray(from, from + numRows * numColumns).filter((label) => label === cardiacLabels.lvCavity).length
      })
    }
    expect(cavityOf('af')).not.toEqual(cavityOf('sinus'))
  })
})
