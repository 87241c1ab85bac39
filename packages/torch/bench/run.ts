// This package beside PyTorch's own Python: the same work, turn by turn, in one run on one machine with equal threads.
//   npm run bench -w @cinelead/torch [-- --json] [-- --rounds 9] [-- --only step]
//   --threads 1 --cpu   one thread each, and processor time instead of the clock's: for machines that other work shares
// Ratios are of the fastest rounds: the fastest round is the one least disturbed.

import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as torch from '../src/index.ts'
import { cases } from './cases.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '9' },
    only: { type: 'string' },
    python: { type: 'string' },
    threads: { type: 'string' },
    cpu: { type: 'boolean' },
  },
})
if (values.threads !== undefined) torch.setNumThreads(Number(values.threads))
const python = values.python ?? '/usr/bin/python3'
const twin = spawn(
  python,
  [fileURLToPath(new URL('./twin.py', import.meta.url)), String(torch.getNumThreads()), values.cpu ? 'cpu' : 'wall'],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
  },
)
const answers = createInterface({ input: twin.stdout })[Symbol.asyncIterator]()
const theirVersion = (await answers.next()).value

/** Milliseconds of the clock, or of this process on the processor. */
function now(): number {
  if (!values.cpu) return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function theirs(index: number, repeats: number): Promise<number> {
  twin.stdin.write(`${index} ${repeats}\n`)
  return Number((await answers.next()).value)
}

const results: { name: string; ours: number; theirs: number; ratio: number; unit: string }[] = []
for (const [index, { name, unit, repeats, build }] of cases.entries()) {
  if (values.only !== undefined && !name.includes(values.only)) continue
  const work = build()
  work()
  let [best, theirBest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < Number(values.rounds); round++) {
    theirBest = Math.min(theirBest, (await theirs(index, repeats)) * 1000)
    const start = now()
    for (let i = 0; i < repeats; i++) work()
    best = Math.min(best, (now() - start) / repeats)
  }
  results.push({ name, ours: best, theirs: theirBest, ratio: best / theirBest, unit: `ms per ${unit}` })
  if (!values.json)
    console.log(`${name.padEnd(60)} ${best.toFixed(3).padStart(10)} ${theirBest.toFixed(3).padStart(10)}  ${(best / theirBest).toFixed(2)}`)
}
twin.stdin.end()
if (values.json) console.log(JSON.stringify(results, null, 2))
else {
  const library = torch.describeLibrary()
  console.log(
    `\n${values.cpu ? 'processor ms' : 'ms'} here, in Python, ratio; ${cpus()[0].model}, ${library.numThreads} threads, libtorch ${library.version} here, ${theirVersion} there,`,
  )
  console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`)
}
