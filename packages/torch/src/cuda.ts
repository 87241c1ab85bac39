// CUDA where libtorch has it: devices, streams, memory, and a whole training step captured once and replayed.
// Hands on: cuda. Written against PyTorch's interfaces; not tried on a GPU yet (README, "What has not been tried").

import { fault } from './errors.ts'
import { explainNative } from './explain.ts'
import { cudaCalls, native } from './native.ts'
import { scope } from './scope.ts'

const WARM_UP = 3 // PyTorch's notes on CUDA graphs: a few ordinary runs first, so that libraries have chosen their kernels

/** A piece of work that runs again as one launch, on the memory it was captured with: change inputs in place with `copy_`. */
export type CapturedGraph = { replay(): void }

/** A queue of work on a GPU; what stands in different streams may run at the same time. */
export class Stream {
  readonly gpu: number
  readonly #number: number

  /** A stream of libtorch's pool. */
  constructor(gpu = 0) {
    this.gpu = gpu
    this.#number = guard('cuda.Stream', () => native.newStream(gpu))
  }

  /** Runs a synchronous function whose work goes into this stream. */
  run<Result>(body: () => Result): Result {
    const before = guard('cuda.Stream.run', () => native.exchangeStream(this.gpu, this.#number))
    try {
      return body()
    } finally {
      native.exchangeStream(this.gpu, before)
    }
  }

  /** What this stream is given from now on waits for what `other` has been given so far. */
  waitFor(other: Stream): void {
    guard('cuda.Stream.waitFor', () => native.joinStream(this.gpu, this.#number, other.#number))
  }

  /** Waits until all it was given is done. */
  synchronize(): void {
    guard('cuda.Stream.synchronize', () => native.synchronizeStream(this.gpu, this.#number))
  }
}

/** Whether this libtorch sees a GPU. */
function isAvailable(): boolean {
  const { cuda: isBuilt, numGpus } = native.describeLibrary()
  return isBuilt && numGpus > 0
}

function deviceCount(): number {
  return native.describeLibrary().numGpus
}

/** Waits until the GPU has done all it was given; needed before stopping a clock. */
function synchronize(): void {
  guard('cuda.synchronize', () => calls('cuda.synchronize').cudaSynchronize())
}

/** Whether a GPU has done all that the present stream was given: asks, and waits for nothing. */
function isIdle(device: number | string = 0): boolean {
  return guard('cuda.isIdle', () => native.queryStream(gpuOf(device)))
}

/** Bytes that tensors take on a GPU, now and at most so far, and those still to be had there. */
function memoryBytes(device: number | string = 0): { now: number; most: number; free: number } {
  const [now, most, free] = guard('cuda.memoryBytes', () => calls('cuda.memoryBytes').cudaMemory(gpuOf(device)))
  return { now, most, free }
}

/** Gives memory that no tensor uses back to the GPU. */
function emptyCache(): void {
  guard('cuda.emptyCache', () => calls('cuda.emptyCache').cudaEmptyCache())
}

let isCapturing = false

/** Whether a step is being captured: numbers that JavaScript works out now would stay as they are in every replay. */
export function isCapturingGraph(): boolean {
  return isCapturing
}

/**
 * Runs a step a few times, then captures it, both on a stream of its own; `replay` repeats it on the same memory without a call per operator.
 *
 * @param step  Synchronous; reads its inputs from tensors made before, leaves results in tensors made before, never asks for a value
 *              (`item`, `toArray`), and keeps gradients allocated (`zeroGrad({ setToNone: false })`). Learning rates stay as they were.
 */
function capture(step: () => void, gpu = 0): CapturedGraph {
  const { cudaBeginCapture, cudaEndCapture, cudaReplay } = calls('cuda.capture')
  synchronize()
  const graph = new Stream(gpu).run(() => {
    for (let run = 0; run < WARM_UP; run++) scope(step)
    synchronize()
    const begun = guard('cuda.capture', () => cudaBeginCapture())
    isCapturing = true
    try {
      scope(step)
    } finally {
      isCapturing = false
      guard('cuda.capture', () => cudaEndCapture(begun))
    }
    return begun
  })
  return { replay: () => guard('replay', () => cudaReplay(graph)) }
}

export const cuda = { isAvailable, deviceCount, synchronize, isIdle, memoryBytes, emptyCache, capture, Stream }

/** The number of a GPU that is named by it or as a tensor's device is: `cuda` is the first. */
const gpuOf = (device: number | string): number => (typeof device === 'number' ? device : Number(device.split(':')[1] ?? 0))

function calls(where: string): NonNullable<typeof cudaCalls> {
  if (cudaCalls !== undefined) return cudaCalls
  throw fault({
    code: 'torch/device',
    where,
    expected: 'a libtorch with CUDA and its headers',
    received: 'a build without them',
    hint: 'Build against a PyTorch for CUDA: node packages/torch/scripts/build.mjs says what it leaves out and why.',
  })
}

function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    throw explainNative(where, 'a call to CUDA', cause)
  }
}
