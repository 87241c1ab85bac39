// Many processes, one training: torchrun, Slurm or Kubernetes start them and say who is who by environment variables.
// Hands on: init, rank, worldSize, localRank, isInitialized, allReduce, sumOverRanks, allGather, broadcast, barrier, destroy; launch,
// waitFor and expectAgreement for gradient-reducer.ts.

import { otherIntent } from './agreement.ts'
import { empty, ones } from './creation.ts'
import { cuda } from './cuda.ts'
import { customFunction } from './custom-function.ts'
import { describeLibrary } from './device.ts'
import { fault, TorchError } from './errors.ts'
import { collectives, type Group, type Work } from './native.ts'
import { narrow } from './ops/shape.ts'
import { scope } from './scope.ts'
import { describeShape, describeValue, handleOf, type Tensor } from './tensor.ts'

/** How values of the ranks become one. */
export type Reduction = 'sum' | 'mean' | 'product' | 'min' | 'max'

/** Where to meet and who this is; what is left out is read from the environment variable named beside it. */
export type GroupOptions = {
  /** 'gloo' for tensors on the CPU, 'nccl' for CUDA. */
  backend?: 'gloo' | 'nccl'
  /** MASTER_ADDR and MASTER_PORT: where rank 0 listens, or torchrun itself (TORCHELASTIC_USE_AGENT_STORE). */
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
const MAX_PORT = 65535
const MAX_MS = 2 ** 31 // of C++'s clocks some count in 32 bits
const CODES: Record<Reduction, number> = { sum: 0, mean: 0, product: 2, min: 3, max: 4 } // c10d/Types.hpp, ReduceOp

type Opened = { rank: number; worldSize: number; localRank: number; native: Group; isNccl: boolean }

let group: Opened | undefined

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
  const givenLocalRank = options.localRank ?? (fromEnv('LOCAL_RANK') || wanted.rank)
  const localRank = Number(givenLocalRank)
  const timeoutMs = Math.round((options.timeoutSec ?? TIMEOUT_SEC) * 1000)
  const areWhole = [rank, worldSize, port, localRank].every(Number.isInteger)
  if (
    !areWhole ||
    rank < 0 ||
    rank >= worldSize ||
    localRank < 0 ||
    port < 1 ||
    port > MAX_PORT ||
    !(timeoutMs > 0 && timeoutMs < MAX_MS)
  ) {
    throw refuse(
      'init',
      `whole numbers with 0 ≤ rank < worldSize, 0 ≤ localRank, a port from 1 to ${MAX_PORT} and a time above zero`,
      `rank ${wanted.rank} of ${wanted.worldSize}, localRank ${givenLocalRank}, port ${wanted.port}, ${timeoutMs / 1000} s`,
      'Check the launcher.',
    )
  }
  const backend = options.backend ?? 'gloo'
  const library = describeLibrary()
  if (!(['gloo', 'nccl'].includes(backend) && library[backend])) {
    const hint = 'Install libgloo-dev (Debian) or a PyTorch with its headers and build again; nccl comes with a PyTorch for CUDA.'
    throw refuse('init', 'gloo or nccl, whichever this build has', describeValue(backend), hint)
  }
  const prefix = options.host === undefined && options.port === undefined ? agentPrefix(fromEnv) : null
  const opened = guard('init', () => available().openGroup(backend, String(wanted.host), port, rank, worldSize, timeoutMs, prefix))
  group = { rank, worldSize, localRank, native: opened, isNccl: backend === 'nccl' }
}

/** What sets this attempt's keys apart in the store that torchrun serves at MASTER_PORT; null where rank 0 serves one of its own. */
function agentPrefix(fromEnv: (name: string) => string | undefined): string | null {
  if (fromEnv('TORCHELASTIC_USE_AGENT_STORE') !== 'True') return null
  return `/worker/attempt_${fromEnv('TORCHELASTIC_RESTART_COUNT') ?? 0}`
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
  if (CODES[reduction] === undefined) {
    throw refuse('allReduce', `one of ${Object.keys(CODES).join(', ')}`, describeValue(reduction), 'Reductions are named as text.')
  }
  waitFor('allReduce', launch('allReduce', tensor, reduction))
  if (reduction === 'mean') scope(() => tensor.detach().div_(worldSize()))
  return tensor
}

const summed = customFunction(
  (_, input) => allReduce(input.contiguous().clone()),
  (_, gradient) => [allReduce(gradient.contiguous().clone())],
)

/** The sum over all ranks as a new tensor; gradients flow back, each rank's being the sum of what all ranks' losses say. */
export function sumOverRanks(tensor: Tensor): Tensor {
  opened('sumOverRanks')
  return summed(tensor)
}

const gathered = customFunction(
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
  return tensor.requiresGrad ? gathered(tensor) : gather(tensor)
}

/** Gives every rank the values of one; returns the same tensor. */
export function broadcast(tensor: Tensor, root = 0): Tensor {
  const { worldSize: size } = opened('broadcast')
  if (!(Number.isInteger(root) && root >= 0 && root < size)) {
    throw refuse('broadcast', `a rank below ${size}`, describeValue(root), 'Ranks count from 0.')
  }
  waitFor('broadcast', launch('broadcast', tensor, root))
  return tensor
}

/** Waits until all ranks are here. */
export function barrier(): void {
  const { isNccl, localRank } = opened('barrier')
  scope(() => allReduce(ones([1], { device: isNccl ? `cuda:${localRank}` : 'cpu' })).item())
}

/** Leaves the group, once what is under way has ended: NCCL, unlike Gloo, would break it off. */
export function destroy(): void {
  const leaving = group
  group = undefined
  if (leaving === undefined) return
  if (leaving.isNccl) cuda.synchronize(leaving.localRank)
  available().closeGroup(leaving.native)
}

/**
 * Starts a collective on a tensor's own memory, or into one output per rank; `waitFor` ends it. Only for this package.
 *
 * @param how      The reduction, or the rank that broadcasts.
 * @param isAgreed Whether the ranks have been asked already.
 * @returns        Undefined where there is nothing to carry, which Gloo divides by.
 */
export function launch(
  kind: 'allReduce' | 'allGather' | 'broadcast',
  tensor: Tensor,
  how: Reduction | number,
  outputs: Tensor[] = [],
  isAgreed = false,
): Work | undefined {
  const { native } = opened(kind)
  const handle = handleOf(tensor, kind)
  if (!isAgreed) expectAgreement(kind, `${kind} (${how}) of ${describeValue(tensor)}`)
  if (tensor.numel === 0) return undefined
  const handles = outputs.map((output) => output.handle)
  return guard(kind, () => available().startCollective(native, kind, handle, typeof how === 'number' ? how : CODES[how], handles))
}

/** Waits for a collective; throws where a rank was lost. Only for this package. */
export function waitFor(where: string, work: Work | undefined): void {
  if (work !== undefined) guard(where, () => available().waitFor(work))
}

/**
 * Asks over Gloo whether all ranks are about to do the same: bytes that do not fit would end a process, or be read as something else. NCCL is
 * not asked, since a GPU would have to be waited for. Only for this package.
 */
export function expectAgreement(where: string, own: string): void {
  const { native, worldSize, isNccl } = opened(where)
  if (worldSize === 1 || isNccl) return
  const other = guard(where, () => otherIntent(available(), native, worldSize, own))
  if (other !== undefined)
    throw refuse(
      where,
      `what rank ${other.rank} does, ${other.what}`,
      own,
      'All ranks call the same, in one order, with one shape and dtype.',
    )
}

function gather(input: Tensor): Tensor {
  const { worldSize: size } = opened('allGather')
  const [first, ...rest] = input.shape
  if (first === undefined) throw refuse('allGather', 'a tensor with an axis to join along', describeShape([]), 'Take unsqueeze(0).')
  return scope(() => {
    const whole = empty([size * first, ...rest], { dtype: input.dtype, device: input.device })
    const parts = Array.from({ length: size }, (_, index) => narrow(whole, 0, index * first, first))
    waitFor('allGather', launch('allGather', input.contiguous(), 0, parts))
    return whole
  })
}

function available(): NonNullable<typeof collectives> {
  const hint = 'Install libgloo-dev (Debian) or a PyTorch with its headers and build again.'
  if (collectives === undefined) throw refuse('init', 'a libtorch with Gloo or NCCL', 'a build without their headers', hint)
  return collectives
}

function opened(where: string): Opened {
  if (group === undefined) throw refuse(where, 'an open group', 'none', 'Call distributed.init() first.')
  return group
}

function guard<Result>(where: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof TorchError || !(cause instanceof Error)) throw cause
    const said = cause.message.split('\n', 1)[0].replace(/\.+$/, '')
    throw refuse(where, ...meaningOf(said), cause)
  }
}

/** What was expected where a backend says this, this, and the way out. */
function meaningOf(said: string): [expected: string, received: string, hint: string] {
  if (/Address already in use/.test(said))
    return ['a free port', said, 'Another program listens there: choose another MASTER_PORT on all ranks.']
  const hint = 'Convert with to({ dtype }) and back: float32, float64, float16, int64, int32, int8 and uint8 always go.'
  if (/Invalid scalar type/.test(said)) return ['a dtype that the backend carries', said, hint]
  return ['all ranks to take part in time', said, 'Another rank has ended or hangs: see the log of the first rank that failed.']
}

function refuse(where: string, expected: string, received: string, hint: string, cause?: unknown) {
  return fault({ code: 'torch/distributed', where: `distributed.${where}`, expected, received, hint, cause })
}
