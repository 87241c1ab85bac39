// This package beside PyTorch's own Python: the same work in turns of a fraction of a second, in one run on one machine with equal threads.
//   npm run bench -w @cinelead/torch [-- --json] [-- --rounds 31] [-- --only step] [-- --device cuda:0 --dtype bfloat16 --capture]
//   --threads 1 --cpu   one thread each, and processor time instead of the clock's: for machines that other work shares
// Numbers are medians over the rounds; a round's ratio is of two turns side by side, and the spread is between the ratios' quartiles.

import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as torch from '../src/index.ts'
import { casesOn, type Setting } from './cases.ts'

const PEAK_FLOPS = 989e12 // NVIDIA's data sheets of the H100 and H200 (SXM): dense products in bfloat16 a second
const WARM_UP = 3 // rounds that do not count: kernels are chosen, caches and heaps grow

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '31' },
    only: { type: 'string' },
    python: { type: 'string' },
    threads: { type: 'string' },
    cpu: { type: 'boolean' },
    device: { type: 'string', default: 'cpu' },
    dtype: { type: 'string', default: 'float32' },
    capture: { type: 'boolean', default: false },
  },
})
const setting = { device: values.device, dtype: values.dtype as torch.Dtype, isCaptured: values.capture } satisfies Setting
if (values.threads !== undefined) torch.setNumThreads(Number(values.threads))
const threads = String(torch.getNumThreads())
const twin = spawn(
  values.python ?? (setting.device === 'cpu' ? '/usr/bin/python3' : 'python3'),
  [fileURLToPath(new URL('./twin.py', import.meta.url)), threads, values.cpu ? 'cpu' : 'wall', setting.device, setting.dtype],
  // OpenBLAS takes its number of threads from the environment alone where Python is asked.
  { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, OPENBLAS_NUM_THREADS: threads, OMP_NUM_THREADS: threads } },
)
const answers = createInterface({ input: twin.stdout })[Symbol.asyncIterator]()
const theirVersion = await theirAnswer()

type Result = { name: string; ours: number; theirs: number; ratio: number; unit: string; low: number; high: number; flops?: number }

/** Milliseconds of the clock, or of this process on the processor. */
function now(): number {
  if (!values.cpu) return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** A line of the twin's; it tells on standard error why it ended, where it did. */
async function theirAnswer(): Promise<string> {
  const { value, done } = await answers.next()
  if (done) throw new Error('bench/twin.py ended before it answered: its own words are above')
  return value
}

async function askThem(index: number, repeats: number): Promise<number> {
  twin.stdin.write(`${index} ${repeats}\n`)
  return Number(await theirAnswer())
}

async function theirTurn(index: number, repeats: number): Promise<number> {
  return (await askThem(index, repeats)) * 1000
}

function ourTurn(work: () => void, repeats: number): number {
  const start = now()
  for (let i = 0; i < repeats; i++) work()
  if (setting.device !== 'cpu') torch.cuda.synchronize(setting.device)
  return (now() - start) / repeats
}

/** The value below which a part of the values lies. */
function quantile(list: readonly number[], part: number): number {
  const sorted = [...list].sort((a, b) => a - b)
  const place = part * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place % 1)
}

const results: Result[] = []
for (const [index, { name, unit, repeats, build }] of casesOn(setting).entries()) {
  if (values.only !== undefined && !new RegExp(values.only).test(name)) continue
  const work = build()
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = -WARM_UP; round < Number(values.rounds); round++) {
    const isTheirsFirst = round % 2 === 0 // who comes second finds the caches as the other left them: by turns
    const first = isTheirsFirst ? await theirTurn(index, repeats) : ourTurn(work, repeats)
    const second = isTheirsFirst ? ourTurn(work, repeats) : await theirTurn(index, repeats)
    if (round < 0) continue
    ours.push(isTheirsFirst ? second : first)
    theirs.push(isTheirsFirst ? first : second)
  }
  const ratios = ours.map((value, round) => value / theirs[round])
  const [low, ratio, high] = [0.25, 0.5, 0.75].map((part) => quantile(ratios, part))
  const result: Result = { name, ours: quantile(ours, 0.5), theirs: quantile(theirs, 0.5), ratio, unit: `ms per ${unit}`, low, high }
  // counted by PyTorch: products and convolutions of the same network, forwards and backwards
  if (setting.device !== 'cpu' && unit === 'step') result.flops = (await askThem(index, 0)) || undefined
  results.push(result)
  if (!values.json) console.log(line(result))
}
twin.stdin.end()
if (values.json) console.log(JSON.stringify(results, null, 2))
else {
  const library = torch.describeLibrary()
  const { device, dtype, isCaptured } = setting
  console.log(`
${values.cpu ? 'processor ms' : 'ms'} here, in Python, ratio (its quartiles): medians of ${values.rounds} rounds; ${device} ${dtype}${isCaptured ? ' captured' : ''},
${cpus()[0].model}, ${threads} threads, libtorch ${library.version} here, ${theirVersion} there, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`)
}

function line({ name, ours, theirs, ratio, low, high, flops }: Result): string {
  const numbers = [ours, theirs].map((value) => value.toFixed(3).padStart(10)).join(' ')
  const [own, other] = [ours, theirs].map((value) => `${((100 * Number(flops)) / (value / 1000) / PEAK_FLOPS).toFixed(2)} %`)
  const shares = flops === undefined || setting.dtype !== 'bfloat16' ? '' : `  ${own} of the matrix peak here, ${other} there`
  return `${name.padEnd(60)} ${numbers}  ${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})${shares}`
}
