// Whether a long training stands still in memory: live handles, their bytes and the resident memory at step 100 and at the end.
//   node --expose-gc bench/steady.ts [steps, 10000]   exit 1 where handles grew, or memory by more than ALLOWED_BYTES

import * as torch from '../src/index.ts'

const { nn, optim } = torch
const FIRST = 100
const ALLOWED_BYTES = 16e6 // outside V8's heap, whose young half grows by itself; a forgotten float32 [16, 64] a step would be 41 MB after 10,000
const numSteps = Number(process.argv[2] ?? 10_000)

torch.manualSeed(1)
torch.setNumThreads(1)
const net = new nn.Sequential(
  new nn.Conv1d(2, 8, 5, { padding: 2 }),
  new nn.BatchNorm1d(8),
  new nn.GELU(),
  new nn.Dropout(0.1),
  new nn.AdaptiveAvgPool1d(4),
  new nn.Flatten(),
  new nn.Linear(32, 4),
)
const optimiser = new optim.AdamW(net.parameters())
const scaler = new optim.GradScaler({ growthInterval: 500 })
const half = torch.customFunction(
  (_, x) => x.mul(0.5),
  (_, gradient) => [gradient.mul(0.5)],
)
const data = new Float32Array(16 * 2 * 64).map((_, index) => Math.sin(index))

function step(): void {
  torch.scope(() => {
    optimiser.zeroGrad()
    const x = torch.fromArray(data, [16, 2, 64])
    const loss = torch
      .checkpoint((input) => half(net.forward(input)), x)
      .square()
      .mean()
    scaler.scale(loss).backward()
    scaler.unscale_(optimiser)
    nn.utils.clipGradNorm_(net.parameters(), 1)
    scaler.step(optimiser)
    scaler.update()
    loss.item()
  })
}

function measure(): { handles: number; bytes: number; residentBytes: number; v8Bytes: number } {
  globalThis.gc?.()
  const { rss, heapTotal } = process.memoryUsage()
  return { ...torch.live(), residentBytes: rss, v8Bytes: heapTotal }
}

async function run(from: number, to: number): Promise<ReturnType<typeof measure>> {
  for (let i = from; i < to; i++) {
    step()
    if (i % FIRST === 0) await new Promise((resolve) => setImmediate(resolve)) // finalisers run between turns of the event loop, as in any training
  }
  measure()
  await new Promise((resolve) => setImmediate(resolve))
  step()
  return measure()
}

const first = await run(0, FIRST)
const last = await run(FIRST, numSteps)
for (const [at, { handles, bytes, residentBytes, v8Bytes }] of [[FIRST, first] as const, [numSteps, last] as const]) {
  const megabytes = [residentBytes, v8Bytes].map((count) => (count / 1e6).toFixed(1))
  console.log(
    `step ${String(at).padStart(6)}: ${handles} handles, ${bytes} bytes under them, ${megabytes[0]} MB resident (${megabytes[1]} MB of it V8's heap)`,
  )
}
const grownBytes = last.residentBytes - last.v8Bytes - (first.residentBytes - first.v8Bytes)
const isSteady = last.handles === first.handles && last.bytes === first.bytes && grownBytes < ALLOWED_BYTES
if (!isSteady) process.exitCode = 1
