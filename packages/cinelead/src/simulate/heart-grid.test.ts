// Truth: Math.atan2.
import { expect, test } from 'vitest'
import { anglePlace, numAngles } from './heart-grid.ts'

test('anglePlace agrees with the arc tangent all around', () => {
  for (let i = 0; i < 1000; i++) {
    const rad = ((i + 0.37) / 1000) * 2 * Math.PI
    expect(anglePlace(23 * Math.cos(rad), 23 * Math.sin(rad))).toBeCloseTo((rad / (2 * Math.PI)) * numAngles, 2)
  }
  for (const [u, v] of [
    [0, 0],
    [1, 0],
    [1, -1e-12],
    [-1, -1e-12],
    [0, -1],
  ]) {
    expect(anglePlace(u, v)).toBeGreaterThanOrEqual(0)
    expect(anglePlace(u, v)).toBeLessThan(numAngles)
  }
})
