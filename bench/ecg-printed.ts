// What the program measures beside what the recorder printed, for every file that has both.
//
//   node bench/ecg-printed.ts [FOLDER]      real recordings of ../shared/data or CINELEAD_REAL_DATA, or those of FOLDER
//
// Rate, intervals and axis; ours of the median beat. Files are numbered, not named.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readEcg, recogniseEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { describeEcg } from '../packages/cinelead/src/prepare/ecg/describe.ts'

const root = process.argv[2] ?? join(process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../shared/data'), 'ecg')
const pathsUnder = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) =>
    statSync(join(folder, name)).isDirectory() ? pathsUnder(join(folder, name)) : [join(folder, name)],
  )

for (const path of pathsUnder(root)) {
  const bytes = readFileSync(path)
  if (recogniseEcg(basename(path), bytes) === undefined) continue
  let facts: ReturnType<typeof describeEcg>
  try {
    facts = describeEcg(readEcg(basename(path), bytes, (name) => readFileSync(join(dirname(path), name))))
  } catch (error) {
    process.stdout.write(`| ${(error as { code?: string }).code ?? 'a fault'} |\n`)
    continue
  }
  const { printed } = facts.device
  if (printed.qrsMs === undefined) continue
  const pair = (ours: number | null, theirs: number | undefined): string => `${ours ?? '–'} / ${theirs ?? '–'}`
  const cells = [
    pair(facts.heartRateBpm, printed.heartRateBpm),
    pair(facts.prMs, printed.prMs),
    pair(facts.qrsMs, printed.qrsMs),
    pair(facts.qtMs, printed.qtMs),
    pair(facts.axisDeg, printed.qrsAxisDeg),
  ]
  process.stdout.write(`| ${[facts.format, ...cells].join(' | ')} |\n`)
}
