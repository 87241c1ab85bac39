// What one subject costs `ingest` on one core, stage by stage, in processor time: other work on the machine counts little; and its peak memory.
// Run: node bench/ingest.ts [subjects] [rounds] [demo or ukb: 10 slices or so of 50 phases at UK Biobank's matrix]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSegmenter } from '../packages/cinelead/src/cli/ingest-segmenter.ts'
import { loadEcg } from '../packages/cinelead/src/cli/load-ecg.ts'
import { loadStudy } from '../packages/cinelead/src/cli/load-study.ts'
import { shippedSegmenter } from '../packages/cinelead/src/cli/open-segmenter.ts'
import { sourceFile } from '../packages/cinelead/src/cohort/digest.ts'
import { createPartsFolder, writePart } from '../packages/cinelead/src/cohort/part.ts'
import type { SubjectFacts } from '../packages/cinelead/src/cohort/store-layout.ts'
import { prepareCine } from '../packages/cinelead/src/prepare/cmr/prepare-cine.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { noQuirks } from '../packages/cinelead/src/simulate/quirks.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'
import { subjectFiles } from '../packages/cinelead/src/simulate/subject-files.ts'

const numSubjects = Number(process.argv[2] ?? 6)
const rounds = Number(process.argv[3] ?? 4)
const scanner = scannerProfiles[(process.argv[4] ?? 'demo') as keyof typeof scannerProfiles]
const folder = mkdtempSync(join(tmpdir(), 'cinelead-bench-ingest-'))
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const best = new Map<string, number>()
let spent = new Map<string, number>()
let numSlices = 0
async function timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
  const start = cpuMs()
  const result = await work()
  spent.set(stage, (spent.get(stage) ?? 0) + cpuMs() - start)
  return result
}

const network = await openSegmenter(shippedSegmenter)
const segmenter: typeof network = (slices_BYX, shape, spacingMm) => {
  numSlices += shape[0]
  return timed('  of it network', () => network(slices_BYX, shape, spacingMm))
}
const facts = { hasEcg: true, hasCine: true } as SubjectFacts
createPartsFolder(folder)
const people = Array.from({ length: numSubjects }, (_, index) => {
  const files = subjectFiles(drawPerson('bench', index), { quirks: noQuirks, scanner })
  return files.map(({ name, bytes }) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  })
})
for (let round = 0; round < rounds; round++) {
  spent = new Map()
  numSlices = 0
  for (const paths of people) {
    const [cinePath, ecgPath] = [paths.find((path) => path.endsWith('.zip')) ?? '', paths.find((path) => path.endsWith('.xml')) ?? '']
    await timed('digests', () => paths.map(sourceFile))
    const recording = await timed('read ECG', () => loadEcg(ecgPath))
    const ecg = await timed('prepare ECG', () => prepareEcg(recording))
    const study = await timed('read cine', () => loadStudy(cinePath))
    const cine = await timed('prepare cine', () => prepareCine(study.volumes[0], segmenter))
    const head = { subject: 's-bench', digest: '', files: [], facts }
    await timed('write part', () => writePart(folder, { head, ecg, cine }, { numLeads: 12, numSamples: ecg.numSamples, ...cine.shape }))
  }
  for (const [stage, ms] of spent) best.set(stage, Math.min(best.get(stage) ?? Number.POSITIVE_INFINITY, ms / numSubjects))
}
rmSync(folder, { recursive: true })
for (const [stage, ms] of best) console.log(`${stage.padEnd(16)} ${ms.toFixed(1).padStart(7)} ms`)
const total = [...best].filter(([stage]) => !stage.startsWith(' ')).reduce((sum, [, ms]) => sum + ms, 0)
console.log(
  `${'a subject'.padEnd(16)} ${total.toFixed(1).padStart(7)} ms, ${(numSlices / numSubjects).toFixed(0)} slices segmented; best of ${rounds} rounds over ${numSubjects} subjects; peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`,
)
