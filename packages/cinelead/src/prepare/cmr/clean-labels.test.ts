// Truth: label maps drawn by hand, with the faults that networks make.
import { describe, expect, it } from 'vitest'
import { cleanLabels, countLabel } from './clean-labels.ts'

const SIZE = 60

type Disc = { y: number; x: number; radius: number; label: number }

function draw(...discs: Disc[]): Uint8Array {
  const labels_YX = new Uint8Array(SIZE * SIZE)
  for (const { y, x, radius, label } of discs)
    for (let at = 0; at < labels_YX.length; at++) if (Math.hypot(Math.floor(at / SIZE) - y, (at % SIZE) - x) < radius) labels_YX[at] = label
  return labels_YX
}

const rv = { y: 30, x: 15, radius: 10, label: 3 }
const heart = (cavity: number, wall: number): Disc[] => [
  rv,
  { y: 30, x: 32, radius: cavity + wall, label: 2 },
  { y: 30, x: 32, radius: cavity, label: 1 },
]
const stack = (...slices: Uint8Array[]) => Uint8Array.from(slices.flatMap((slice) => [...slice]))
const clean = (labels: Uint8Array) => cleanLabels(labels, [labels.length / SIZE ** 2, SIZE, SIZE], [2, 2])
const at = (labels: Uint8Array, z: number) => labels.subarray(z * SIZE ** 2, (z + 1) * SIZE ** 2)

describe('cleanLabels', () => {
  it('leaves a sound stack as it is', () => {
    const sound = stack(draw(...heart(9, 4)), draw(...heart(9, 4)), draw(...heart(7, 4)), draw(...heart(4, 4)))
    expect(clean(sound)).toEqual(sound)
  })

  it('takes away a second heart, and fills holes of cavity and wall', () => {
    const sound = draw(...heart(9, 4))
    const faulty = draw(...heart(9, 4), { y: 52, x: 50, radius: 5, label: 2 }, { y: 52, x: 50, radius: 3, label: 1 })
    faulty[30 * SIZE + 32] = 2
    faulty[30 * SIZE + 43] = 0
    expect(clean(faulty)).toEqual(sound)
  })

  it('closes an open ring straight across what the network left out of its blood, never over the RV', () => {
    const [cavity, notch] = [draw(...heart(9, 4)), draw(...heart(9, 4))]
    // Above the middle the wall is open, and a wedge between two lobes of blood has no label.
    for (let y = 17; y < 30; y++)
      for (let x = 19; x < 46; x++) {
        const isWedge = Math.abs(x - 32) < 30 - y && Math.hypot(y - 30, x - 32) < 9
        if (isWedge || (y < 24 && cavity[y * SIZE + x] === 2)) notch[y * SIZE + x] = 0
      }
    notch[28 * SIZE + 32] = 3
    const found = clean(notch)
    expect(notch[26 * SIZE + 31]).toBe(0)
    expect(found[26 * SIZE + 31]).toBe(1)
    expect(found[28 * SIZE + 32]).not.toBe(1)
    expect(countLabel(found, 1)).toBeGreaterThan(countLabel(notch, 1) + 20)
    expect(countLabel(found, 1)).toBeLessThan(countLabel(cavity, 1))
  })

  it('chooses the RV that lies against the septum over a larger patch far from it', () => {
    const faulty = draw({ y: 30, x: 17, radius: 6, label: 3 }, { y: 50, x: 52, radius: 9, label: 3 }, ...heart(9, 4).slice(1))
    expect(clean(faulty)[50 * SIZE + 52]).toBe(0)
    expect(clean(faulty)[30 * SIZE + 15]).toBe(3)
  })

  it('keeps the RV of an apical slice to the surroundings of its neighbour’s', () => {
    const stray = draw({ y: 50, x: 32, radius: 9, label: 3 }, ...heart(6, 6).slice(1))
    const found = clean(stack(draw(...heart(9, 4)), draw(...heart(9, 4)), draw(...heart(8, 4)), draw(...heart(7, 4)), stray))
    expect(countLabel(at(found, 4), 3)).toBeLessThan(40)
    expect(countLabel(at(found, 3), 3)).toBeGreaterThan(150)
  })

  it('takes away a slice whose heart jumps to another organ', () => {
    const far = draw({ y: 50, x: 10, radius: 8, label: 2 }, { y: 50, x: 10, radius: 5, label: 1 })
    const found = clean(stack(draw(...heart(9, 4)), draw(...heart(9, 4)), far))
    expect(countLabel(at(found, 2), 1)).toBe(0)
    expect(countLabel(at(found, 1), 1)).toBeGreaterThan(200)
  })

  it('does not begin with an organ that is larger than the heart but seen in one slice only', () => {
    const beside = draw(...heart(5, 6), { y: 12, x: 12, radius: 11, label: 2 }, { y: 12, x: 12, radius: 10, label: 1 })
    const found = clean(stack(draw(...heart(5, 6)), beside, draw(...heart(5, 6)), draw(...heart(4, 6)), draw(...heart(3, 6))))
    for (let z = 0; z < 5; z++) expect(at(found, z)[30 * SIZE + 32]).toBe(1)
    expect(at(found, 1)[12 * SIZE + 12]).not.toBe(1)
  })

  it('draws the ring of a slice in which the network saw no heart between its neighbours, and tells of it', () => {
    const filled: number[] = []
    const lost = stack(draw(...heart(9, 6)), draw(...heart(8, 6)), draw(), draw(...heart(6, 6)), draw(...heart(4, 6)))
    const found = cleanLabels(lost, [5, SIZE, SIZE], [2, 2], { filled })
    expect(filled).toEqual([2])
    const [before, here, after] = [1, 2, 3].map((z) => countLabel(at(found, z), 1))
    expect(here).toBeLessThan(before)
    expect(here).toBeGreaterThan(after)
    expect(countLabel(at(found, 2), 2)).toBeGreaterThan(countLabel(at(found, 3), 2))
    expect(at(found, 2)[30 * SIZE + 32]).toBe(1)
  })

  it('takes all labels from a wide, thin-walled ring at the base, not from a thin wall in the middle', () => {
    const thick = draw(...heart(8, 5))
    const atrium = draw(...heart(9, 2))
    const found = clean(stack(atrium, atrium, thick, thick, thick, thick, draw(...heart(4, 5))))
    expect([0, 1].map((z) => countLabel(at(found, z), 1) + countLabel(at(found, z), 2))).toEqual([0, 0])
    // An outflow tract opens the ring at the base: what is left of it is as thick as elsewhere, and stays.
    const open = thick.slice()
    for (let pixel = 0; pixel < open.length; pixel++) if (open[pixel] === 2 && Math.floor(pixel / SIZE) < 28) open[pixel] = 0
    expect(countLabel(at(clean(stack(open, thick, thick, thick, thick)), 0), 1)).toBeGreaterThan(150)
    const scar = clean(stack(thick, thick, atrium, thick, thick))
    expect(countLabel(at(scar, 2), 1)).toBeGreaterThan(200)
  })
  it('follows the RV above the LV as long as it goes on, and of what widens as an atrium only what lies above the RV', () => {
    const sound = draw(...heart(9, 4))
    const outflow = draw({ ...rv, y: 28, radius: 7 })
    const found = clean(stack(draw({ ...rv, y: 52, radius: 6 }), outflow, sound, sound, sound, draw(...heart(5, 5).slice(1))))
    expect(countLabel(at(found, 1), 3)).toBe(countLabel(outflow, 3))
    expect(countLabel(at(found, 0), 3)).toBe(0)
    const wide = clean(stack(draw({ ...rv, radius: 13 }), sound, sound, sound, draw(...heart(5, 5))))
    expect(at(wide, 0).filter((label) => label === 3)).toEqual(at(wide, 1).filter((label) => label === 3))
  })

  it('starts from the middle slices, not from a wider ring at the end of the stack', () => {
    const liver = draw({ y: 50, x: 10, radius: 12, label: 2 }, { y: 50, x: 10, radius: 10, label: 1 })
    const found = clean(stack(liver, draw(...heart(8, 5)), draw(...heart(8, 5)), draw(...heart(7, 5)), draw(...heart(5, 5))))
    expect([0, 1, 2].map((z) => countLabel(at(found, z), 1) > 0)).toEqual([false, true, true])
  })

  it('takes wall without cavity for an apex where it is solid and beside a small cavity, not where it is an arc or beside a wide one', () => {
    const arc = draw({ y: 30, x: 32, radius: 13, label: 2 }, { y: 30, x: 32, radius: 10, label: 0 }, { y: 20, x: 32, radius: 12, label: 0 })
    const apex = draw({ y: 30, x: 32, radius: 6, label: 2 })
    const found = clean(stack(arc, draw(...heart(9, 4)), draw(...heart(9, 4)), draw(...heart(6, 4)), apex))
    expect(countLabel(arc, 2)).toBeGreaterThan(50)
    expect(countLabel(at(found, 0), 2)).toBe(0)
    expect(countLabel(at(found, 4), 2)).toBe(countLabel(apex, 2))
    const lost = clean(stack(apex, draw(...heart(9, 4)), draw(...heart(9, 4)), draw(...heart(6, 4)), apex))
    expect([0, 4].map((z) => countLabel(at(lost, z), 2) > 0)).toEqual([false, true])
  })

  it('leaves the RV as it is where only the LV is asked', () => {
    const faulty = draw(...heart(9, 4), { y: 50, x: 52, radius: 5, label: 3 })
    expect(cleanLabels(faulty, [1, SIZE, SIZE], [2, 2], { leftOnly: true })).toEqual(faulty)
  })
})
