// Truth: PS3.5 section 8.1 worked out by hand: where the stored bits lie in a word, and what their sign is. Whole files: dicom.test.ts.
import { describe, expect, it } from 'vitest'
import { decodePixels, type PixelFormat } from './dicom-pixels.ts'

const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1'
const plain: PixelFormat = { numRows: 1, numColumns: 5, bitsAllocated: 16, bitsStored: 12, highBit: 11, isSigned: false }
const bytesOf = (words: readonly number[]) => new Uint8Array(Uint16Array.from(words).buffer)
const decode = (bytes: Uint8Array, format: Partial<PixelFormat> = {}, swapBytes = false) =>
  decodePixels(EXPLICIT_LITTLE, bytes, { ...plain, ...format }, swapBytes)

describe('decodePixels', () => {
  it('hands on plain words in the memory they lie in', async () => {
    const bytes = bytesOf([0, 1, 4095, 7, 9])
    const pixels_YX = await decode(bytes)
    expect([[...pixels_YX], pixels_YX.buffer === bytes.buffer]).toEqual([[0, 1, 4095, 7, 9], true])
  })

  it.each([0, 1, 2, 3, 4])('clears bits above the stored ones, wherever word %i is the only one with such a bit', async (at) => {
    const words = [10, 20, 30, 40, 50]
    words[at] += 0x8000
    const bytes = bytesOf(words)
    expect([...(await decode(bytes))]).toEqual([10, 20, 30, 40, 50])
    expect(bytes).toEqual(bytesOf(words))
  })

  it.each([0, 1, 2, 3])('reads words that start at byte %i of their memory', async (start) => {
    const memory = new Uint8Array(start + 10)
    memory.set(bytesOf([1, 2, 3, 4, 0x1005]), start)
    expect([...(await decode(memory.subarray(start)))]).toEqual([1, 2, 3, 4, 5])
  })

  it('extends the sign of signed words from their highest stored bit', async () => {
    const bytes = bytesOf([0x0fff, 0x0800, 0x07ff, 0, 1])
    expect([...(await decode(bytes, { isSigned: true }))]).toEqual([-1, -2048, 2047, 0, 1])
  })

  it('moves bits down that lie at the top of their word', async () => {
    const bytes = bytesOf([0x0010, 0xfff0, 0x123f, 0, 0x0020])
    expect([...(await decode(bytes, { highBit: 15 }))]).toEqual([1, 4095, 0x123, 0, 2])
  })

  it('swaps the bytes of an odd number of 8-bit pixels in big-endian words', async () => {
    const bytes = Uint8Array.of(2, 1, 4, 3, 0, 5)
    expect([...(await decode(bytes, { bitsAllocated: 8, bitsStored: 8, highBit: 7 }, true))]).toEqual([1, 2, 3, 4, 5])
  })

  it('refuses fewer pixels than the header promises', async () => {
    await expect(decode(bytesOf([1, 2]))).rejects.toMatchObject({ code: 'formats/dicom-length' })
  })
})
