// CUDA where libtorch has it: devices, waiting, memory, and a whole training step captured once and replayed.
// Hands on: cuda. Written against PyTorch's interfaces; not tried on a GPU yet (README, "What has not been tried").

import { explainNative } from './explain.ts'
import { native } from './native.ts'
import { scope } from './scope.ts'

const WARM_UP = 3 // PyTorch's notes on CUDA graphs: a few ordinary runs first, so that libraries have chosen their kernels

/** A piece of work that runs again as one launch, on the memory it was captured with: change inputs in place with `copy_`. */
export type CapturedGraph = { replay(): void }

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
  guard('cuda.synchronize', () => native.cudaSynchronize())
}

/** Bytes that tensors take on a GPU, now and at most so far. */
function memoryBytes(index = 0): { now: number; most: number } {
  const [now, most] = guard('cuda.memoryBytes', () => native.cudaMemory(index))
  return { now, most }
}

/** Gives memory that no tensor uses back to the GPU. */
function emptyCache(): void {
  guard('cuda.emptyCache', () => native.cudaEmptyCache())
}

/**
 * Runs a step a few times, then captures it; `replay` repeats it on the same memory without a single call per operator.
 *
 * @param step  Synchronous; reads its inputs from tensors made before, leaves results in tensors made before, never asks for a value
 *              (`item`, `toArray`), and keeps gradients allocated (`zeroGrad({ setToNone: false })`).
 */
function capture(step: () => void): CapturedGraph {
  for (let run = 0; run < WARM_UP; run++) scope(step)
  const graph = guard('cuda.capture', () => native.cudaBeginCapture())
  try {
    scope(step)
  } finally {
    guard('cuda.capture', () => native.cudaEndCapture(graph))
  }
  return { replay: () => guard('replay', () => native.cudaReplay(graph)) }
}

export const cuda = { isAvailable, deviceCount, synchronize, memoryBytes, emptyCache, capture }

function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    throw explainNative(where, 'a call to CUDA', cause)
  }
}
