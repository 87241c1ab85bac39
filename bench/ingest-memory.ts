// Whether `ingest` stays as small as it starts: a raw folder of many subjects (a few simulated ones under many numbers, as links), ingested by the
// command itself in a process of its own, whose resident memory is read each second.
// Run: node bench/ingest-memory.ts [subjects] [demo or ukb]      Linux only: memory is read from /proc.
import { execFileSync, spawn } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NUM_SIMULATED = 8
const FIRST_EID = 9_000_001
const numSubjects = Number(process.argv[2] ?? 1000)
const scanner = process.argv[3] ?? 'demo'
const cli = fileURLToPath(new URL('../packages/cinelead/src/cli/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cinelead-bench-memory-'))
const [few, many] = [join(folder, 'few'), join(folder, 'many')]

function multiply(): void {
  execFileSync(process.execPath, [cli, 'simulate', '--out', few, '--subjects', String(NUM_SIMULATED), '--scanner', scanner], {
    stdio: 'ignore',
  })
  for (const field of ['20205', '20209']) {
    const files = readdirSync(join(few, field)).sort()
    mkdirSync(join(many, field), { recursive: true })
    for (let index = 0; index < numSubjects; index++) {
      const name = files[index % files.length]
      linkSync(join(few, field, name), join(many, field, name.replace(/^\d+/, String(FIRST_EID + index))))
    }
  }
}

const residentMb = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

try {
  multiply()
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [cli, 'ingest', many, '--store', join(folder, 'store'), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let answer = ''
  child.stdout.on('data', (piece) => (answer += piece))
  const samplesMb: number[] = []
  const clock = setInterval(() => child.pid !== undefined && child.exitCode === null && samplesMb.push(residentMb(child.pid)), 1000)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(clock)
  if (code !== 0) throw new TypeError(`ingest ended with ${code}`)
  const sec = Number(process.hrtime.bigint() - start) / 1e9
  const mean = (from: number, to: number) => {
    const part = samplesMb.slice(Math.floor(from * samplesMb.length), Math.max(1, Math.ceil(to * samplesMb.length)))
    return part.reduce((sum, one) => sum + one, 0) / part.length
  }
  const tenths = Array.from({ length: 10 }, (_, tenth) => mean(tenth / 10, (tenth + 1) / 10).toFixed(0))
  const { numKept, numDropped } = JSON.parse(answer.trim().split('\n').at(-1) ?? '{}') as { numKept?: number; numDropped?: number }
  console.log(`${numSubjects} subjects (${scanner}) in ${sec.toFixed(0)} s, kept ${numKept}, dropped ${numDropped}`)
  console.log(`resident MiB in each tenth of the time: ${tenths.join(' ')}; most ${Math.max(...samplesMb).toFixed(0)}`)
} finally {
  rmSync(folder, { recursive: true })
}
