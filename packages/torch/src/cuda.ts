// CUDA where libtorch has it: devices, streams, memory, and a whole training step captured once and replayed.
// Hands on: cuda. Written against PyTorch's interfaces; not tried on a GPU yet (README, "What has not been tried").

import { fault } from './errors.ts'
import { explainNative } from './explain.ts'
import { cudaCalls, native } from './native.ts'
import { scope } from './scope.ts'
import { describeValue, handleOf, type Tensor } from './tensor.ts'

const WARM_UP = 3 // PyTorch's notes on CUDA graphs: a few ordinary runs first, so that libraries have chosen their kernels

/** A piece of work that runs again as one launch, on the memory it was captured with: change inputs in place with `copy_`. */
export type CapturedGraph = { replay(): void }

/** A queue of work on a GPU; what stands in different streams may run at the same time. */
export class Stream {
  readonly gpu: number
  readonly #number: number

  /**
   * A stream of libtorch's pool.
   *
   * @param number  One that is there already; only for this package.
   */
  constructor(gpu = 0, number?: number) {
    this.gpu = gpu
    this.#number = number ?? guard('cuda.Stream', () => native.newStream(gpu))
  }

  /** Runs a synchronous function whose work on this stream's GPU goes into this stream; that GPU is the current one meanwhile. */
  run<Result>(body: () => Result): Result {
    const [gpuBefore, before] = guard('cuda.Stream.run', () => native.exchangeStream(this.gpu, this.#number, this.gpu))
    try {
      return body()
    } finally {
      native.exchangeStream(this.gpu, before, gpuBefore)
    }
  }

  /** What this stream is given from now on waits for what `other`, of this GPU or another, has been given so far. */
  waitFor(other: Stream): void {
    guard('cuda.Stream.waitFor', () => native.joinStream(this.gpu, this.#number, other.gpu, other.#number))
  }

  /**
   * Says that this stream works with a tensor that another stream made: its memory, once freed, is used again only when the work given to this
   * stream so far is done.
   *
   * @throws  torch/device for a tensor that is not on a GPU.
   */
  record(tensor: Tensor): void {
    const where = 'cuda.Stream.record'
    const handle = handleOf(tensor, where)
    if (!tensor.device.startsWith('cuda')) {
      const hint = 'Memory of the CPU needs no record; wait for the stream before it is changed.'
      throw fault({ code: 'torch/device', where, expected: 'a tensor on a GPU', received: describeValue(tensor), hint })
    }
    guard(where, () => native.recordStream(this.gpu, this.#number, handle))
  }

  /** Waits until all it was given is done. */
  synchronize(): void {
    guard('cuda.Stream.synchronize', () => native.synchronizeStream(this.gpu, this.#number))
  }
}

/** The stream that work on a GPU goes into now: the default one outside `Stream.run`. */
function currentStream(device: number | string = 0): Stream {
  const gpu = gpuOf(device)
  return new Stream(
    gpu,
    guard('cuda.currentStream', () => native.currentStream(gpu)),
  )
}

/** Whether this libtorch sees a GPU. */
function isAvailable(): boolean {
  const { cuda: isBuilt, numGpus } = native.describeLibrary()
  return isBuilt && numGpus > 0
}

function deviceCount(): number {
  return native.describeLibrary().numGpus
}

/** Waits until a GPU has done all it was given; needed before stopping a clock. */
function synchronize(device: number | string = 0): void {
  guard('cuda.synchronize', () => calls('cuda.synchronize').cudaSynchronize(gpuOf(device)))
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
 * @param step    Synchronous; reads its inputs from tensors made before, leaves results in tensors made before, never asks for a value
 *                (`item`, `toArray`), and keeps gradients allocated (`zeroGrad({ setToNone: false })`). Learning rates stay as they were.
 * @param device  The GPU that the step works on.
 * @throws        What the step throws, or torch/call when what it did cannot be captured.
 */
function capture(step: () => void, device: number | string = 0): CapturedGraph {
  const gpu = gpuOf(device)
  const { cudaBeginCapture, cudaEndCapture, cudaReplay } = calls('cuda.capture')
  synchronize(gpu)
  const graph = new Stream(gpu).run(() => {
    for (let run = 0; run < WARM_UP; run++) scope(step)
    synchronize(gpu)
    const begun = guard('cuda.capture', () => cudaBeginCapture(gpu))
    isCapturing = true
    try {
      scope(step)
    } catch (error) {
      endQuietly(() => cudaEndCapture(begun))
      throw error
    } finally {
      isCapturing = false
    }
    guard('cuda.capture', () => cudaEndCapture(begun))
    return begun
  })
  return { replay: () => guard('replay', () => cudaReplay(graph)) }
}

/** A capture that the step has spoilt cannot be ended without an error, which says less than the step's own. */
function endQuietly(end: () => void): void {
  try {
    end()
  } catch {
    // the step's error follows
  }
}

export const cuda = { isAvailable, deviceCount, currentStream, synchronize, isIdle, memoryBytes, emptyCache, capture, Stream }

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
