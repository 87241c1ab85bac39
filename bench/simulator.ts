// What the simulator's population looks like, what its ECG can tell, and how fast it is made.
// Run: node bench/simulator.ts [people, default 1500]
import { phenotypeIds } from '../packages/cinelead/src/base/phenotypes.ts'
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
