// Gradients averaged over the ranks while the backward pass still runs.
// Hands on: GradientReducer. After PyTorch's DistributedDataParallel (Li et al. 2020, "PyTorch Distributed"): buckets in the order gradients come.

import { type BackwardOptions, backward, noGrad } from './autograd.ts'
import { ones, zeros } from './creation.ts'
import { broadcast, expectAgreement, launch, waitFor, worldSize } from './distributed.ts'
import { arrayTypeOf } from './dtype.ts'
import { native, type Watch, type Work } from './native.ts'
import { cat } from './ops/shape.ts'
import { keep, scope } from './scope.ts'
import { handleOf, type Tensor } from './tensor.ts'

const BUCKET_BYTES = 25 * 1024 * 1024 // PyTorch's DistributedDataParallel, bucket_cap_mb

type Bucket = {
  params: Tensor[]
  /** Parameters whose gradient is there. */
  ready: Set<Tensor>
  /** The gradients in one piece, on their way; after them one number a parameter, above zero where some rank has its gradient. */
  travelling: { flat: Tensor; work: Work | undefined } | undefined
  /** A gradient changed after it had left: it goes again at the end. */
  isStale: boolean
  /** What tells of gradients, as long as it lives. */
  watches: (Watch | null)[]
}

/**
 * Averages gradients over the ranks while the backward pass still runs: buckets travel as soon as they are full.
 *
 * Making one also gives every rank the parameter values of rank 0. Parameters that ask for no gradient when it is made are left alone from
 * then on. One without a gradient on some ranks counts as zero there; one without on all of them stays without, so that no optimiser decays it.
 *
 * @example  const reducer = new distributed.GradientReducer(net.parameters()); …; reducer.backward(loss)
 */
export class GradientReducer {
  readonly #buckets: Bucket[]
  /** What the ranks must have in common: asked once a pass, not once a bucket, so that none waits within. */
  readonly #sizes: string
  #isArmed = false

  constructor(parameters: readonly Tensor[], options: { bucketBytes?: number } = {}) {
    for (const parameter of parameters) broadcast(parameter)
    this.#buckets = bucketsOf(
      parameters.filter(({ requiresGrad }) => requiresGrad),
      options.bucketBytes ?? BUCKET_BYTES,
    )
    this.#sizes = this.#buckets.map(({ params }) => params.reduce((sum, { numel }) => sum + numel, 0)).join(', ')
    for (const bucket of this.#buckets) {
      const watch = (param: Tensor) => native.watchGradients(handleOf(param, 'GradientReducer'), 0, () => this.#noteReady(bucket, param))
      bucket.watches = bucket.params.map(watch)
    }
  }

  /** How many buckets are under way: some of them while the backward pass still runs. */
  get numTravelling(): number {
    return this.#buckets.filter((bucket) => bucket.travelling !== undefined).length
  }

  /** `backward` with the gradients averaged over the ranks at its end. Use plain `backward` for all but the last of accumulated steps. */
  backward(loss: Tensor, gradient?: Tensor, options?: BackwardOptions): void {
    this.#isArmed = true
    this.#sendAll(() => backward([loss], [gradient], options))
  }

  /** Averages the gradients that are there over the ranks: of backward passes made without it, such as those of a batch's chunks. */
  average(): void {
    this.#sendAll(() => undefined)
  }

  #sendAll(first: () => void): void {
    try {
      expectAgreement('GradientReducer', `GradientReducer of buckets of ${this.#sizes}`)
      first()
      for (const bucket of this.#buckets) if (bucket.travelling === undefined) send(bucket) // parameters without a gradient on this rank
      for (const bucket of this.#buckets) receive(bucket)
    } finally {
      this.#isArmed = false
      for (const bucket of this.#buckets) reset(bucket)
    }
  }

  #noteReady(bucket: Bucket, param: Tensor): void {
    if (!this.#isArmed) return
    bucket.ready.add(param)
    if (bucket.travelling !== undefined) bucket.isStale = true
    for (const next of this.#buckets) {
      // In one order on all ranks, whatever order the gradients come in.
      if (next.travelling !== undefined) continue
      if (next.ready.size < next.params.length) break
      send(next)
    }
  }
}

/** The last parameters first, since their gradients come first; one dtype and device in each bucket. */
function bucketsOf(parameters: readonly Tensor[], limitBytes: number): Bucket[] {
  const buckets: Bucket[] = []
  let numBytes = 0
  let kind = ''
  for (const param of [...parameters].reverse()) {
    const { dtype, device } = param
    if (buckets.length === 0 || numBytes >= limitBytes || kind !== `${dtype} ${device}`) {
      buckets.push({ params: [], ready: new Set(), travelling: undefined, isStale: false, watches: [] })
      numBytes = 0
      kind = `${dtype} ${device}`
    }
    numBytes += param.numel * arrayTypeOf(dtype).BYTES_PER_ELEMENT
    buckets[buckets.length - 1].params.push(param)
  }
  return buckets
}

function send(bucket: Bucket): void {
  noGrad(() =>
    scope(() => {
      const { dtype, device } = bucket.params[0]
      const isHere = ones([bucket.params.length], { dtype, device })
      const parts = bucket.params.map((param, index) => {
        const { grad } = param
        if (grad === undefined) isHere.at(index).zero_()
        return grad?.flatten() ?? zeros([param.numel], { dtype, device })
      })
      const flat = keep(cat([...parts, isHere], 0))
      bucket.travelling = { flat, work: launch('allReduce', flat, 'sum', [], true) }
    }),
  )
}

/** Waits, and leaves the mean over the ranks in the gradient of every parameter that has one on some rank. */
function receive(bucket: Bucket): void {
  if (bucket.isStale && bucket.travelling !== undefined) {
    waitFor('GradientReducer.backward', bucket.travelling.work)
    bucket.travelling.flat.free()
    send(bucket)
  }
  const { travelling } = bucket
  if (travelling === undefined) return
  waitFor('GradientReducer.backward', travelling.work)
  noGrad(() =>
    scope(() => {
      travelling.flat.div_(worldSize())
      const numFlags = bucket.params.length
      const flags = travelling.flat.narrow(0, travelling.flat.numel - numFlags, numFlags)
      let isSomewhere: boolean[] | undefined // read only where a gradient is missing: on a GPU it has to be waited for
      let from = 0
      for (const [index, param] of bucket.params.entries()) {
        const part = travelling.flat.narrow(0, from, param.numel).view(param.shape)
        const grad = param.grad
        if (grad !== undefined) grad.copy_(part)
        else {
          isSomewhere ??= flags.ne(0).tolist() as boolean[]
          if (isSomewhere[index]) param.grad = part.clone()
        }
        from += param.numel
      }
    }),
  )
}

function reset(bucket: Bucket): void {
  bucket.travelling?.flat.free()
  bucket.travelling = undefined
  bucket.isStale = false
  bucket.ready.clear()
}
