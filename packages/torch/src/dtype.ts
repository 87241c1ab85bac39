// Element types: their PyTorch names, libtorch's codes for them and the typed arrays that hold them.
// Hands on: Dtype, dtypeCode, dtypeName, arrayTypeOf, dtypeOfArray, TypedArray, codeOfWord.
// Codes: c10/core/ScalarType.h, stable across libtorch versions because files store them.

import { fault } from './errors.ts'

/** PyTorch's dtype names, without the `torch.` before them. */
export type Dtype = 'float32' | 'float64' | 'bfloat16' | 'float16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool'

/** The typed arrays tensors are made of and read into. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array

const CODES: Record<Dtype, number> = {
  uint8: 0,
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  float16: 5,
  float32: 6,
  float64: 7,
  bool: 11,
  bfloat16: 15,
}
const NAMES = new Map<number, Dtype>(Object.entries(CODES).map(([name, code]) => [code, name as Dtype]))

// Words that schemas take as numbers beside dtypes: c10/core/Layout.h and c10/core/MemoryFormat.h.
const WORDS: Record<string, number> = { ...CODES, strided: 0, contiguous: 0, preserve: 1, channelsLast: 2, channelsLast3d: 3 }

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  bfloat16: Uint16Array,
  float16: Uint16Array,
} as const

/** libtorch's code of a dtype; undefined stays undefined (libtorch's default). */
export function dtypeCode(dtype: Dtype): number
export function dtypeCode(dtype: Dtype | undefined): number | undefined
export function dtypeCode(dtype: Dtype | undefined): number | undefined {
  if (dtype === undefined) return undefined
  const code = CODES[dtype]
  if (typeof code !== 'number') {
    throw fault({
      code: 'torch/dtype',
      where: 'dtype',
      expected: `one of ${Object.keys(CODES).join(', ')}`,
      received: JSON.stringify(dtype) ?? String(dtype),
      hint: 'Dtypes are named as in PyTorch, as text.',
    })
  }
  return code
}

/** The name behind libtorch's code; kinds without a name here (complex, quantised) keep their number. */
export function dtypeName(code: number): Dtype {
  return NAMES.get(code) ?? (`scalartype${code}` as Dtype)
}

/** The number behind a word in a schema's `int` argument: a dtype, a layout or a memory format. */
export function codeOfWord(word: string): number | undefined {
  return WORDS[word]
}

/** The typed array that holds a dtype's elements; 16-bit floats come as their bits in a Uint16Array. */
export function arrayTypeOf(dtype: Dtype): (typeof ARRAYS)[Dtype] {
  return ARRAYS[dtype]
}

/** The dtype a typed array holds by its kind, undefined where there is none (Uint16Array has two readings). */
export function dtypeOfArray(array: NodeJS.TypedArray): Dtype | undefined {
  if (array instanceof Float32Array) return 'float32'
  if (array instanceof Float64Array) return 'float64'
  if (array instanceof BigInt64Array) return 'int64'
  if (array instanceof Int32Array) return 'int32'
  if (array instanceof Int16Array) return 'int16'
  if (array instanceof Int8Array) return 'int8'
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) return 'uint8'
  return undefined
}
