// Truth: volume curves drawn from ejection, rest and filling, whose ends are known.
import { describe, expect, it } from 'vitest'
import { beatShares, endDiastole, endSystole, restShare } from './beat.ts'

const ease = (x: number) => Math.min(1, Math.max(0, x)) ** 2 * (3 - 2 * Math.min(1, Math.max(0, x)))

/** A beat whose ejection ends at a share of it, with a rest of 0.07 and noise that repeats from run to run. */
function beat(numFrames: number, endShare: number, noise = 0): Float64Array {
  return Float64Array.from({ length: numFrames }, (_, frame) => {
    const share = frame / numFrames
    const ejected = ease((share - 0.05) / (endShare - 0.05))
    const filled = 0.75 * ease((share - endShare - 0.07) / 0.2) + 0.25 * ease((share - 0.84) / 0.14)
    return 100 * (1 - 0.6 * (ejected - filled)) * (1 + noise * Math.sin(12.9898 * (frame + 1) ** 2))
  })
}

const counted = (numFrames: number) => beatShares({ shape: [numFrames, 1, 1, 1], frameMs_F: new Float64Array(numFrames).fill(Number.NaN) })

describe('beatShares', () => {
  it('takes trigger times where they fit the heart rate, else counts', () => {
    const shape = [4, 1, 1, 1] as const
    expect([...beatShares({ shape, frameMs_F: Float64Array.of(0, 200, 400, 600), heartRateBpm: 60 })]).toEqual([0, 0.2, 0.4, 0.6])
    expect([...beatShares({ shape, frameMs_F: Float64Array.of(0, 200, 400, 600), heartRateBpm: 200 })]).toEqual([0, 0.25, 0.5, 0.75])
    expect([...beatShares({ shape, frameMs_F: Float64Array.of(0, 2, 4, 6), heartRateBpm: 60 })]).toEqual([0, 0.25, 0.5, 0.75])
  })
})

describe('restShare', () => {
  it('is a time, not a share, but in the beats of small animals', () => {
    expect(restShare(60)).toBeCloseTo(0.04)
    expect(restShare(90)).toBeCloseTo(0.06)
    expect(restShare(500)).toBe(0.08)
    expect(restShare(undefined)).toBe(0.045)
  })
})

describe('endDiastole and endSystole', () => {
  it.each([16, 25, 30, 50])('finds the R wave and the end of ejection in %i frames to one frame', (numFrames) => {
    for (const endShare of [0.28, 0.33, 0.38, 0.43, 0.5]) {
      const curve_F = beat(numFrames, endShare, 0.01)
      const ed = endDiastole(curve_F, counted(numFrames))
      expect(Math.min(ed, numFrames - ed)).toBeLessThan(2)
      expect(Math.abs(endSystole(curve_F, counted(numFrames), ed).frame - Math.ceil(endShare * numFrames))).toBeLessThan(2)
    }
  })

  it('does not take a frame of late diastole for a cavity larger by what segmentation errs', () => {
    const curve_F = beat(50, 0.38)
    curve_F[44] *= 1.04
    expect(endDiastole(curve_F, counted(50))).toBe(0)
  })

  it('believes the curve where the cine starts elsewhere in the beat', () => {
    const curve_F = beat(25, 0.36)
    const turned_F = curve_F.map((_, frame) => curve_F[(frame + 8) % 25])
    const ed = endDiastole(turned_F, counted(25))
    expect(Math.abs(ed - 17)).toBeLessThan(2)
    expect(Math.abs(endSystole(turned_F, counted(25), ed).frame - 1)).toBeLessThan(2)
  })

  it('takes the least value of a cine too coarse to fit', () => {
    expect(endSystole(Float64Array.of(100, 80, 50, 70, 85, 95), counted(6), 0).frame).toBe(2)
  })
})
