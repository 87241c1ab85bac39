// Truth: closed forms. A cylinder with a flat or leaning lid, in a stack of discs and in long axes that are turned and moved in space.
import { describe, expect, it } from 'vitest'
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { endedVolumes, volumesBelow } from './base-plane.ts'
import { heartAxisOf } from './long-axis.ts'
import type { Segmenter } from './prepared-cine.ts'
import { cross, dot, minus, norm, plus, times, type Vector } from './vector.ts'

const { lvCavity, myocardium } = cardiacLabels
const RADIUS_MM = 20
const WALL_MM = 8
const END_MM = 75 // of the cavity, below the first slice's centre
const SLICE_MM = 10
const PIXEL_MM = 2

const volumeOf = (view: Volume['view'], shape: Volume['shape'], across: Vector, down: Vector, along: Vector, corner: Vector): Volume => ({
  view,
  shape,
  voxels_FZYX: new Uint16Array(shape.reduce((product, count) => product * count, 1)),
  spacingMm: [Math.hypot(...along), Math.hypot(...down), Math.hypot(...across)],
  sliceThicknessMm: 8,
  frameMs_F: Float64Array.from({ length: shape[0] }, (_, f) => 40 * f),
  affine: Float64Array.from([0, 1, 2].flatMap((i) => [across[i], down[i], along[i], corner[i]]).concat([0, 0, 0, 1])),
  heartRateBpm: 60,
  acquiredOn: undefined,
  description: '',
})

// A stack in oblique space: the axis of the heart runs through (64, 64) mm of each slice.
const [across, down]: [Vector, Vector] = [
  [0.8, 0.6, 0],
  [-0.36, 0.48, 0.8],
]
const along = cross(across, down)
const origin: Vector = [30, -50, 12]
const stack = volumeOf('sax', [2, 9, 64, 64], times(across, PIXEL_MM), times(down, PIXEL_MM), times(along, SLICE_MM), origin)
const at = (x: number, y: number, z: number): Vector => plus(origin, plus(times(across, x), plus(times(down, y), times(along, z))))

/** Labels of a stack whose slices show the cylinder where their centre lies below the lid; the RV to the left. */
function labelsBelow(lidMm: (xMm: number, yMm: number) => number): Uint8Array {
  const labels_ZYX = new Uint8Array(9 * 64 * 64)
  for (let z = 0; z < 9; z++)
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++) {
        const far = Math.hypot(x * PIXEL_MM - 64, y * PIXEL_MM - 64)
        const isHeart = z * SLICE_MM > lidMm(64, 64) && z * SLICE_MM < END_MM
        const label = far < RADIUS_MM ? lvCavity : far < RADIUS_MM + WALL_MM ? myocardium : x < 12 ? cardiacLabels.rvCavity : 0
        if (isHeart) labels_ZYX[(z * 64 + y) * 64 + x] = label
      }
  return labels_ZYX
}

/** A long axis through the cylinder's axis at an angle, upside down or not, whose grey values are the labels. */
function longAxis(turnRad: number, offMm: number, lidMm: (xMm: number, yMm: number) => number, isFlipped = false): Volume {
  const flip = isFlipped ? -1 : 1
  const side = plus(times(across, Math.cos(turnRad)), times(down, Math.sin(turnRad)))
  const off = plus(times(across, -Math.sin(turnRad)), times(down, Math.cos(turnRad)))
  const size = 100
  const [dx, dz] = [1.5, 1.5 * flip]
  const middle = plus(at(64, 64, 40), times(off, offMm))
  const corner = plus(middle, plus(times(side, (-dx * (size - 1)) / 2), times(along, (-dz * (size - 1)) / 2)))
  const volume = volumeOf('other', [2, 1, size, size], times(side, dx), times(along, dz), times(off, 6), corner)
  for (let frame = 0; frame < 2; frame++)
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        const s = (column - (size - 1) / 2) * dx
        const z = 40 + (row - (size - 1) / 2) * dz
        const [x, y] = [64 + s * Math.cos(turnRad), 64 + s * Math.sin(turnRad)]
        const far = Math.hypot(s, offMm)
        const isHeart = z > lidMm(x, y) && z < END_MM
        const label = !isHeart ? 0 : far < RADIUS_MM ? lvCavity : far < RADIUS_MM + WALL_MM ? myocardium : 0
        volume.voxels_FZYX[(frame * size + row) * size + column] = label
      }
  return volume
}

const reader: Segmenter = async (pictures_BYX) => Uint8Array.from(pictures_BYX, (value) => Math.round(value))
const phases = (labels_ZYX: Uint8Array) => ({ ed: { frame: 0, labels_ZYX }, es: { frame: 1, labels_ZYX } })
const discMm2 =
  labelsBelow(() => -1)
    .subarray(0, 64 * 64)
    .filter((label) => label === lvCavity).length *
  PIXEL_MM ** 2
const cylinderMl = (lengthMm: number) => (discMm2 * lengthMm) / 1000

describe('endedVolumes', () => {
  it.each([13, 16, 21, 24])('ends a cylinder at a lid %d mm down, wherever slices lie', async (lid) => {
    const flat = () => lid
    const views = [longAxis(0.2, 0, flat), longAxis(1.4, 4, flat, true), longAxis(-0.8, -3, flat)]
    const found = await endedVolumes(stack, phases(labelsBelow(flat)), views, reader)
    expect(found?.numViews).toBe(3)
    // The last labelled slice stands for its whole disc: to 75 mm.
    expect(Math.abs((found?.ed.lvMl ?? 0) / cylinderMl(END_MM - lid) - 1)).toBeLessThan(0.015)
  })

  it('follows a lid that leans', async () => {
    const leaning = (xMm: number, yMm: number) => 18 + 0.25 * (xMm - 64) - 0.15 * (yMm - 64)
    const views = [longAxis(0.1, 0, leaning), longAxis(1.2, 0, leaning), longAxis(2.2, 0, leaning)]
    const found = await endedVolumes(stack, phases(labelsBelow(leaning)), views, reader)
    expect(Math.abs((found?.ed.lvMl ?? 0) / cylinderMl(END_MM - 18) - 1)).toBeLessThan(0.015)
  })

  it('leaves out a view that contradicts two others, and planes beside the heart', async () => {
    const flat = () => 16
    const views = [longAxis(0.2, 0, flat), longAxis(1.4, 0, () => 45), longAxis(-0.8, 0, flat), longAxis(0.2, 40, flat)]
    const found = await endedVolumes(stack, phases(labelsBelow(flat)), views, reader)
    expect(found?.numViews).toBe(2)
    expect(Math.abs((found?.ed.lvMl ?? 0) / cylinderMl(END_MM - 16) - 1)).toBeLessThan(0.015)
  })

  it('refuses a plane that rises in systole', async () => {
    const view = longAxis(0.2, 0, () => 30)
    const late = longAxis(0.2, 0, () => 16)
    const half = view.voxels_FZYX.length / 2
    view.voxels_FZYX.set(late.voxels_FZYX.subarray(half), half)
    const [ed, es] = [labelsBelow(() => 30), labelsBelow(() => 16)]
    const moving = { ed: { frame: 0, labels_ZYX: ed }, es: { frame: 1, labels_ZYX: es } }
    expect(await endedVolumes(stack, moving, [view], reader)).toBeUndefined()
    const usual = { ed: { frame: 1, labels_ZYX: es }, es: { frame: 0, labels_ZYX: ed } }
    expect((await endedVolumes(stack, usual, [view], reader))?.numViews).toBe(1)
  })

  it('tells nothing where two views contradict each other, or none holds the axis', async () => {
    const flat = () => 16
    const labels_ZYX = labelsBelow(flat)
    expect(await endedVolumes(stack, phases(labels_ZYX), [longAxis(0.2, 0, flat), longAxis(1.4, 0, () => 45)], reader)).toBeUndefined()
    expect(await endedVolumes(stack, phases(labels_ZYX), [longAxis(0.2, 40, flat)], reader)).toBeUndefined()
    expect(await endedVolumes(stack, phases(new Uint8Array(labels_ZYX.length)), [longAxis(0.2, 0, flat)], reader)).toBeUndefined()
  })
})

describe('volumesBelow', () => {
  it('is the same for a stack that begins at the apex', () => {
    const labels_ZYX = labelsBelow(() => 16)
    const turned_ZYX = new Uint8Array(labels_ZYX.length)
    for (let z = 0; z < 9; z++) turned_ZYX.set(labels_ZYX.subarray(z * 4096, (z + 1) * 4096), (8 - z) * 4096)
    const plane = { at: 1.6, perColumn: 0, perRow: 0, numViews: 2 }
    const spacingMm = [SLICE_MM, PIXEL_MM, PIXEL_MM] as const
    expect(volumesBelow(turned_ZYX, [9, 64, 64], spacingMm, plane, true)).toEqual(
      volumesBelow(labels_ZYX, [9, 64, 64], spacingMm, plane, false),
    )
  })

  it('carries the ring below on over a fragment of an open one', () => {
    const labels_ZYX = labelsBelow(() => 16)
    const plane = { at: 0.9, perColumn: 0, perRow: 0, numViews: 2 }
    const spacingMm = [SLICE_MM, PIXEL_MM, PIXEL_MM] as const
    const whole = volumesBelow(labels_ZYX, [9, 64, 64], spacingMm, plane, false)
    for (let x = 28; x < 36; x++) labels_ZYX[4096 + 32 * 64 + x] = lvCavity
    expect(volumesBelow(labels_ZYX, [9, 64, 64], spacingMm, plane, false)).toEqual(whole)
    expect(whole?.lvMl).toBeCloseTo(cylinderMl(END_MM - 9), 6)
  })

  it('refuses a plane far from where the labels begin', () => {
    const plane = { at: 6, perColumn: 0, perRow: 0, numViews: 1 }
    expect(
      volumesBelow(
        labelsBelow(() => 16),
        [9, 64, 64],
        [SLICE_MM, PIXEL_MM, PIXEL_MM],
        plane,
        false,
      ),
    ).toBeUndefined()
  })
})

describe('heartAxisOf', () => {
  it('does not follow a part of an open ring that lies beside the axis', () => {
    const whole_ZYX = labelsBelow(() => 15)
    const parted_ZYX = whole_ZYX.slice()
    for (let y = 0; y < 64; y++)
      for (let x = 36; x < 64; x++) if (whole_ZYX[(2 * 64 + y) * 64 + x] === lvCavity) parted_ZYX[(1 * 64 + y) * 64 + x] = lvCavity
    expect(parted_ZYX).not.toEqual(whole_ZYX)
    expect(heartAxisOf(stack, parted_ZYX, false)).toEqual(heartAxisOf(stack, whole_ZYX, false))
  })

  it('hardly leans to the little that is labelled beyond the apex', () => {
    const labels_ZYX = labelsBelow(() => 5)
    for (let y = 30; y < 35; y++) for (let x = 45; x < 50; x++) labels_ZYX[(8 * 64 + y) * 64 + x] = lvCavity // 30 mm off, 1 cm² of the rings' 12
    const axis = heartAxisOf(stack, labels_ZYX, false)
    if (axis === undefined) throw new TypeError('no axis')
    const from = minus(axis.middleMm, at(64, 64, 0))
    expect(norm(minus(from, times(along, dot(from, along))))).toBeLessThan(1)
    expect(dot(axis.apexwards, along)).toBeGreaterThan(Math.cos(0.05))
  })

  it('is told by the whole rings alone, three at least', () => {
    const labels_ZYX = labelsBelow(() => END_MM - 2.5 * SLICE_MM)
    expect(heartAxisOf(stack, labels_ZYX, false)).toBeUndefined()
    expect(
      heartAxisOf(
        stack,
        labelsBelow(() => END_MM - 3.5 * SLICE_MM),
        false,
      ),
    ).toBeDefined()
  })
})
