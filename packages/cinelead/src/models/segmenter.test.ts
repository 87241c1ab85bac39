// Truth: folding must not change the answer; and the shipped weights must label a drawn heart they never saw, whose labels are known.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { createSegmenter, loadSegmenter } from './segmenter.ts'
import { segmenterConfig, SegmenterNetwork } from './segmenter-network.ts'

const shipped = fileURLToPath(new URL('../../weights/segmenter.safetensors', import.meta.url))

/** A plain heart of discs: bright cavities, dark wall, darker lung. */
function drawHeart(numRows: number, numColumns: number, pixelMm: number) {
  const slice_YX = new Float32Array(numRows * numColumns)
  const labels_YX = new Uint8Array(numRows * numColumns)
  for (let at = 0; at < slice_YX.length; at++) {
    const y = (Math.floor(at / numColumns) - numRows / 2) * pixelMm
    const x = ((at % numColumns) - numColumns / 2) * pixelMm
    const lv = Math.hypot(x, y)
    const rv = Math.hypot((x + 30) / 1.0, y / 1.1)
    labels_YX[at] = lv < 23 ? 1 : lv < 33 ? 2 : rv < 33 ? 3 : 0
    slice_YX[at] = [40, 300, 110, 280][labels_YX[at]] + (labels_YX[at] === 0 && rv < 36 ? 60 : 0) + 8 * Math.sin(at * 12.9898)
  }
  return { slice_YX, labels_YX }
}

function dice(is_YX: Uint8Array, ought_YX: Uint8Array, label: number): number {
  let both = 0
  let sum = 0
  for (let at = 0; at < is_YX.length; at++) {
    both += is_YX[at] === label && ought_YX[at] === label ? 1 : 0
    sum += (is_YX[at] === label ? 1 : 0) + (ought_YX[at] === label ? 1 : 0)
  }
  return (2 * both) / sum
}

describe('SegmenterNetwork', () => {
  it('answers the same after its batch norms are folded in', () => {
    torch.manualSeed(3)
    const network = new SegmenterNetwork(segmenterConfig)
    torch.noGrad(() => torch.scope(() => network.forward(torch.randn([4, 1, 32, 32])))) // moves the running statistics
    network.eval()
    const folded = network.folded()
    const difference = torch.noGrad(() =>
      torch.scope(() => {
        const slices_BCYX = torch.randn([2, 1, 64, 64])
        return network.forward(slices_BCYX).sub(folded.forward(slices_BCYX)).abs().max().item()
      }),
    )
    expect(difference).toBeLessThan(1e-4) // float32 through 15 layers
  })
})

describe('loadSegmenter', () => {
  it('labels a heart of discs, whatever the pixels, the intensities and the turn', async () => {
    const segment = loadSegmenter(shipped)
    for (const [numRows, numColumns, pixelMm, scale] of [
      [160, 170, 1.8, 1],
      [220, 200, 1.3, 40],
    ]) {
      const { slice_YX, labels_YX } = drawHeart(numRows, numColumns, pixelMm)
      const found_YX = await segment(
        slice_YX.map((value) => value * scale),
        [1, numRows, numColumns],
        [pixelMm, pixelMm],
      )
      expect(dice(found_YX, labels_YX, 1)).toBeGreaterThan(0.9)
      expect(dice(found_YX, labels_YX, 2)).toBeGreaterThan(0.75)
      expect(dice(found_YX, labels_YX, 3)).toBeGreaterThan(0.75)
    }
  })

  it('labels slices of a batch as it labels them alone', async () => {
    const segment = loadSegmenter(shipped)
    const { slice_YX } = drawHeart(100, 100, 2)
    const other_YX = slice_YX.map((value, at) => value + (at % 7))
    const together = await segment(Float32Array.from([...slice_YX, ...other_YX]), [2, 100, 100], [2, 2])
    const alone = await segment(other_YX, [1, 100, 100], [2, 2])
    const differing = alone.filter((label, at) => label !== together[10_000 + at]).length
    expect(differing).toBeLessThan(5) // a tie may fall either way in another order of sums
  })

  it('labels a turned heart as the turned labels when it looks from four sides', async () => {
    const segment = loadSegmenter(shipped, 4)
    const { slice_YX } = drawHeart(128, 128, 2)
    const turn = <T extends Float32Array | Uint8Array>(plane: T) => {
      const turned = plane.slice() as T
      for (let y = 0; y < 128; y++) for (let x = 0; x < 128; x++) turned[y * 128 + x] = plane[x * 128 + 127 - y]
      return turned
    }
    const plain = await segment(slice_YX, [1, 128, 128], [2, 2])
    const turned = await segment(turn(slice_YX), [1, 128, 128], [2, 2])
    expect(turned.filter((label, at) => label !== turn(plain)[at]).length).toBeLessThan(10) // ties and the order of sums
  })

  it('leaves no tensor behind', async () => {
    const segment = loadSegmenter(shipped)
    const { slice_YX } = drawHeart(100, 100, 2)
    await segment(slice_YX, [1, 100, 100], [2, 2])
    const before = torch.live().handles
    for (let round = 0; round < 3; round++) await segment(slice_YX, [1, 100, 100], [2, 2])
    expect(torch.live().handles).toBe(before)
  })

  it('refuses slices that do not fill their shape, and weights of another network', async () => {
    const segment = createSegmenter(new SegmenterNetwork({ ...segmenterConfig, isFolded: true }))
    await expect(segment(new Float32Array(10), [1, 4, 4], [2, 2])).rejects.toThrow(/models\/segmenter-shape/)
    const folder = mkdtempSync(join(tmpdir(), 'segmenter-'))
    try {
      const path = join(folder, 'other.safetensors')
      torch.saveSafetensors(path, { weight: torch.zeros([2, 2]) })
      expect(() => loadSegmenter(path)).toThrow(/models\/segmenter-weights/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
