// Truth: the same seed draws the same picture; labels lie where a long axis has them.
import { describe, expect, it } from 'vitest'
import { cardiacLabels } from '../formats/volume.ts'
import { sampleLongAxis } from './segmentation-long-axis.ts'

const SIZE = 96
const rowsOf = (labels_YX: Uint8Array, label: number) => [...labels_YX].flatMap((is, at) => (is === label ? [Math.floor(at / SIZE)] : []))

describe('sampleLongAxis', () => {
  it('draws the same picture again for the same seed, and another for another', () => {
    expect(sampleLongAxis('a/1', SIZE, 2)).toEqual(sampleLongAxis('a/1', SIZE, 2))
    expect(sampleLongAxis('a/1', SIZE, 2).image_YX).not.toEqual(sampleLongAxis('a/2', SIZE, 2).image_YX)
  })

  it('shows a left ventricle in the middle with its wall mostly above its middle, and a right one in some views', () => {
    let numRight = 0
    for (let index = 0; index < 24; index++) {
      const { image_YX, labels_YX } = sampleLongAxis(`b/${index}`, SIZE, 2)
      expect(image_YX.every(Number.isFinite)).toBe(true)
      const cavity = rowsOf(labels_YX, cardiacLabels.lvCavity)
      const wall = rowsOf(labels_YX, cardiacLabels.myocardium)
      const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + row, 0) / rows.length
      expect(Math.abs(mean(cavity) - SIZE / 2)).toBeLessThan(25)
      expect(Math.min(...wall)).toBeLessThan(Math.min(...cavity)) // closed towards the apex, open towards the base
      if (labels_YX.includes(cardiacLabels.rvCavity)) numRight++
    }
    expect(numRight).toBeGreaterThan(8)
    expect(numRight).toBeLessThan(24)
  })
})
