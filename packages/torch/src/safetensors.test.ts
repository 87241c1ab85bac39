// Truth: the format's own description (eight bytes of length, JSON, then the data), laid out here byte by byte as Python's safetensors does.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { Dtype } from './dtype.ts'
import * as torch from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As safetensors.torch.save_file writes: no alignment of the header but to eight bytes by spaces, names in JSON's order. */
function writeAsPython(path: string, header: object, data: Uint8Array): void {
  const text = JSON.stringify(header)
  const json = new TextEncoder().encode(text + ' '.repeat((8 - (text.length % 8)) % 8))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true)
  writeFileSync(path, Buffer.concat([length, json, data]))
}

describe('safetensors', () => {
  it('reads what Python wrote, and maps it without a copy', () => {
    const path = join(folder, 'python.safetensors')
    const weight = Float32Array.of(1.5, -2, 3, 4)
    const data = new Uint8Array(16 + 4)
    data.set(new Uint8Array(weight.buffer))
    data.set(new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer), 16) // bfloat16 1 and −2
    const header = {
      __metadata__: { format: 'pt' },
      'head.weight': { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
      scale: { dtype: 'BF16', shape: [2], data_offsets: [16, 20] },
    }
    writeAsPython(path, header, data)
    const before = torch.live().bytes
    const state = torch.loadSafetensors(path)
    expect(torch.live().bytes - before).toBe(readFileSync(path).length) // one mapping under both tensors
    expect(state['head.weight'].tolist()).toEqual([
      [1.5, -2],
      [3, 4],
    ])
    expect([state.scale.dtype, state.scale.float().tolist()]).toEqual(['bfloat16', [1, -2]])
    expect(torch.readSafetensorsMetadata(path)).toEqual({ format: 'pt' })
  })

  it('never writes to the file that is mapped', () => {
    const path = join(folder, 'private.safetensors')
    torch.saveSafetensors(path, { x: torch.ones([3]) })
    const bytes = readFileSync(path)
    const { x } = torch.loadSafetensors(path)
    x.mul_(7)
    expect(x.tolist()).toEqual([7, 7, 7])
    expect(readFileSync(path)).toEqual(bytes)
  })

  it.each<[Dtype, number[]]>([
    ['float64', [Math.PI, -1e300]],
    ['float32', [1.5, -2]],
    ['bfloat16', [1, -2]],
    ['float16', [0.5, 65504]],
    ['int64', [2 ** 40, -1]],
    ['int32', [2 ** 30, -1]],
    ['int16', [300, -300]],
    ['int8', [127, -128]],
    ['uint8', [0, 255]],
    ['bool', [1, 0]],
  ])('gives %s back as it was: file, typed array, clone', (dtype, values) => {
    const path = join(folder, `${dtype}.safetensors`)
    const x = torch.tensor(values, { dtype: 'float64' }).to(dtype)
    torch.saveSafetensors(path, { x }, { note: 'ü' })
    const { x: again } = torch.loadSafetensors(path)
    expect([again.dtype, again.tolist()]).toEqual([dtype, x.tolist()])
    expect(again.double().tolist()).toEqual(values)
    expect(torch.fromArray(x.toArray(), [2], { dtype }).double().tolist()).toEqual(values)
  })

  it('writes the values of tensors that are turned round when read, and refuses those without plain memory', () => {
    const path = join(folder, 'views.safetensors')
    torch.saveSafetensors(path, { turned: torch.call('aten::_neg_view', torch.ones([2])) as torch.Tensor })
    expect(torch.loadSafetensors(path).turned.tolist()).toEqual([-1, -1])
    for (const strange of [torch.call('aten::_efficientzerotensor', [2]), torch.call('aten::to_sparse', torch.ones([2]))])
      expect(() => torch.saveSafetensors(path, { strange: strange as torch.Tensor })).toThrow(/torch\/\S+ .* Make a plain copy|torch\//)
    expect(torch.loadSafetensors(path).turned.shape).toEqual([2])
  })

  it('leaves the old file and nothing beside it when writing fails', () => {
    const path = join(folder, 'kept.safetensors')
    torch.saveSafetensors(path, { x: torch.ones([1]) })
    const bytes = readFileSync(path)
    const gone = torch.ones([2])
    gone.free()
    expect(() => torch.saveSafetensors(path, { x: gone })).toThrow(/torch\/freed saveSafetensors/)
    expect(readFileSync(path)).toEqual(bytes)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('says what is wrong with a file cut short', () => {
    const path = join(folder, 'short.safetensors')
    writeAsPython(path, { x: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, new Uint8Array(9))
    expect(() => torch.loadSafetensors(path)).toThrow(
      /torch\/safetensors loadSafetensors: expected a file of \d+ bytes but received \d+ bytes/,
    )
  })

  it('keeps files whole that several threads write at once', async () => {
    const path = join(folder, 'threads.safetensors')
    const code = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)}).then((torch) => {
        const x = torch.ones([100_000])
        for (let i = 0; i < 40; i++) torch.scope(() => {
          torch.saveSafetensors(${JSON.stringify(path)}, { x })
          torch.loadSafetensors(${JSON.stringify(path)}).x.sum().item()
        })
        parentPort.postMessage('done')
      })`
    const answers = [1, 2].map(() => {
      const worker = new Worker(code, { eval: true })
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    })
    expect(await Promise.all(answers)).toEqual(['done', 'done'])
  })

  it('refuses a file that goes on after its tensors, as Python does', () => {
    const path = join(folder, 'long.safetensors')
    writeAsPython(path, { x: { dtype: 'U8', shape: [2], data_offsets: [0, 2] } }, new Uint8Array(9))
    expect(() => torch.loadSafetensors(path)).toThrow(/torch\/safetensors loadSafetensors: expected a file of \d+ bytes/)
  })

  it('notices one bit that is another than was written, and takes files without a checksum', () => {
    const path = join(folder, 'bit.safetensors')
    torch.saveSafetensors(path, { x: torch.arange(1000).float(), y: torch.ones([3]) }, { note: 'kept' })
    const bytes = readFileSync(path)
    const head = 8 + Number(bytes.readBigUInt64LE())
    expect(JSON.parse(bytes.subarray(8, head).toString()).__metadata__).toEqual({
      note: 'kept',
      crc32: crc32(bytes.subarray(head)).toString(16).padStart(8, '0'),
    })
    expect(torch.readSafetensorsMetadata(path)).toEqual({ note: 'kept' })
    expect(torch.loadSafetensors(path).x.sum().item()).toBe(499500)
    bytes[head + 2001] ^= 4
    writeFileSync(path, bytes)
    expect(() => torch.loadSafetensors(path)).toThrow(/torch\/safetensors expectChecksum: expected numbers of the checksum [0-9a-f]{8} but/)
    const { __metadata__: _, ...without } = JSON.parse(bytes.subarray(8, head).toString())
    writeAsPython(path, without, bytes.subarray(head))
    expect(torch.loadSafetensors(path).y.tolist()).toEqual([1, 1, 1])
  })

  it('refuses to write metadata that is no text, which nobody could read', () => {
    const path = join(folder, 'odd.safetensors')
    const metadata = { epoch: 3 } as unknown as Record<string, string>
    expect(() => torch.saveSafetensors(path, { x: torch.ones([1]) }, metadata)).toThrow(/expected text for epoch in the metadata/)
    expect(readdirSync(folder).filter((name) => name.startsWith('odd'))).toEqual([])
  })
})
