// Truth: pictures cut from one another. The slice of `cl-2d` is the middle one of `cl-3d`, and that row is the upper one of `tcl`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../cohort/store.ts'
import { subjectDrawings } from './inspect-subject.ts'
import { createSilentReport } from './progress.ts'
import { simulateStore } from './simulate-store.ts'

const SIDE = 192 // 64 stored pixels, three times
const GAP = 2
const PATIENCE_MS = 120_000 // seconds on free cores; other tests may hold them

describe('subjectDrawings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cinelead-inspect-subject-'))
  let store: Store
  beforeAll(async () => {
    await simulateStore({ store: join(folder, 'store'), subjects: 3, numWorkers: 1 }, createSilentReport())
    store = await openStore(join(folder, 'store'))
  }, PATIENCE_MS)
  afterAll(() => {
    store[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })

  it('draws what each arm sees', { timeout: PATIENCE_MS }, () => {
    const drawings = subjectDrawings(store, store.rows[0].subject)
    const seen = (arm: string) => {
      const { data, width, height, channels } = decode(drawings.find(({ name }) => name === `sees-${arm}.png`)?.content as Uint8Array)
      const tile = (row: number, column: number) => {
        const [top, left] = [row * (SIDE + GAP), column * (SIDE + GAP)]
        const lines = Array.from({ length: SIDE }, (_, y) => ((top + y) * width + left) * channels)
        return lines.flatMap((at) => [...data.subarray(at, at + SIDE * channels)])
      }
      return { width, height, tile }
    }
    const [slice, cine, ed, both] = ['cl-2d', 'cl-2dt', 'cl-3d', 'tcl'].map(seen)
    expect([slice.width, slice.height]).toEqual([SIDE, SIDE])
    expect([cine.width, cine.height]).toEqual([8 * SIDE + 7 * GAP, 2 * SIDE + GAP])
    expect([ed.width, ed.height]).toEqual([6 * SIDE + 5 * GAP, SIDE])
    expect([both.width, both.height]).toEqual([6 * SIDE + 5 * GAP, 2 * SIDE + GAP])
    expect(ed.tile(0, 3)).toEqual(slice.tile(0, 0))
    expect(ed.tile(0, 2)).not.toEqual(slice.tile(0, 0))
    for (let z = 0; z < 6; z++) expect(both.tile(0, z)).toEqual(ed.tile(0, z))
    expect(both.tile(1, 3)).not.toEqual(ed.tile(0, 3))
  })
})
