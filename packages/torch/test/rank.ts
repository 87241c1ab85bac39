// One rank of the collective tests: node test/rank.ts <task> with MASTER_ADDR MASTER_PORT RANK WORLD_SIZE set. Prints one line of JSON.

import * as torch from '../src/index.ts'
import { infoNce } from './networks.ts'

const { distributed, nn } = torch
const F = nn.functional
const BATCH = 64

/** Weights and data from a formula, alike in every process. */
function wave(shape: readonly number[], phase: number): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return torch.arange(0, count, { dtype: 'float32' }).mul(0.7).add(phase).sin().reshape(shape)
}

/** Gradients at the input and the parameters of a synchronised BatchNorm, and its running statistics, over rows `from` to `from + length`. */
export function normalised(from: number, length: number): { own: number[]; shared: number[][] } {
  const net = nn.SyncBatchNorm.convert(new nn.Sequential(new nn.BatchNorm2d(3)))
  const norm = net.modules()[1] as torch.nn.SyncBatchNorm
  const x = wave([8, 3, 4, 5], 1).narrow(0, from, length).clone().requiresGrad_()
  const weights = wave([8, 3, 4, 5], 2).narrow(0, from, length)
  net.forward(x).pow(3).mul(weights).sum().backward()
  const values = (tensor: torch.Tensor | undefined) => Array.from(tensor?.toArray() as Float32Array)
  const parts = [norm.weight?.grad, norm.bias?.grad].map((grad) =>
    distributed.isInitialized() ? distributed.allReduce(grad as torch.Tensor) : grad,
  )
  return { own: values(x.grad), shared: [...parts, norm.runningMean, norm.runningVar].map(values) }
}

/** How many buckets are under way when the backward pass reaches the first layer. */
function numTravellingBefore(): number {
  const layers = [new nn.Linear(4, 4), new nn.Linear(4, 4)]
  const reducer = new distributed.GradientReducer(
    layers.flatMap((layer) => layer.parameters()),
    { bucketBytes: 1 },
  )
  let seen = 0
  const probe = torch.customFunction(
    (_, x) => x.clone(),
    (_, gradient) => {
      seen = reducer.numTravelling
      return [gradient]
    },
  )
  reducer.backward(layers[1].forward(probe(layers[0].forward(wave([2, 4], 0)))).sum())
  return seen
}

/** Gradients of a contrastive loss over a batch of which this process holds `length` rows from `from`. */
export function gradients(from: number, length: number, isDistributed: boolean): number[][] {
  const layers = [new nn.Linear(6, 5), new nn.Linear(7, 5)]
  for (const [index, layer] of layers.entries()) torch.noGrad(() => layer.weight.copy_(wave(layer.weight.shape, index)))
  for (const layer of layers) torch.noGrad(() => layer.bias?.zero_())
  const embed = (layer: torch.nn.Linear, x: torch.Tensor) => F.normalize(layer.forward(x.narrow(0, from, length)), 2, -1)
  const [a, b] = [embed(layers[0], wave([BATCH, 6], 1)), embed(layers[1], wave([BATCH, 7], 2))]
  const parameters = layers.flatMap((layer) => layer.parameters())
  if (isDistributed) {
    const reducer = new distributed.GradientReducer(parameters, { bucketBytes: 100 })
    reducer.backward(infoNce(distributed.allGather(a), distributed.allGather(b)))
  } else infoNce(a, b).backward()
  return parameters.map((parameter) => Array.from(parameter.grad?.toArray() as Float32Array))
}

/** Gradients after a step in which rank 1 leaves one layer out, both leave out another and a third is frozen; and what AdamW then moved. */
function partlyUsed(): { grads: unknown[]; moved: boolean[] } {
  const layers = Array.from({ length: 4 }, () => new nn.Linear(2, 1, { bias: false }))
  const [both, first, none, frozen] = layers
  frozen.requiresGrad_(false)
  const parameters = layers.map(({ weight }) => weight)
  const reducer = new distributed.GradientReducer(parameters)
  const before = parameters.map((parameter) => parameter.detach().clone())
  const x = wave([3, 2], 0)
  const loss = both.forward(x).sum().add(frozen.forward(x).sum())
  reducer.backward(distributed.rank() === 0 ? loss.add(first.forward(x).sum()) : loss)
  new torch.optim.AdamW(parameters, { weightDecay: 0.5 }).step()
  const moved = parameters.map((parameter, index) => parameter.ne(before[index]).any().item() === 1)
  return { grads: [both, first, none, frozen].map(({ weight }) => weight.grad?.flatten().tolist() ?? null), moved }
}

const HALF_SHAPE = [4, 2, 128, 128]

/** What goes into a synchronised BatchNorm in 16 bits: more places than their numbers can count. */
export function halfInput(dtype: torch.Dtype): torch.Tensor {
  return wave(HALF_SHAPE, 1).mul(3).add(1).to(dtype)
}

function halfNormalised(dtype: 'float16' | 'bfloat16'): unknown {
  const norm = new nn.SyncBatchNorm(2)
  const own = halfInput(dtype).narrow(0, distributed.rank() * 2, 2)
  const y = torch.autocast('cpu', () => norm.forward(own), { dtype: 'bfloat16' })
  const first = y.float().flatten().slice(0, 0, 64).tolist()
  return { dtype: y.dtype, first, mean: norm.runningMean?.tolist(), variance: norm.runningVar?.tolist() }
}

/** How a synchronised BatchNorm of a batch ends of which rank 0 has one sample and rank 1 as many as said. */
function smallBatch(numSecond: number): string {
  const norm = new nn.SyncBatchNorm(2)
  try {
    return `shape ${norm.forward(wave([distributed.rank() === 0 ? 1 : numSecond, 2], distributed.rank())).shape}`
  } catch (error) {
    return (error as torch.TorchError).code
  }
}

/** What each call says where the ranks do unlike things, and that they work on together after it. */
function unlike(): unknown {
  const first = distributed.rank() === 0
  const said = (call: () => torch.Tensor) => {
    try {
      return call().shape
    } catch (error) {
      return (error as Error).message
    }
  }
  return {
    shapes: said(() => distributed.allReduce(torch.ones([first ? 4 : 8]))),
    dtypes: said(() => distributed.allReduce(torch.ones([4], { dtype: first ? 'float32' : 'int32' }))),
    order: said(() => (first ? distributed.broadcast(torch.ones([4])) : distributed.allReduce(torch.ones([4])))),
    batches: said(() => distributed.allGather(torch.ones([first ? 1 : 2, 2], { requiresGrad: true }))),
    networks: said(() => new distributed.GradientReducer(new nn.Linear(first ? 4 : 5, 2).parameters()) as never),
    empty: said(() => distributed.allGather(torch.zeros([0, 3]))),
    flags: said(() => distributed.allReduce(torch.tensor([true]))),
    sum: distributed.allReduce(torch.ones([1])).item(),
  }
}

if (process.argv[2] === 'sum') {
  distributed.init({ timeoutSec: 30 })
  const sum = distributed.allReduce(torch.tensor([distributed.rank() + 1])).item()
  distributed.destroy()
  console.log(JSON.stringify({ sum }))
} else if (process.argv[2] === 'uneven') {
  torch.setNumThreads(1)
  distributed.init({ timeoutSec: 30 })
  const half = [halfNormalised('float16'), halfNormalised('bfloat16')]
  console.log(JSON.stringify({ ...partlyUsed(), half, small: [smallBatch(1), smallBatch(0)] }))
  distributed.destroy()
} else if (process.argv[2] === 'unlike') {
  distributed.init({ timeoutSec: 30 })
  console.log(JSON.stringify(unlike()))
  distributed.destroy()
} else if (process.argv[2] === 'gradients') {
  torch.setNumThreads(1)
  distributed.init({ timeoutSec: 30 })
  const length = BATCH / distributed.worldSize()
  const result = gradients(distributed.rank() * length, length, true)
  const rows = 8 / distributed.worldSize()
  const batchNorm = normalised(distributed.rank() * rows, rows)
  const numTravelling = numTravellingBefore()
  const sum = distributed.allReduce(torch.tensor([distributed.rank() + 1])).item()
  const most = distributed.allReduce(torch.tensor([distributed.rank() + 1]), 'max').item()
  const first = distributed.broadcast(torch.tensor([distributed.rank() + 7])).item()
  distributed.barrier()
  distributed.destroy()
  console.log(JSON.stringify({ result, sum, most, first, batchNorm, numTravelling }))
} else if (process.argv[2] === 'lost-in-backward') {
  distributed.init({ timeoutSec: 5 })
  const layer = new nn.Linear(4, 4)
  const reducer = new distributed.GradientReducer(layer.parameters())
  if (distributed.rank() === 1) process.exit(9) // as a machine that fails
  try {
    reducer.backward(layer.forward(wave([2, 4], 0)).sum())
    console.log(JSON.stringify({ code: 'none' }))
  } catch (error) {
    console.log(JSON.stringify({ code: (error as torch.TorchError).code, message: (error as Error).message }))
  }
  process.exit(0)
} else if (process.argv[2] === 'lost') {
  distributed.init({ timeoutSec: 5 })
  distributed.barrier()
  if (distributed.rank() === 1) process.exit(9) // as a machine that fails
  try {
    distributed.allReduce(torch.ones([4]))
    console.log(JSON.stringify({ code: 'none' }))
  } catch (error) {
    console.log(JSON.stringify({ code: (error as torch.TorchError).code, message: (error as Error).message }))
  }
  process.exit(0)
}
