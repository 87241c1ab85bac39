// Base64 from bytes, strict and bounded. MUSE and Philips files carry their samples so.
import { fault } from '../base/errors.ts'

const codeOf = new Int8Array(256).fill(-1)
for (let code = 0; code < 64; code++) {
  codeOf['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(code)] = code
}

/**
 * The bytes a base64 text stands for; white space is skipped, padding may be missing.
 *
 * @throws formats/base64 at any other character or a length no text has.
 */
export function decodeBase64(text: Uint8Array, where: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4) + 3)
  let held = 0
  let bits = 0
  let count = 0
  let isOver = false
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue
    if (byte === 0x3d) {
      isOver = true
      continue
    }
    const code = codeOf[byte]
    if (code < 0 || isOver) throw refuse(where, `a character at place ${at} that base64 lacks`)
    held = ((held << 6) | code) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[count++] = (held >> bits) & 0xff
    }
  }
  if (bits === 6) throw refuse(where, 'a text that ends within a byte')
  return bytes.subarray(0, count)
}

/** Little-endian signed 16-bit integers. */
export function int16Of(bytes: Uint8Array): Int16Array {
  const counts_T = new Int16Array(bytes.length >> 1)
  for (let t = 0; t < counts_T.length; t++) counts_T[t] = bytes[2 * t] | (bytes[2 * t + 1] << 8)
  return counts_T
}

function refuse(where: string, received: string) {
  return fault({
    code: 'formats/base64',
    where,
    expected: 'samples as base64 text',
    received,
    hint: 'The file is damaged: export it again.',
  })
}
