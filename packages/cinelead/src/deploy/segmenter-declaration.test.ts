// Truth: the rules in the table of segmenter-declaration.ts, each broken once.
import { describe, expect, it } from 'vitest'
import { readSegmenterDeclaration } from './segmenter-declaration.ts'

const sound = {
  input: { name: 'x', layout: 'BCYX', size: [128, 128], spacingMm: [2, 2], intensity: { kind: 'percentiles', low: 1, high: 99 } },
  output: { name: 'y', layout: 'BCYX', classes: ['background', 'rvCavity', 'myocardium', 'lvCavity', 'other'] },
}
const read = (value: unknown) =>
  readSegmenterDeclaration(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)))
const input = (fields: object) => ({ ...sound, input: { ...sound.input, ...fields } })
const output = (fields: object) => ({ ...sound, output: { ...sound.output, ...fields } })

describe('readSegmenterDeclaration', () => {
  it('reads a sound declaration', () => {
    expect(read(sound)).toEqual(sound)
    expect(read(input({ size: { multipleOf: 16 }, spacingMm: undefined, intensity: { kind: 'z-score' } })).input.spacingMm).toBeUndefined()
  })

  it.each([
    ['input.name', input({ name: '' })],
    ['input.layout', input({ layout: 'NCHW' })],
    ['input.size', input({ size: [128, 0] })],
    ['input.size', input({ size: { multipleOf: 1.5 } })],
    ['input.spacingMm', input({ spacingMm: [2, -2] })],
    ['input.intensity', input({ intensity: { kind: 'percentiles', low: 99, high: 1 } })],
    ['output.layout', output({ layout: 'BXY' })],
    ['output.classes', output({ classes: ['background', 'lvCavity', 'myocardium'] })],
    ['output.classes', output({ classes: ['background', 'lvCavity', 'lvCavity', 'myocardium', 'rvCavity'] })],
    ['output.classes', output({ classes: ['background', 'lvCavity', 'myocardium', 'rvCavity', 'atrium'] })],
  ])('names %s where it is wrong', (field, value) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code: 'deploy/segmenter-declaration', expected: expect.stringMatching(`^${field}:`) }),
    )
  })

  it('names everything that is wrong at once, and refuses what is no JSON', () => {
    expect(() => read({ input: { name: 'x' } })).toThrow(/no input\.layout, no input\.size, no input\.intensity, no output\.name/)
    expect(() => read('{')).toThrow(expect.objectContaining({ code: 'deploy/segmenter-declaration', expected: 'JSON' }))
  })
})
