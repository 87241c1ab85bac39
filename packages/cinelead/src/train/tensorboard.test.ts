// Truth: the check value of CRC-32C, and the format read back by hand.
import { describe, expect, it } from 'vitest'
import { crc32c, tensorboardEvents, tensorboardHeader } from './tensorboard.ts'

describe('crc32c', () => {
  it('has the published check value', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283) // RFC 3720, B.4 and the CRC catalogue
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa) // RFC 3720, B.4: 32 bytes of zeros
  })
})

describe('tensorboardEvents', () => {
  const lines = [
    { kind: 'step', step: 300, epoch: 2, loss: 1.5 },
    { kind: 'alarm', step: 301, epoch: 2, sentence: 'not a number' },
  ] as const
  const bytes = Uint8Array.from([...tensorboardHeader(1000), ...tensorboardEvents(lines, 1003)])
  const view = new DataView(bytes.buffer)
  const records: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true))
    const unmask = (masked: number) => {
      const turned = (masked - 0xa282ead8) >>> 0
      return ((turned >>> 17) | (turned << 15)) >>> 0
    }
    expect(unmask(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)))
    expect(unmask(view.getUint32(at + 12 + length, true))).toBe(crc32c(bytes.subarray(at + 12, at + 12 + length)))
    records.push(bytes.subarray(at + 12, at + 12 + length))
    at += length + 16
  }

  it('frames a version and one event a line', () => {
    expect(records).toHaveLength(3)
    expect(new TextDecoder().decode(records[0])).toContain('brain.Event:2')
  })

  it('writes time, step and numbers by name, and leaves text out', () => {
    const event = new DataView(records[1].buffer, records[1].byteOffset, records[1].byteLength)
    expect(event.getFloat64(1, true)).toBe(1003)
    expect([...records[1].subarray(9, 12)]).toEqual([16, 0xac, 0x02]) // step 300 as a varint
    const text = new TextDecoder('latin1').decode(records[1])
    const tag = text.indexOf('step/loss') + 'step/loss'.length
    expect(event.getUint8(tag)).toBe(2 * 8 + 5)
    expect(event.getFloat32(tag + 1, true)).toBe(1.5)
    expect(new TextDecoder('latin1').decode(records[2])).not.toContain('sentence')
  })
})
