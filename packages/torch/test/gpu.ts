// What only a GPU can show, in a minute: node test/gpu.ts. Prints one line a check, exit 1 where one fails. Written without a GPU at hand.
//   --without-values  on the stand-in for a GPU, which computes nothing: only whether every call is lawful (scripts/try-debian.sh)
// Truth: the same work on the CPU in float32 (tolerances for TF32 and other orders of summing), and the data sheet for the matrix peak.

import * as torch from '../src/index.ts'

const { nn, optim, cuda } = torch
const LOOSE = 2e-2
const MATRIX_SIZE = 8192
const NUM_PRODUCTS = 20
const PORT = 29511

const hasValues = !process.argv.includes('--without-values')

const random = torch.scope(() => torch.keep(torch.randn([32, 16])))
const checks: [name: string, run: () => string][] = [
  ['a training on the GPU goes as on the CPU, fused against plain AdamW', () => close(train('cpu', false), train('cuda:0', false))],
  ['a captured step goes as the eager one', () => close(train('cuda:0', false), train('cuda:0', true))],
  ['a gradient in TypeScript is asked for from the GPU thread', () => cubed((cube, x) => cube(x))],
  ['also where the root is on the CPU', () => cubed((cube, x) => cube(x).cpu())],
  ['a checkpoint runs its own backward pass on the GPU thread', () => cubed((cube, x) => torch.checkpoint(cube, x))],
  ['pinned memory copies beside a stream of its own', pinned],
  ['the current stream waits for another, whose tensor it records', waited],
  ['what runs on a second GPU is captured there', secondGpu],
  ['it is asked whether it is idle, without waiting', idle],
  ['random states come back', randomState],
  ['memory is counted and given back', memory],
  ['float16 gradients are scaled', scaled],
  ['bf16 matrix product', matrixPeak],
  ['collectives of NCCL, with one rank', collectives],
]

if (!cuda.isAvailable()) {
  console.log('no GPU: nothing to check')
  process.exit(0)
}
for (const [name, run] of checks) {
  try {
    console.log(`ok     ${name}: ${torch.scope(run)}`)
  } catch (error) {
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

/** The loss after ten steps; captured ones replay what three warm-up runs and the capture itself have begun. */
function train(device: string, isCaptured: boolean): number {
  torch.manualSeed(1)
  const net = new nn.Sequential(new nn.Linear(16, 32), new nn.GELU(), new nn.Linear(32, 4)).to({ device })
  const optimiser = new optim.AdamW(net.parameters(), { lr: 1e-2 })
  const x = torch.keep(random.to({ device }))
  const result = torch.keep(torch.zeros([], { device }))
  const step = () =>
    torch.scope(() => {
      optimiser.zeroGrad({ setToNone: !isCaptured })
      const loss = net.forward(x).square().mean()
      loss.backward()
      nn.utils.clipGradNorm_(net.parameters(), 0.1)
      optimiser.step()
      torch.noGrad(() => result.copy_(loss))
    })
  if (isCaptured) {
    const graph = cuda.capture(step, device) // three runs
    for (let i = 3; i < 10; i++) graph.replay()
  } else for (let i = 0; i < 10; i++) step()
  return result.item()
}

/** The sum of d/dx Σ x³ at 1 and 2, by a function whose gradient is in TypeScript. */
function cubed(rootOf: (cube: (x: torch.Tensor) => torch.Tensor, x: torch.Tensor) => torch.Tensor): string {
  const cube = torch.customFunction(
    (saved, x) => {
      saved.x = x
      return x.pow(3)
    },
    (saved, gradient) => [gradient.mul((saved.x as torch.Tensor).square()).mul(3)],
  )
  const x = torch.tensor([1, 2], { requiresGrad: true }).cuda().detach().requiresGrad_()
  rootOf(cube, x).sum().backward()
  return close(x.grad?.sum().item() ?? Number.NaN, 15)
}

function pinned(): string {
  const stream = new cuda.Stream()
  const source = random.pinMemory()
  const copy = stream.run(() => source.to({ device: 'cuda:0', nonBlocking: true }))
  stream.synchronize()
  if (!source.isPinned()) throw new RangeError('not pinned')
  return close(copy.sum().item(), random.sum().item())
}

function waited(): string {
  const stream = new cuda.Stream()
  const source = random.pinMemory()
  const copy = stream.run(() => source.to({ device: 'cuda:0', nonBlocking: true }))
  const main = cuda.currentStream()
  main.waitFor(stream)
  main.record(copy)
  const sum = copy.sum()
  copy.free()
  stream.run(() => cuda.currentStream().waitFor(main))
  return close(sum.item(), random.sum().item())
}

function secondGpu(): string {
  if (cuda.deviceCount() < 2) return 'there is one only'
  const answer = close(train('cuda:1', true), train('cuda:1', false))
  cuda.synchronize('cuda:1')
  const inside = new cuda.Stream(1).run(() => torch.zeros([1], { device: 'cuda' }).device)
  const outside = torch.zeros([1], { device: 'cuda' }).device
  if (`${inside} ${outside}` !== 'cuda:1 cuda:0')
    throw new RangeError(`expected cuda:1 inside, cuda:0 outside but received ${inside}, ${outside}`)
  return answer
}

function idle(): string {
  const a = torch.randn([MATRIX_SIZE, MATRIX_SIZE], { device: 'cuda:0', dtype: 'bfloat16' })
  for (let i = 0; i < NUM_PRODUCTS; i++) torch.scope(() => void a.matmul(a))
  const isBusy = !cuda.isIdle()
  cuda.synchronize()
  if (!cuda.isIdle()) throw new RangeError('busy after it was waited for')
  if (hasValues && !isBusy) throw new RangeError(`idle with ${NUM_PRODUCTS} products to go`)
  return isBusy ? 'busy, then idle' : 'idle'
}

function randomState(): string {
  const state = torch.getRngState('cuda:0')
  const first = torch.rand([4], { device: 'cuda:0' }).sum().item()
  torch.setRngState(state, 'cuda:0')
  return close(torch.rand([4], { device: 'cuda:0' }).sum().item(), first)
}

function memory(): string {
  const { now: before, free } = cuda.memoryBytes()
  const x = torch.ones([1024, 1024], { device: 'cuda:0' })
  const { now, free: left } = cuda.memoryBytes()
  const grown = now - before
  if (!(free > grown && left <= free)) throw new RangeError(`${left} of ${free} bytes free with ${grown} more in use`)
  x.free()
  cuda.emptyCache()
  return `${close(grown, 2 ** 22)}, ${close(cuda.memoryBytes().now + 1, before + 1)}`
}

function scaled(): string {
  const layer = new nn.Linear(16, 4).to({ device: 'cuda:0' })
  const scaler = new optim.GradScaler()
  const optimiser = new optim.SGD(layer.parameters(), { lr: 0.1 })
  const loss = torch.autocast('cuda', () => layer.forward(random.cuda()).float().square().mean(), { dtype: 'float16' })
  scaler.scale(loss).backward()
  if (!scaler.step(optimiser)) throw new RangeError('the step was left out')
  scaler.update()
  return `scale ${scaler.getScale()}`
}

function matrixPeak(): string {
  const a = torch.randn([MATRIX_SIZE, MATRIX_SIZE], { device: 'cuda:0', dtype: 'bfloat16' })
  const multiply = () => torch.scope(() => void a.matmul(a))
  multiply()
  cuda.synchronize()
  const start = performance.now()
  for (let i = 0; i < NUM_PRODUCTS; i++) multiply()
  cuda.synchronize()
  const seconds = (performance.now() - start) / 1000
  if (!hasValues) return 'not measured'
  return `${((2 * MATRIX_SIZE ** 3 * NUM_PRODUCTS) / seconds / 1e12).toFixed(0)} TFLOP/s (data sheets of the H100 and H200: 989 dense)`
}

function collectives(): string {
  const { distributed } = torch
  distributed.init({ backend: 'nccl', host: '127.0.0.1', port: PORT, rank: 0, worldSize: 1, localRank: 0, timeoutSec: 60 })
  try {
    const layer = new nn.Linear(16, 4).to({ device: 'cuda:0' })
    const reducer = new distributed.GradientReducer(layer.parameters())
    const lossOf = () => layer.forward(distributed.allGather(random.cuda())).square().mean()
    lossOf().backward()
    const plain = layer.weight.grad?.abs().sum().item() ?? Number.NaN
    for (const param of layer.parameters()) param.grad = undefined
    reducer.backward(lossOf())
    distributed.barrier()
    return close(distributed.allReduce(layer.weight.grad?.abs().sum() ?? torch.zeros([])).item(), plain)
  } finally {
    distributed.destroy()
  }
}

function close(value: number, expected: number): string {
  if (!hasValues) return 'not compared'
  if (Math.abs(value - expected) <= LOOSE * Math.abs(expected)) return `${value.toPrecision(5)}`
  throw new RangeError(`expected ${expected} but received ${value}`)
}
