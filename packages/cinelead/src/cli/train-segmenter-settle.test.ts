// Truth: an identity, what was added to a bias before settling is taken back by it.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { splitState } from '../models/segmenter-fit.ts'
import { segmenterConfig, SegmenterNetwork } from '../models/segmenter-network.ts'
import { shippedSegmenter } from './open-segmenter.ts'
import { settleLabels } from './train-segmenter-settle.ts'
import { drawStudies } from './train-segmenter-studies.ts'

const NUM_STUDIES = 3

/** Biases of the four classes once settled, when these were added before. */
function settledFrom(added: readonly number[]): number[] {
  const network = new SegmenterNetwork({ ...segmenterConfig, isFolded: true })
  network.loadStateDict(splitState(torch.loadSafetensors(shippedSegmenter)).weights)
  network.eval()
  const bias = network.classify.bias as torch.Tensor
  torch.noGrad(() => bias.copy_(bias.add(torch.fromArray(Float32Array.from(added), [4]))))
  settleLabels(network, 7, NUM_STUDIES)
  return [...(bias.toArray() as Float32Array)]
}

describe('settleLabels', () => {
  it('settles wall and right ventricle where they were, whatever was added to them, and leaves the others', () => {
    const [background, cavity, wall, right] = settledFrom([0, 0, 0, 0])
    const again = settledFrom([0, 0, 0.6, -0.5])
    expect(again.slice(0, 2)).toEqual([background, cavity])
    expect(Math.abs(again[2] - wall)).toBeLessThan(0.05)
    expect(Math.abs(again[3] - right)).toBeLessThan(0.05)
  }, 120_000)
})

describe('drawStudies', () => {
  it('measures areas in pixels of the working grid', () => {
    const [study] = drawStudies('areas', 1)
    expect(study.pictures_ZYX.length).toBe(study.numSlices * 128 ** 2)
    const [, cavity, wall, right] = study.areas
    // Discs of the first profile are 10 mm apart, working pixels 4 mm²: hearts of grown-ups hold 50 to 450 mL.
    for (const pixels of [cavity, wall, right]) expect(pixels * 4 * 10).toBeGreaterThan(50_000)
    expect(Math.max(cavity, wall, right) * 4 * 10).toBeLessThan(450_000)
  })
})
