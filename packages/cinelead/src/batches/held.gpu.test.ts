// On a GPU: rows must be those of the CPU, whether an array was copied there or stays in host memory. Skips itself without one.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { createBlocks } from './blocks.ts'
import { hold } from './held.ts'
import { plantedSource } from './planted-source.ts'
import type { Source } from './source.ts'

describe('hold on a GPU', () => {
  it('gives the rows of the CPU', (context) => {
    if (!torch.cuda.isAvailable()) return context.skip('needs a GPU')
    const source = plantedSource(1, { numSubjects: 20, numSamples: 500, numFrames: 4, numSlices: 6, numRows: 16 })
    const [here, there] = [hold(source, 'normalised', 'cpu', { numSlices: 3 }), hold(source, 'normalised', 'cuda:0', { numSlices: 3 })]
    torch.scope(() => {
      for (const view of ['slice', 'cine', 'ed'] as const) {
        const rows = there.view(view, [3, 1])
        expect(rows.device).toBe('cuda:0')
        expect(torch.equal(rows.cpu(), here.view(view, [3, 1]))).toBe(true)
      }
      expect(torch.equal(there.ecg([0, 5]).cpu(), here.ecg([0, 5]))).toBe(true)
    })
    here.free()
    there.free()
  })

  it('leaves an array without room in host memory, and has the rows of the next step gathered', async (context) => {
    if (!torch.cuda.isAvailable()) return context.skip('needs a GPU')
    const planted = plantedSource(1, { numSubjects: 20, numSamples: 500, numFrames: 4, numSlices: 6, numRows: 16 })
    const everyRow = planted.subjects.map((_, row) => row)
    const warmed: string[] = []
    const source: Source = {
      ...planted,
      mapped(name) {
        const block = torch.fromArray(planted.read(name, everyRow), [everyRow.length, ...planted.shapes[name]])
        return name === 'ed' ? [block, torch.zeros([1, 1, 1, 1]).expand([2 ** 34, ...planted.shapes.ed])] : [block] // 105 TB that are not there
      },
      warm: async (name) => void warmed.push(name),
    }
    const before = torch.live().handles
    const [here, there] = [hold(planted, 'normalised'), hold(source, 'normalised', 'cuda:0')]
    const feed = there.feed(['ecg', 'ed', 'es'])
    await feed.prefetch([3, 1])
    expect(warmed).toEqual(['ed'])
    feed.prepare([3, 1])
    torch.scope(() => {
      for (const rows of [
        [3, 1],
        [4, 0, 2],
      ]) {
        for (const view of ['ed', 'es'] as const) expect(torch.equal(there.view(view, rows).cpu(), here.view(view, rows))).toBe(true)
      }
    })
    feed.prepare([7])
    here.free()
    there.free()
    expect(torch.live().handles).toBe(before)
  })

  it('moves only the picked rows of an array that stays in host memory', (context) => {
    if (!torch.cuda.isAvailable()) return context.skip('needs a GPU')
    torch.scope(() => {
      const array = torch.randn([30, 4, 5]).half()
      const picked = createBlocks([array], 'cuda:0').pick([7, 2], { start: 1, step: 1, count: 2 })
      expect(picked.device).toBe('cuda:0')
      expect(
        torch.equal(
          picked.cpu(),
          array
            .narrow(1, 1, 2)
            .indexSelect(0, torch.tensor([7, 2], { dtype: 'int64' }))
            .float(),
        ),
      ).toBe(true)
    })
  })
})
