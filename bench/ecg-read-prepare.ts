// How fast a core reads and prepares GE CardioSoft XML, beside a Python twin, and how a long folder streams over all cores.
//
//   node bench/ecg-read-prepare.ts            50 made files, four rounds on one core, then the twin on the same files, nine times over
//   node bench/ecg-read-prepare.ts 10000      the same files read 10,000 times by one worker a core, with memory
//
// Rates are files per second of CPU time, so that other work on the machine does not count. Both sides print the sum of all prepared
// samples: they must agree.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { createRandom } from '../packages/cinelead/src/base/seed.ts'
import { readCardiosoftXml, writeCardiosoftXml } from '../packages/cinelead/src/formats/cardiosoft-xml.ts'
import { standardLeads } from '../packages/cinelead/src/formats/recording.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'

const numTurns = 9
const roundsPerTurn = 4

function makeFolder(count: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecg-read-prepare-'))
  mkdirSync(folder, { recursive: true })
  for (let file = 0; file < count; file++) {
    const random = createRandom(file)
    const [rr, wander] = [random.between(350, 550), random.between(0.1, 0.4)]
    const limb = [random.between(0.3, 1), random.between(0.5, 1.2)]
    const sizes = [limb[0], limb[1], limb[1] - limb[0], -(limb[0] + limb[1]) / 2, limb[0] - limb[1] / 2, limb[1] - limb[0] / 2]
    for (let chest = 0; chest < 6; chest++) sizes.push(random.between(-1, 1.5))
    const ecg_LT = new Float32Array(60000)
    for (let l = 0; l < 12; l++) {
      for (let t = 0; t < 5000; t++) {
        const phase = (t % rr) - rr / 2
        const beat =
          Math.exp(-0.5 * (phase / 5) ** 2) +
          0.25 * Math.exp(-0.5 * ((phase - 130) / 20) ** 2) +
          0.1 * Math.exp(-0.5 * ((phase + 80) / 10) ** 2)
        ecg_LT[l * 5000 + t] = sizes[l] * beat + wander * Math.sin(t / 700 + l) + 0.01 * random.normal()
      }
    }
    const made = { format: 'made', rateHz: 500, leads: standardLeads, numSamples: 5000, ecg_LT, resolutionUv: standardLeads.map(() => 5) }
    writeFileSync(
      join(folder, `${file}.xml`),
      writeCardiosoftXml({ ...made, filters: { notchHz: [50] }, printed: {}, statements: [] }, { resolutionUv: 5 }),
    )
  }
  return folder
}

function run(paths: readonly string[], rounds: number): { files: number; cpuSec: number; sum: number } {
  for (let warm = 0; warm < 60; warm++) prepareEcg(readCardiosoftXml(readFileSync(paths[warm % paths.length])))
  const started = process.cpuUsage()
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    for (const path of paths) {
      const { ecg_LT } = prepareEcg(readCardiosoftXml(readFileSync(path)))
      for (let i = 0; i < ecg_LT.length; i++) sum += Math.abs(ecg_LT[i])
    }
  }
  const used = process.cpuUsage(started)
  return { files: rounds * paths.length, cpuSec: (used.user + used.system) / 1e6, sum: sum / rounds }
}

/** Both sides by turns, so that what else the machine does falls on both. */
function compare(folder: string, paths: readonly string[]) {
  const twinPath = fileURLToPath(new URL('ecg-read-prepare.py', import.meta.url))
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const turns = Array.from({ length: numTurns }, () => {
    const own = run(paths, roundsPerTurn)
    const twin = JSON.parse(
      execFileSync('/usr/bin/python3', [twinPath, folder, String(roundsPerTurn)], { encoding: 'utf8', env }),
    ) as typeof own
    return { own, twin, times: twin.cpuSec / own.cpuSec }
  })
  const [{ own, twin }] = turns
  const rate = (side: 'own' | 'twin'): number =>
    Number((turns.reduce((sum, turn) => sum + turn[side].files, 0) / turns.reduce((sum, turn) => sum + turn[side].cpuSec, 0)).toFixed(1))
  const times = turns.map((turn) => Number(turn.times.toFixed(2))).sort((p, q) => p - q)
  return {
    filesPerCpuSec: { cinelead: rate('own'), python: rate('twin') },
    times: { median: times[times.length >> 1], ofEachTurn: times },
    sumsDiffer: Math.abs(own.sum / twin.sum - 1),
  }
}

async function stream(paths: readonly string[], total: number): Promise<void> {
  const workers = availableParallelism()
  const started = performance.now()
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, process.memoryUsage().rss / 2 ** 20)
  }, 200)
  const atStart = process.memoryUsage().rss / 2 ** 20
  let halfMb = 0
  await Promise.all(
    Array.from({ length: workers }, (_, worker) => {
      const share = Math.floor(total / workers) + (worker < total % workers ? 1 : 0)
      return new Promise<void>((resolve, reject) => {
        const thread = new Worker(fileURLToPath(import.meta.url), { workerData: { paths, share } })
        thread.on('message', () => {
          halfMb = Math.max(halfMb, process.memoryUsage().rss / 2 ** 20)
        })
        thread.on('error', reject)
        thread.on('exit', () => resolve())
      })
    }),
  )
  clearInterval(watch)
  const wallSec = (performance.now() - started) / 1000
  const used = process.cpuUsage()
  const result = {
    files: total,
    workers,
    wallSec: Number(wallSec.toFixed(1)),
    filesPerSec: Number((total / wallSec).toFixed(1)),
    coresBusy: Number(((used.user + used.system) / 1e6 / wallSec).toFixed(2)),
    rssMb: { start: Math.round(atStart), halfWay: Math.round(halfMb), peak: Math.round(peakMb) },
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

if (!isMainThread) {
  const { paths, share } = workerData as { paths: string[]; share: number }
  for (let file = 0; file < share; file++) {
    prepareEcg(readCardiosoftXml(readFileSync(paths[file % paths.length])))
    if (file === Math.floor(share / 2)) parentPort?.postMessage('half')
  }
} else {
  const folder = makeFolder(50)
  try {
    const paths = readdirSync(folder).map((name) => join(folder, name))
    const total = Number(process.argv[2] ?? 0)
    if (total > 0) await stream(paths, total)
    else process.stdout.write(`${JSON.stringify(compare(folder, paths), undefined, 1)}\n`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
