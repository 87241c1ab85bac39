// Many processes, one training: torchrun, Slurm or Kubernetes start them and say who is who by environment variables.
// Hands on: distributed.{init, rank, worldSize, localRank, isInitialized, allReduce, allGather, broadcast, barrier, destroy, GradientReducer}.

import { type BackwardOptions, backward } from './autograd.ts'
import { customFunction } from './custom-function.ts'
import { fault, TorchError } from './errors.ts'
import { native } from './native.ts'
import { cat, narrow } from './ops/shape.ts'
import { scope } from './scope.ts'
import { handleOf, Tensor } from './tensor.ts'

/** How values of the ranks become one. */
export type Reduction = 'sum' | 'mean' | 'product' | 'min' | 'max'

/** Where to meet and who this is; what is left out is read from the environment variable named beside it. */
export type GroupOptions = {
  /** 'gloo' for tensors on the CPU, 'nccl' for CUDA. */
  backend?: 'gloo' | 'nccl'
  /** MASTER_ADDR and MASTER_PORT: where rank 0 listens. */
  host?: string
  port?: number
  /** RANK, WORLD_SIZE, LOCAL_RANK. */
  rank?: number
  worldSize?: number
  localRank?: number
  /** How long a rank waits for the others before it ends with an error. */
  timeoutSec?: number
}

const TIMEOUT_SEC = 300 // ours: longer than any checkpoint takes to write, shorter than a night lost
const BUCKET_BYTES = 25 * 1024 * 1024 // PyTorch's DistributedDataParallel, bucket_cap_mb
const CODES: Record<Reduction, number> = { sum: 0, mean: 0, product: 2, min: 3, max: 4 } // c10d/Types.hpp, ReduceOp

let group: { rank: number; worldSize: number; localRank: number } | undefined

/**
 * Joins the group; returns when all ranks have.
 *
 * @throws  torch/distributed when a setting is missing, the others do not come in time, or this libtorch has no such backend.
 */
export function init(options: GroupOptions = {}): void {
  if (group !== undefined) throw refuse('init', 'no open group', 'a second call', 'Call destroy() first.')
  const fromEnv = (name: string) => process.env[name]
  const wanted = {
    host: options.host ?? fromEnv('MASTER_ADDR'),
    port: options.port ?? fromEnv('MASTER_PORT'),
    rank: options.rank ?? fromEnv('RANK'),
    worldSize: options.worldSize ?? fromEnv('WORLD_SIZE'),
  }
  const missing = Object.entries(wanted).filter(([, value]) => value === undefined || value === '')
  if (missing.length > 0) {
    const hint = 'Start the processes with torchrun, or set MASTER_ADDR, MASTER_PORT, RANK and WORLD_SIZE.'
    throw refuse('init', 'host, port, rank and worldSize', `no ${missing.map(([name]) => name).join(', no ')}`, hint)
  }
  const [rank, worldSize, port] = [Number(wanted.rank), Number(wanted.worldSize), Number(wanted.port)]
  if (![rank, worldSize, port].every(Number.isInteger) || rank < 0 || rank >= worldSize) {
    throw refuse(
      'init',
      'whole numbers with 0 ≤ rank < worldSize',
      `rank ${wanted.rank} of ${wanted.worldSize}, port ${wanted.port}`,
      'Check the launcher.',
    )
  }
  const timeoutMs = Math.round((options.timeoutSec ?? TIMEOUT_SEC) * 1000)
  guard('init', () => native.openGroup(options.backend ?? 'gloo', String(wanted.host), port, rank, worldSize, timeoutMs))
  group = { rank, worldSize, localRank: Number(options.localRank ?? fromEnv('LOCAL_RANK') ?? rank) }
}

export function isInitialized(): boolean {
  return group !== undefined
}

/** This process's number among all. */
export function rank(): number {
  return opened('rank').rank
}

/** How many processes there are. */
export function worldSize(): number {
  return opened('worldSize').worldSize
}

/** This process's number on its machine: which GPU is its own. */
export function localRank(): number {
  return opened('localRank').localRank
}

/** Replaces the values on every rank by those of all together; returns the same tensor. */
export function allReduce(tensor: Tensor, reduction: Reduction = 'sum'): Tensor {
  const { worldSize: size } = opened('allReduce')
  guard('allReduce', () => native.allReduce(handleOf(tensor, 'allReduce'), CODES[reduction]))
  if (reduction === 'mean') scope(() => tensor.detach().div_(size))
  return tensor
}

const gatherWithGradient = customFunction(
  (saved, input) => {
    saved.size = input.size(0)
    return gather(input)
  },
  (saved, gradient) => {
    const whole = allReduce(gradient.contiguous().clone())
    const size = saved.size as number
    return [narrow(whole, 0, rank() * size, size)]
  },
)

/**
 * The tensors of all ranks joined along axis 0 in rank order; every rank's must have one shape.
 *
 * Gradients flow back: each rank gets the sum of what all ranks' losses say of its part, so that with gradients averaged over ranks
 * a contrastive loss over the joined batch has the gradient of one process with the whole batch.
 */
export function allGather(tensor: Tensor): Tensor {
  opened('allGather')
  return tensor.requiresGrad ? gatherWithGradient(tensor) : gather(tensor)
}

/** Gives every rank the values of one; returns the same tensor. */
export function broadcast(tensor: Tensor, root = 0): Tensor {
  opened('broadcast')
  guard('broadcast', () => native.broadcastFrom(handleOf(tensor, 'broadcast'), root))
  return tensor
}

/** Waits until all ranks are here. */
export function barrier(): void {
  opened('barrier')
  guard('barrier', () => native.barrier())
}

/** Leaves the group. */
export function destroy(): void {
  native.closeGroup()
  group = undefined
}

/**
 * Averages gradients over the ranks while the backward pass still runs: buckets travel as soon as they are full.
 *
 * Making one also gives every rank the parameter values of rank 0. Parameters without a gradient on some rank count as zero there.
 *
 * @example  const reducer = new distributed.GradientReducer(net.parameters()); …; reducer.backward(loss)
 */
export class GradientReducer {
  constructor(parameters: readonly Tensor[], options: { bucketBytes?: number } = {}) {
    opened('GradientReducer')
    const handles = parameters.map((parameter) => handleOf(parameter, 'GradientReducer'))
    for (const parameter of parameters) broadcast(parameter)
    guard('GradientReducer', () => native.bucketGradients(handles, options.bucketBytes ?? BUCKET_BYTES))
  }

  /** `backward` with the gradients averaged over the ranks at its end. Use plain `backward` for all but the last of accumulated steps. */
  backward(loss: Tensor, gradient?: Tensor, options?: BackwardOptions): void {
    native.armBuckets()
    backward([loss], [gradient], options)
    guard('GradientReducer.backward', () => native.finishBuckets())
  }
}

function gather(input: Tensor): Tensor {
  return scope(() => {
    const handles = guard('allGather', () => native.allGather(handleOf(input, 'allGather')))
    return cat(
      handles.map((handle) => new Tensor(handle)),
      0,
    )
  })
}

function opened(where: string): NonNullable<typeof group> {
  if (group === undefined) throw refuse(where, 'an open group', 'none', 'Call distributed.init() first.')
  return group
}

function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof TorchError || !(cause instanceof Error)) throw cause
    const hint =
      'Another rank has ended or hangs, shapes differ between ranks, or the backend is not in this build: see the log of the first rank that failed.'
    throw refuse(where, 'all ranks to take part in time', cause.message.split('\n', 1)[0], hint, cause)
  }
}

function refuse(where: string, expected: string, received: string, hint: string, cause?: unknown) {
  return fault({ code: 'torch/distributed', where: `distributed.${where}`, expected, received, hint, cause })
}
