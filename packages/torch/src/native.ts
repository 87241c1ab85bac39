// The typed contract of the compiled addon, and its loading. Nothing else in this package touches the addon's file.
// Hands on: native (the addon), NativeOperator, libraryInfo's raw record.

import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { fault } from './errors.ts'

/** An operator as libtorch's dispatcher knows it; `call` takes handles for tensors, codes for dtypes, undefined for defaults. */
export type NativeOperator = {
  call: (...args: unknown[]) => unknown
  /** Names and schema types of the arguments, in schema order. */
  names: string[]
  types: string[]
  returns: string[]
  /** How many leading arguments must be given, and how many may be given by position. */
  required: number
  positional: number
  /** The argument handed back by an in-place or `out=` operator; -1 for others. */
  writes: number
  schema: string
}

/** What the addon exports; a tensor is a handle (a whole number), null stands for none. */
export type Native = {
  findOperator(name: string, overload: string): NativeOperator | null
  listOperators(): string[]
  freeTensors(handles: Int32Array, count: number): void
  aliasTensor(handle: number): number
  liveTensors(): { handles: number; bytes: number }
  shapeOf(handle: number): number[]
  stridesOf(handle: number): number[]
  dtypeOf(handle: number): number
  deviceOf(handle: number): string
  flagsOf(handle: number): number
  fromTypedArray(array: NodeJS.TypedArray, shape: readonly number[], dtype: number): number
  mapFile(path: string): number
  readInto(handle: number, array: NodeJS.TypedArray): void
  shareArrayBuffer(handle: number): ArrayBuffer
  backward(roots: number[], gradients: (number | null)[] | null, retainGraph: boolean, createGraph: boolean, offThread: boolean): void
  gradients(
    roots: number[],
    inputs: number[],
    gradients: (number | null)[] | null,
    retainGraph: boolean,
    createGraph: boolean,
    allowUnused: boolean,
    offThread: boolean,
  ): (number | null)[]
  attachBackward(outputs: number[], inputs: number[], callback: (gradients: (number | null)[]) => (number | null)[]): void
  gradOf(handle: number): number | null
  setGrad(handle: number, grad: number | null): void
  setRequiresGrad(handle: number, on: boolean): void
  setData(handle: number, values: number): void
  setGradMode(on: boolean): boolean
  setAutocast(isCuda: boolean, on: boolean, dtype: number): boolean
  openGroup(backend: string, host: string, port: number, rank: number, size: number, timeoutMs: number): void
  closeGroup(): void
  allReduce(handle: number, operation: number): void
  allGather(handle: number): number[]
  broadcastFrom(handle: number, root: number): void
  barrier(): void
  bucketGradients(params: number[], bucketBytes: number): void
  armBuckets(): void
  finishBuckets(): void
  cudaSynchronize(): void
  cudaMemory(device: number): number[]
  cudaEmptyCache(): void
  cudaBeginCapture(): object
  cudaEndCapture(graph: object): void
  cudaReplay(graph: object): void
  describeLibrary(): LibraryRecord
  setNumThreads(count: number): void
  manualSeed(seed: number): void
  generatorState(device: string): number
  setGeneratorState(device: string, state: number): void
}

/** What the loaded libtorch says of itself. */
export type LibraryRecord = {
  version: string
  numThreads: number
  cuda: boolean
  cudnn: boolean
  onednn: boolean
  numGpus: number
  settings: string
}

const ADDON = '../build/torch.node'

function load(): Native {
  limitSpinning()
  let addon: Native
  try {
    addon = createRequire(import.meta.url)(ADDON) as Native
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND'
    throw fault({
      code: 'torch/load',
      where: 'import @cinelead/torch',
      expected: 'the compiled addon packages/torch/build/torch.node and the libtorch it was built against',
      received: isMissing ? 'no such file' : String(cause instanceof Error ? cause.message.split('\n', 1)[0] : cause),
      hint: 'Build it: node packages/torch/scripts/build.mjs. To see which libtorch is found: the same with --find.',
      cause,
    })
  }
  addon.setNumThreads(availableParallelism()) // Debian's libtorch starts with one thread
  return addon
}

/**
 * Waiting threads of GNU's OpenMP spin for milliseconds unless told otherwise; where other work wants the cores (test workers, data loaders)
 * that made small steps twenty times slower, measured with twice as many busy processes as cores. A user's own settings stay.
 */
function limitSpinning(): void {
  if (process.env.OMP_WAIT_POLICY === undefined) process.env.GOMP_SPINCOUNT ??= '1000' // libgomp's own count when threads outnumber cores
}

/** The one addon of this environment (each worker thread has its own handles). */
export const native: Native = load()
