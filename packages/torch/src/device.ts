// The machine under libtorch: threads, devices, random generators, and what was built.
// Hands on: setNumThreads, getNumThreads, describeLibrary, manualSeed, getRngState, setRngState.

import { readFileSync } from 'node:fs'
import { fault } from './errors.ts'
import { explainNative } from './explain.ts'
import { type LibraryRecord, MOST_THREADS, native } from './native.ts'
import { describeValue, handleOf, Tensor } from './tensor.ts'

/** What libtorch says of itself, and what the build found: where it came from and whether it has collectives and CUDA graphs. */
export type LibraryInfo = LibraryRecord & { source: string; gloo: boolean; nccl: boolean; compiler: string }

/** Threads inside one operator; at load it is OMP_NUM_THREADS or else the number of cores, in a worker thread what the main thread has chosen. */
export function setNumThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MOST_THREADS) {
    throw fault({
      code: 'torch/argument',
      where: 'setNumThreads',
      expected: `a whole number from 1 to ${MOST_THREADS}`,
      received: describeValue(count),
      hint: 'Take the number of cores this process may use.',
    })
  }
  native.setNumThreads(count)
}

export function getNumThreads(): number {
  return native.describeLibrary().numThreads
}

/** Version, devices, abilities and origin of the libtorch in use; goes into the record of a run. */
export function describeLibrary(): LibraryInfo {
  const built = JSON.parse(readFileSync(new URL('../build/libtorch.json', import.meta.url), 'utf8'))
  const { source, gloo, nccl, compiler } = built
  return { ...native.describeLibrary(), source, gloo, nccl, compiler }
}

/** Starts every device's random generator anew. */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw fault({
      code: 'torch/argument',
      where: 'manualSeed',
      expected: 'a whole number',
      received: describeValue(seed),
      hint: 'Any whole number up to 2^53 will do.',
    })
  }
  native.manualSeed(seed)
}

/** The state of a device's random generator, to be saved with a checkpoint. */
export function getRngState(device = 'cpu'): Tensor {
  try {
    return new Tensor(native.generatorState(device, null))
  } catch (cause) {
    throw explainNative('getRngState', `device ${describeValue(device)}`, cause)
  }
}

/** Puts a saved state back: the same random numbers follow. */
export function setRngState(state: Tensor, device = 'cpu'): void {
  try {
    new Tensor(native.generatorState(device, handleOf(state, 'setRngState'))).free() // what it was before
  } catch (cause) {
    throw explainNative('setRngState', `${describeValue(state)} for device ${describeValue(device)}`, cause)
  }
}
