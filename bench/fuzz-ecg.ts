// Damaged ECG files, 20,000 of each format: each must end in a whole recording or a coded error within two seconds of processor time.
//
//   node bench/fuzz-ecg.ts [FILES] [SEED] [FORMAT]
//
// Starts from made files of every format and, where the real recordings are at hand (../shared/data or CINELEAD_REAL_DATA), from
// the real XML, SCP-ECG and DICOM files too. Prints one line a format and fails when a promise was broken.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recogniseEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { fuzz } from '../packages/cinelead/src/formats/ecg-fuzz.ts'
import { type EcgSeed, ecgSeeds } from '../packages/cinelead/src/formats/ecg-seeds.ts'

const root = join(import.meta.dirname, '..')
const files = Number(process.argv[2] ?? 20_000)
const seed = Number(process.argv[3] ?? 7)
const seeds = ecgSeeds(readFileSync(join(root, 'test/golden/formats/made.edf')))
const real = join(process.env.CINELEAD_REAL_DATA ?? join(root, '../shared/data'), 'ecg')
const large: EcgSeed[] = []
for (const folder of ['ecgtoolkit', 'philips', 'muse'].map((name) => join(real, name)).filter(existsSync)) {
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    const format = recogniseEcg(name, bytes)
    if (format !== undefined) large.push({ format, name, bytes, beside: {} })
  }
}
// Of the processor: what else a machine does is no fault of a reader.
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
let isBroken = false
for (const format of new Set(seeds.map((one) => one.format).filter((id) => id === (process.argv[4] ?? id)))) {
  const ofFormat = (one: EcgSeed): boolean => one.format === format
  const made = fuzz(seeds.filter(ofFormat), files, seed, cpuMs)
  const fromReal = large.some(ofFormat) ? fuzz(large.filter(ofFormat), Math.ceil(files / 20), seed + 1, cpuMs) : undefined
  const faults = [...made.faults, ...(fromReal?.faults ?? [])]
  const { read, refused, slowestMs } = made
  process.stdout.write(
    `${JSON.stringify({ format, files, read, refused, slowestMs: Math.round(slowestMs), real: fromReal && { files: fromReal.files, read: fromReal.read, refused: fromReal.refused, slowestMs: Math.round(fromReal.slowestMs) }, faults: faults.length })}\n`,
  )
  for (const fault of faults.slice(0, 10)) process.stdout.write(`  ${fault}\n`)
  isBroken ||= faults.length > 0
}
process.exitCode = isBroken ? 1 : 0
