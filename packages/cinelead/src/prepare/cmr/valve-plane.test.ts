// Truth: hearts of straight walls whose valve plane lies at known heights, sliced where a scanner would.
import { describe, expect, it } from 'vitest'
import { cutVolumes, firstDiscShares, isBaseLast } from './valve-plane.ts'

const SLICE_MM = 10
const NUM_SLICES = 12
const heart = { lengthMm: 90, descentMm: 13, edMm2: 1800, edWallMm2: 1200 }

/** Areas by slice for a valve plane `planeMm` below the first slice's centre; apex at a fixed place. */
function areas(planeMm: number, apexMm: number, cavityMm2: number, wallMm2: number) {
  const isIn = Array.from({ length: NUM_SLICES }, (_, z) => z * SLICE_MM >= planeMm && z * SLICE_MM < apexMm)
  return { cavity_Z: isIn.map((is) => (is ? cavityMm2 : 0)), wall_Z: isIn.map((is) => (is ? wallMm2 : 0)) }
}

/** The wall keeps its volume, the cavity ejects 60 %. */
function study(planeMm: number) {
  const apexMm = planeMm + heart.lengthMm
  const shorter = heart.lengthMm / (heart.lengthMm - heart.descentMm)
  const ed = areas(planeMm, apexMm, heart.edMm2, heart.edWallMm2)
  const es = areas(planeMm + heart.descentMm, apexMm, 0.4 * heart.edMm2 * shorter, heart.edWallMm2 * shorter)
  return { ed, es }
}

const volume = (areas_Z: readonly number[], share: number) => {
  const first = areas_Z.findIndex((area) => area > 0)
  return SLICE_MM * areas_Z.reduce((sum, area, z) => sum + area * (z === first ? share : 1), 0)
}

describe('firstDiscShares', () => {
  it('brings the ejection fraction nearer to the truth over all places of the stack', () => {
    const errors = { whole: 0, cut: 0 }
    for (let planeMm = 1; planeMm < 11; planeMm++) {
      const { ed, es } = study(planeMm)
      // The apex ends between slices too: only the base is judged here.
      const shares = firstDiscShares(ed, es, SLICE_MM)
      const fraction = (edShare: number, esShare: number) => 1 - volume(es.cavity_Z, esShare) / volume(ed.cavity_Z, edShare)
      errors.whole += Math.abs(fraction(1, 1) - 0.6) / 10
      errors.cut += Math.abs(fraction(shares.ed, shares.es) - 0.6) / 10
      for (const share of Object.values(shares)) expect(Math.abs(share - 1)).toBeLessThanOrEqual(0.5)
    }
    expect(errors.cut).toBeLessThan(0.7 * errors.whole)
  })

  it('counts whole discs where the stack begins within the ventricle or nothing is labelled', () => {
    const { ed, es } = study(0)
    expect(firstDiscShares(ed, es, SLICE_MM)).toEqual({ ed: 1, es: 1 })
    const empty = areas(0, 0, 0, 0)
    expect(firstDiscShares(empty, empty, SLICE_MM)).toEqual({ ed: 1, es: 1 })
  })
})

describe('cutVolumes', () => {
  it('gives the same volumes for a stack that runs from apex to base', () => {
    const slice = (cavity: number, wall: number) =>
      Uint8Array.from({ length: 100 }, (_, at) => (at < cavity ? 1 : at < cavity + wall ? 2 : 0))
    const ed = [slice(0, 0), slice(40, 30), slice(38, 30), slice(30, 30), slice(9, 20)]
    const es = [slice(0, 0), slice(0, 0), slice(20, 45), slice(14, 40), slice(2, 25)]
    const join = (slices: readonly Uint8Array[]) => Uint8Array.from(slices.flatMap((one) => [...one]))
    const straight = cutVolumes(join(ed), join(es), 5, [SLICE_MM, 5, 5])
    const turned = cutVolumes(join(ed.toReversed()), join(es.toReversed()), 5, [SLICE_MM, 5, 5])
    expect(turned).toEqual(straight)
    expect(straight.ed.lvMl).not.toBeCloseTo((117 * 25 * SLICE_MM) / 1000, 3)
  })
})

describe('isBaseLast', () => {
  const stack = (areas: readonly number[]) => {
    const labels_ZYX = new Uint8Array(areas.length * 400)
    for (const [z, area] of areas.entries()) labels_ZYX.fill(1, z * 400, z * 400 + area)
    return labels_ZYX
  }

  it('is not misled by a part of an open ring that is smaller than the apex', () => {
    const areas = [0, 45, 291, 285, 210, 100, 46]
    expect(isBaseLast(stack(areas), areas.length)).toBe(false)
    expect(isBaseLast(stack(areas.toReversed()), areas.length)).toBe(true)
  })

  it('takes the base for the first where there is nothing to tell it by', () => {
    expect(isBaseLast(stack([0, 0, 0]), 3)).toBe(false)
    expect(isBaseLast(stack([0, 50, 0]), 3)).toBe(false)
  })
})
