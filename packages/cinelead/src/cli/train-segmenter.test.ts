// Truth: an identity, the same recipe twice gives the same file; and what is written can be loaded and says how it was made.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { longAxisConfig } from '../models/segmenter-network.ts'
import { loadSegmenter } from '../models/segmenter.ts'
import { createSilentReport } from './progress.ts'
import { run, type SegmenterCard } from './train-segmenter.ts'
import { drawAnatomy } from './train-segmenter-worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'train-segmenter-'))
afterAll(() => rmSync(folder, { recursive: true }))

const recipe = { numSteps: 3, batchSize: 2, pictureSize: 32 }

describe('train-segmenter', () => {
  it('gives the same weights bit for bit when it is run again', async () => {
    const [first, second] = [join(folder, 'first.safetensors'), join(folder, 'second.safetensors')]
    await run({ out: first, recipe, numValidation: 16 }, createSilentReport())
    await run({ out: second, recipe, numValidation: 16 }, createSilentReport())
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
    const card = JSON.parse(readFileSync(first.replace('.safetensors', '.json'), 'utf8')) as SegmenterCard
    expect(card.recipe).toMatchObject(recipe)
    expect(card.network.isFolded).toBe(true)
    const segment = loadSegmenter(first)
    const labels_BYX = await segment.fitTo(
      new Float32Array(3 * 64 * 64).map((_, at) => at % 91),
      [3, 64, 64],
      [2, 2],
    )(
      new Float32Array(64 * 64).map((_, at) => at % 97),
      [1, 64, 64],
      [2, 2],
    )
    expect(labels_BYX.every((label) => label <= 3)).toBe(true)
  }, 120_000)

  it('trains the reader of long axes, a smaller network without a study to be fitted to', async () => {
    const out = join(folder, 'long.safetensors')
    await run({ out, axis: 'long', recipe, numValidation: 16 }, createSilentReport())
    const card = JSON.parse(readFileSync(out.replace('.safetensors', '.json'), 'utf8')) as SegmenterCard
    expect(card.recipe).toMatchObject({ ...recipe, axis: 'long' })
    expect(card.network).toMatchObject({ ...longAxisConfig, isFolded: true })
    const picture = new Float32Array(64 * 64).map((_, at) => at % 97)
    expect((await loadSegmenter(out)(picture, [1, 64, 64], [2, 2])).every((label) => label <= 3)).toBe(true)
  }, 120_000)

  it('refuses a file of another ending', async () => {
    await expect(run({ out: 'weights.bin', recipe }, createSilentReport())).rejects.toMatchObject({ code: 'cli/train-segmenter-out' })
  })
})

describe('drawAnatomy', () => {
  it('draws a picture by its number alone, whatever was drawn before', () => {
    const many = drawAnatomy({ axis: 'short', seed: 'a', first: 0, count: 6, size: 32 })
    const last = drawAnatomy({ axis: 'short', seed: 'a', first: 5, count: 1, size: 32 })
    expect(many.pictures_BYX.subarray(5 * 32 * 32)).toEqual(last.pictures_BYX)
    expect(many.labels_BYX.subarray(5 * 32 * 32)).toEqual(last.labels_BYX)
  })

  it('shows every label, and grey values of the working scale', () => {
    const { pictures_BYX, labels_BYX } = drawAnatomy({ axis: 'short', seed: 'b', first: 0, count: 12, size: 96 })
    expect(new Set(labels_BYX)).toEqual(new Set([0, 1, 2, 3]))
    expect(pictures_BYX.every((value) => value >= 0 && value < 2.1)).toBe(true) // 1.5 at most, times an exposure of 1.35
  })
})
