// Truth: what the system answers when a disk is full or a folder may not be written; values that went in must come out.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterAll, describe, expect, it } from 'vitest'
import { guardWrite, loadWeights, saveWeights } from './checkpoint.ts'

const folder = mkdtempSync(join(tmpdir(), 'cinelead-checkpoint-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('guardWrite', () => {
  it('tells a full disk with the way out', () => {
    const full = Object.assign(new TypeError('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    const write = () => {
      throw full
    }
    expect(() => guardWrite(write)).toThrow(/train\/write .* received a full disk\. Free disk space .* goes on from it\./)
  })
  it('tells no path', () => {
    expect(() => guardWrite(() => torch.saveSafetensors(join(folder, 'nowhere', 'a'), {}))).toThrow(/train\/write .*ENOENT\. /)
  })
})

describe('saveWeights', () => {
  it('brings weights back exactly, and refuses those of another network', () => {
    torch.manualSeed(1)
    const path = join(folder, 'weights.safetensors')
    const [one, other] = [new torch.nn.Linear(3, 2), new torch.nn.Linear(3, 2)]
    saveWeights(path, one, { arm: 'tcl' })
    loadWeights(path, other)
    expect(torch.equal(one.weight, other.weight)).toBe(true)
    expect(torch.readSafetensorsMetadata(path)).toEqual({ arm: 'tcl' })
    expect(() => loadWeights(path, new torch.nn.Linear(2, 2))).toThrow(
      /train\/weights .* in weights.safetensors\. .* remove cinelead-checkpoint-\w+ in the run's seed folder/,
    )
  })
})
