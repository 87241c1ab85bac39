// The typed contract of the compiled addon, and its loading. Nothing else in this package touches the addon's file.
// Hands on: native (the addon), collectives and cudaCalls (parts that a build may lack), their types.

import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { fault } from './errors.ts'

/** An operator as libtorch's dispatcher knows it; `call` takes handles for tensors, codes for dtypes, undefined for defaults. */
export type NativeOperator = {
  call: (...args: unknown[]) => unknown
  schema: string
  /** Names and schema types of the arguments, in schema order, and whether each must be given. */
  names: string[]
  types: string[]
  needed: boolean[]
  returns: string[]
}

/** Something of C++'s that lives as long as JavaScript holds it. */
type Held = { readonly held: unique symbol }
/** A group of processes, a collective under way, a watch on gradients, a captured CUDA graph. */
export type Group = Held & { readonly kind: 'group' }
export type Work = Held & { readonly kind: 'work' }
export type Watch = Held & { readonly kind: 'watch' }
export type Graph = Held & { readonly kind: 'graph' }

type Handles = (number | null)[]
/** Whether operators of a device are cast, and libtorch's code of the dtype. */
export type AutocastState = [on: boolean, dtype: number]

/** What the addon exports; a tensor is a handle (a whole number), null stands for none. */
export type Native = {
  findOperator(name: string, overload: string): NativeOperator | null
  listOperators(): string[]
  hasKernel(name: string, overload: string, dispatchKey: string): boolean
  freeTensors(handles: Int32Array, count: number): void
  aliasTensor(handle: number): number
  liveTensors(): [handles: number, bytes: number]
  shapeOf(handle: number): number[]
  stridesOf(handle: number): number[]
  traitsOf(handle: number): number
  deviceOf(handle: number): string
  fromTypedArray(array: NodeJS.TypedArray, shape: readonly number[], dtype: number): number
  shareArrayBuffer(handle: number): ArrayBuffer
  differentiate(
    roots: number[],
    gradients: Handles,
    inputs: number[] | null,
    retainGraph: boolean,
    createGraph: boolean,
    allowUnused: boolean,
    offThread: boolean,
  ): Handles
  gradOf(handle: number): number | null
  setGrad(handle: number, grad: number | null): void
  setGradMode(on: boolean): boolean
  autocastState(isCuda: boolean): AutocastState
  setAutocast(isCuda: boolean, on: boolean, dtype: number): void
  attachBackward(outputs: number[], inputs: number[], callback: (gradientsAndSaved: Handles) => Handles, saved: number[]): void
  watchGradients(handle: number, since: number, callback: (gradients: Handles) => void): Watch | null
  /** Whether a backward pass may call JavaScript from a thread of libtorch's, as devices but the CPU have them: then it runs off this thread. */
  mayCallFromElsewhere(): boolean
  graphPosition(): number
  describeLibrary(): LibraryRecord
  setNumThreads(count: number): void
  tuneAllocator(parameter: number, value: number): boolean
  manualSeed(seed: number): void
  generatorState(device: string, state: number | null): number
  newStream(gpu: number): number
  currentStream(gpu: number): number
  exchangeStream(gpu: number, stream: number, currentGpu: number): [currentGpu: number, stream: number]
  joinStream(gpu: number, stream: number, otherGpu: number, other: number): void
  recordStream(gpu: number, stream: number, handle: number): void
  queryStream(gpu: number): boolean
  synchronizeStream(gpu: number, stream: number): void
}

/** What the addon exports only where libtorch came with the headers of Gloo or NCCL. */
export type NativeCollectives = {
  openGroup(backend: string, host: string, port: number, rank: number, size: number, timeoutMs: number, prefix: string | null): Group
  closeGroup(group: Group): void
  startCollective(group: Group, kind: 'allReduce' | 'allGather' | 'broadcast', handle: number, number: number, outputs: number[]): Work
  waitFor(work: Work): void
}

/** What the addon exports only where libtorch came with CUDA's headers. */
export type NativeCuda = {
  cudaSynchronize(gpu: number): void
  cudaMemory(gpu: number): [now: number, most: number, free: number]
  cudaEmptyCache(): void
  cudaBeginCapture(gpu: number): Graph
  cudaEndCapture(graph: Graph): void
  cudaReplay(graph: Graph): void
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

/** Ours: a mistyped number would have the system start threads until it has no more. */
export const MOST_THREADS = 4096

// glibc's malloc.h, mallopt: the parameters' numbers.
const M_MXFAST = 1
const M_TRIM_THRESHOLD = -1
const M_TOP_PAD = -2
const M_MMAP_MAX = -4
const MOST_BYTES = 2 ** 31 - 1 // mallopt takes an int
const TOP_PAD_BYTES = 16 * 2 ** 20 // ours: a step's heap grows by tens of tensors at a time

function load(): Native & Partial<NativeCollectives & NativeCuda> {
  limitSpinning()
  let addon: Native & Partial<NativeCollectives & NativeCuda>
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
  keepFreedMemory(addon)
  // Debian's libtorch starts with one thread; a worker thread leaves what the main one has chosen, which would be changed for both
  if (isMainThread) addon.setNumThreads(chosenThreads() ?? availableParallelism())
  return addon
}

/** What OMP_NUM_THREADS asks for: torchrun sets it to 1, so that the ranks of a machine do not want every core each. */
function chosenThreads(): number | undefined {
  const count = Number.parseInt(process.env.OMP_NUM_THREADS ?? '', 10) // of a list, one a level of nesting, the first
  return count >= 1 && count <= MOST_THREADS ? count : undefined
}

/**
 * Waiting threads of GNU's OpenMP spin for milliseconds unless told otherwise; where other work wants the cores (test workers, data loaders)
 * that made small steps twenty times slower, measured with twice as many busy processes as cores. A user's own settings stay.
 */
function limitSpinning(): void {
  if (process.env.OMP_WAIT_POLICY === undefined) process.env.GOMP_SPINCOUNT ??= '1000' // libgomp's own count when threads outnumber cores
}

/**
 * glibc gives large blocks back to the kernel as they are freed, and a training step, which frees and takes the same ones again, then waits for
 * fresh pages: 10 to 35 % of a step on the CPU (bench/run.ts with and without). Kept, they are reused; the process stays at its greatest size
 * up to 2 GiB above what it needs. Whoever sets one of glibc's own variables for this keeps glibc's ways.
 */
function keepFreedMemory(addon: Native): void {
  const { MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_MAX_, MALLOC_MMAP_THRESHOLD_, GLIBC_TUNABLES } = process.env
  const isChosen = [MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_MAX_, MALLOC_MMAP_THRESHOLD_].some((value) => value !== undefined)
  if (isChosen || GLIBC_TUNABLES?.includes('glibc.malloc')) return
  addon.tuneAllocator(M_MMAP_MAX, 0)
  addon.tuneAllocator(M_TRIM_THRESHOLD, MOST_BYTES)
  addon.tuneAllocator(M_TOP_PAD, TOP_PAD_BYTES)
  addon.tuneAllocator(M_MXFAST, 0) // a scope frees many small blocks at once; glibc's lists for single ones then cost 3 to 6 % of tiny operators
}

const addon = load()

/** The one addon of this environment (each worker thread has its own handles). */
export const native: Native = addon

/** Collectives, undefined in a build without Gloo and NCCL. */
export const collectives: NativeCollectives | undefined = addon.openGroup === undefined ? undefined : (addon as Native & NativeCollectives)

/** What needs CUDA's headers, undefined in a build without them. */
export const cudaCalls: NativeCuda | undefined = addon.cudaReplay === undefined ? undefined : (addon as Native & NativeCuda)
