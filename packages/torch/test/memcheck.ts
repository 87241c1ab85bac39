// What the sanitizers watch (scripts/memcheck.sh): every kind of native call a few times, the wrong uses too, in one process.
//   node --expose-gc test/memcheck.ts [port]   with a port, also the collectives, alone in a group

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { native } from '../src/native.ts'
import * as torch from '../src/index.ts'

const ROUNDS = 3
const { nn, optim, distributed } = torch

torch.setNumThreads(1)
const folder = mkdtempSync(join(tmpdir(), 'memcheck-'))
const port = Number(process.argv[2] ?? 0)
if (port > 0) distributed.init({ host: '127.0.0.1', port, rank: 0, worldSize: 1, timeoutSec: 30 })
const net = nn.SyncBatchNorm.convert(new nn.Sequential(new nn.Linear(4, 3), new nn.BatchNorm1d(3), new nn.GELU()))
const optimiser = new optim.AdamW(net.parameters())
const scaler = new optim.GradScaler()
let reducer = port > 0 ? new distributed.GradientReducer(net.parameters(), { bucketBytes: 16 }) : undefined
const twice = torch.customFunction(
  (_, x) => x.mul(2),
  (_, gradient) => [gradient.mul(2)],
)
const views: torch.TypedArray[] = []

function train(round: number): void {
  optimiser.zeroGrad()
  const x = torch.fromArray(
    Float32Array.from({ length: 8 }, (_, i) => Math.sin(i + round)),
    [2, 4],
  )
  const loss = torch
    .checkpoint((input) => twice(net.forward(input)), x)
    .square()
    .sum()
  if (reducer === undefined) scaler.scale(loss).backward()
  else reducer.backward(scaler.scale(loss))
  scaler.unscale_(optimiser)
  nn.utils.clipGradNorm_(net.parameters(), 1)
  scaler.step(optimiser)
  scaler.update()
  torch.detectAnomaly(() => net.forward(x).exp().sum().backward())
  const leaf = torch.ones([2], { requiresGrad: true })
  native.differentiate([twice(leaf).sum().handle], [], null, false, false, false, true) // answered from another thread
  torch.grad(leaf.pow(3).sum(), leaf, undefined, { createGraph: true })[0]?.sum().backward()
}

function values(): void {
  const x = torch.randn([3, 4])
  torch.cat([x, x.neg()], 0).max(1)[0].toArray()
  views.push(x.clone().asArray(), x.t().contiguous().asArray())
  x.index([torch.tensor([0, 2], { dtype: 'int64' }), undefined]).tolist()
  torch.fromArray(new Float32Array(new SharedArrayBuffer(16)), [4]).add_(1)
  torch.call('aten::split_with_sizes', x, [1, 2], 0)
  torch.call('aten::cummax', x, 1)
  torch.setRngState(torch.getRngState())
  torch.autocast('cpu', () => x.matmul(x.t()))
  String(x)
  torch.operatorNames()
}

function files(): void {
  const path = join(folder, 'a.safetensors')
  torch.saveSafetensors(path, { ...net.stateDict(), ...optimiser.stateDict() })
  net.loadStateDict(torch.loadSafetensors(path), { strict: false })
}

function collectives(): void {
  const x = torch.ones([2, 3], { requiresGrad: true })
  distributed.allGather(x.mul(2)).sum().backward()
  distributed.sumOverRanks(x).sum().backward()
  distributed.broadcast(x.detach())
  distributed.barrier()
}

const ones = () => torch.ones([2, 3])
const wrongUses: (() => unknown)[] = [
  () => ones().matmul(ones()),
  () => torch.call('nothing'),
  () => torch.call('aten::add.Tensor', ones(), 'text'),
  () => torch.ones([2 ** 50]),
  () => ones().sum(9),
  () => freed().add(1),
  () => torch.fromArray(detached(), [4]),
  () => torch.grad(ones(), ones()),
  () => torch.setRngState(ones()),
  () => torch.loadSafetensors(join(folder, 'nothing')),
  () => torch.detectAnomaly(() => torch.zeros([1], { requiresGrad: true }).sqrt().mul(0).backward()),
  ...Object.entries(native as unknown as Record<string, (...args: unknown[]) => unknown>).flatMap(([, call]) => [
    () => call(),
    () => call(-1, null),
    () => call('a', {}, [2 ** 60]),
  ]),
]

function expectRefusal(wrong: () => unknown): void {
  try {
    torch.scope(wrong)
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
}

/** What JavaScript held must be gone from C++ too once it is collected. */
async function collected(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  ones().free() // and with it whatever waits to be released
}

function freed(): torch.Tensor {
  const x = ones()
  x.free()
  return x
}

function detached(): Float32Array {
  const array = new Float32Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

for (let round = 0; round < ROUNDS; round++) {
  torch.scope(() => train(round))
  torch.scope(values)
  torch.scope(files)
  for (const wrong of wrongUses) expectRefusal(wrong)
  if (port > 0) torch.scope(collectives)
}
if (views.some((view) => view.length === 0)) throw new RangeError('a view lost its memory')
if (port > 0) distributed.destroy()
reducer = undefined
await collected()
rmSync(folder, { recursive: true })
