// Philips' XLI compression of ECG waveforms: chunks of 10-bit LZW over second differences, limb leads as differences from Einthoven's law.
// Source: the format as the sierra-ecg project describes it (C. A. Watford, MIT-licensed description and readers).
import { fault } from '../base/errors.ts'

const codeBits = 10
const lastCode = 2 ** codeBits - 2
const longestString = lastCode - 254 // of one code: each new code's string is one byte longer than one before

/**
 * The leads of an XLI stream, one chunk each.
 *
 * @param maxLeads    Chunks behind so many are left unread.
 * @param maxSamples  Samples a lead may have; a chunk that unpacks to more is refused.
 * @throws            formats/philips-xli when a chunk is cut short or unpacks to nonsense.
 */
export function decodeXli(data: Uint8Array, maxLeads: number, maxSamples: number, where: string): Int16Array[] {
  const leads: Int16Array[] = []
  let at = 0
  while (at + 8 <= data.length && leads.length < maxLeads) {
    const size = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16) | (data[at + 3] << 24)
    const first = ((data[at + 6] | (data[at + 7] << 8)) << 16) >> 16
    at += 8
    if (size < 1 || at + size > data.length) throw refuse(where, `a chunk of ${size} bytes`)
    leads.push(fromDifferences(unpack(unzip(data.subarray(at, at + size), 2 * maxSamples + 2, where)), first))
    at += size
  }
  return leads
}

/** LZW with codes of 10 bits, most significant bit first; ends at the last whole code or at code 1023. */
function unzip(chunk: Uint8Array, maxBytes: number, where: string): Uint8Array {
  const out = new Uint8Array(Math.min(maxBytes, chunk.length * longestString))
  // Of each code: where its string stands in the output and how long it is.
  const starts = new Int32Array(lastCode + 1)
  const lengths = new Int32Array(lastCode + 1)
  let next = 256
  let count = 0
  let held = 0
  let bits = 0
  let previousStart = -1
  let previousLength = 0
  for (const byte of chunk) {
    held = ((held << 8) | byte) & 0xffffff
    bits += 8
    if (bits < codeBits) continue
    bits -= codeBits
    const code = (held >> bits) & (2 ** codeBits - 1)
    if (code > lastCode) break
    const isKnown = code < 256 || code < next
    if (!isKnown && (code > next || previousStart < 0)) throw refuse(where, 'a code before its string')
    const length = code < 256 ? 1 : isKnown ? lengths[code] : previousLength + 1
    if (count + length > out.length) throw refuse(where, `more than ${maxBytes} bytes in a chunk`)
    const start = count
    if (code < 256) out[count++] = code
    else {
      const from = isKnown ? starts[code] : previousStart
      for (let k = 0; k < length; k++) out[count++] = isKnown || k < previousLength ? out[from + k] : out[previousStart]
    }
    if (previousStart >= 0 && next <= lastCode) {
      // The string before and the first byte of this one: they stand side by side in the output.
      starts[next] = previousStart
      lengths[next] = previousLength + 1
      next++
    }
    previousStart = start
    previousLength = length
  }
  return out.subarray(0, count)
}

/** High bytes first, then low bytes. */
function unpack(bytes: Uint8Array): Int16Array {
  const half = (bytes.length + 1) >> 1
  const counts_T = new Int16Array(half)
  for (let t = 0; t < half; t++) counts_T[t] = (bytes[t] << 8) | (bytes[half + t] ?? 0)
  return counts_T
}

/** The first two values are samples; each further one is 64 more than the second difference one place on. */
function fromDifferences(counts_T: Int16Array, first: number): Int16Array {
  const samples_T = counts_T.slice()
  let last = first
  for (let t = 2; t < samples_T.length; t++) {
    const value = 2 * samples_T[t - 1] - samples_T[t - 2] - last
    last = counts_T[t] - 64
    samples_T[t] = value
  }
  return samples_T
}

/** III, aVR, aVL and aVF are stored as what Einthoven's and Goldberger's laws leave over; in place. */
export function restoreLimbLeads(leads: readonly Int16Array[]): void {
  const [i, ii, iii, avr, avl, avf] = leads
  for (let t = 0; t < i.length; t++) {
    iii[t] = ii[t] - i[t] - iii[t]
    avr[t] = -avr[t] - Math.floor((i[t] + ii[t]) / 2)
    avl[t] = Math.floor((i[t] - iii[t]) / 2) - avl[t]
    avf[t] = Math.floor((ii[t] + iii[t]) / 2) - avf[t]
  }
}

function refuse(where: string, received: string) {
  return fault({
    code: 'formats/philips-xli',
    where,
    expected: 'whole XLI chunks',
    received,
    hint: 'The file is damaged: export it again.',
  })
}
