// What the simulator's population looks like, what its ECG can tell, and how fast it is made.
// Run: node bench/simulator.ts [people, default 1500]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { phenotypeIds } from '../packages/cinelead/src/base/phenotypes.ts'
import { createSilentReport } from '../packages/cinelead/src/cli/progress.ts'
import { simulateStore } from '../packages/cinelead/src/cli/simulate-store.ts'
import { explainCeiling } from '../packages/cinelead/src/simulate/explain.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { truePhenotypes } from '../packages/cinelead/src/simulate/phenotype-truth.ts'
import { enrichedPrevalence, populationPrevalence } from '../packages/cinelead/src/simulate/population.ts'
import { preparedSubject } from '../packages/cinelead/src/simulate/prepared-subject.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'
import { subjectFiles } from '../packages/cinelead/src/simulate/subject-files.ts'

const numPeople = Number(process.argv[2] ?? 1500)

for (const [name, prevalence] of [
  ['population', populationPrevalence],
  ['enriched (default)', enrichedPrevalence],
] as const) {
  const people = Array.from({ length: numPeople }, (_, i) => drawPerson('bench', i, { prevalence }))
  const ceiling = explainCeiling(people)
  console.log(`\n${name}, ${numPeople} people\nphenotype  mean ± SD            ceiling R²  best single parameter`)
  for (const id of phenotypeIds) {
    const values = people.map((person) => truePhenotypes(person)[id])
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    const row = ceiling.find(({ phenotype }) => phenotype === id)
    console.log(
      `${id.padEnd(9)} ${mean.toFixed(3).padStart(9)} ± ${sd.toFixed(3).padEnd(9)} ${row?.r2.toFixed(3)}       ${row?.bestSingleR2.toFixed(3)} ${row?.bestSingle}`,
    )
  }
}

// Reference women as Petersen 2017 (JCMR 19:18, table 3) chose them; limits of 95 % as another group's public program quotes them.
const limits = {
  lvedv: [88, 161],
  lvesv: [31, 68],
  lvsv: [49, 100],
  lvef: [0.51, 0.7],
  rvedv: [85, 166],
  rvesv: [27, 77],
  rvsv: [48, 99],
  rvef: [0.47, 0.68],
} as const
const women = Array.from({ length: 20_000 }, (_, i) => drawPerson('bench', i, { prevalence: populationPrevalence })).filter(
  (person) => !person.isMale && person.diseases.length === 0 && person.ageYears < 75 && person.bmi < 30 && person.systolicMmhg < 140,
)
console.log(`\n${women.length} reference women: published limits of 95 %, their middle and quarter width; simulated mean and SD`)
for (const [id, [low, high]] of Object.entries(limits)) {
  const values = women.map((person) => truePhenotypes(person)[id as keyof typeof limits])
  const mean = values.reduce((sum, value) => sum + value / values.length, 0)
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0))
  const [middle, published] = [(low + high) / 2, (high - low) / 3.92]
  const digits = high > 1 ? 1 : 3
  const percent = (found: number, wanted: number) => `${found > wanted ? '+' : ''}${(100 * (found / wanted - 1)).toFixed(1)} %`
  console.log(
    `${id.padEnd(6)} ${low} to ${high}: ${middle.toFixed(digits)} ± ${published.toFixed(digits)}   ${mean.toFixed(digits)} (${percent(mean, middle)}) ± ${sd.toFixed(digits)} (${percent(sd, published)})`,
  )
}

/** CPU milliseconds a call on this thread and its helpers, after a warm-up. */
function cpuMs(times: number, work: (i: number) => void): number {
  work(0)
  work(1)
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) work(i)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / times
}

console.log('\nCPU time a person')
console.log(`demo containers     ${cpuMs(15, (i) => subjectFiles(drawPerson(1, i))).toFixed(0)} ms`)
console.log(`UK Biobank's matrix ${cpuMs(3, (i) => subjectFiles(drawPerson(1, i), { scanner: scannerProfiles.ukb })).toFixed(0)} ms`)
console.log(`prepared size       ${cpuMs(30, (i) => preparedSubject(drawPerson(1, i))).toFixed(0)} ms`)

const folder = mkdtempSync(join(tmpdir(), 'cinelead-bench-simulator-'))
const numStored = 1000 // a few hundred would measure how long two threads take to warm up
const before = process.cpuUsage()
const startMs = performance.now()
await simulateStore({ store: join(folder, 'store'), subjects: numStored, numWorkers: 2 }, createSilentReport())
const { user, system } = process.cpuUsage(before)
const cpuOfOne = (user + system) / 1000 / numStored
console.log(
  `straight to a store ${cpuOfOne.toFixed(0)} ms: ${(2000 / cpuOfOne).toFixed(0)} people a second on 2 free cores by processor time, ${((1000 * numStored) / (performance.now() - startMs)).toFixed(0)} as it went here`,
)
rmSync(folder, { recursive: true })
