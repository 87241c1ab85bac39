// `npm run bench`: the benchmarks that stand beside a twin in another language, one after the other so that none disturbs another.
//   npm run bench -- ecg        only the one of that name
//   npm run bench -- --json     one array of `{ name, ours, theirs, ratio, unit }` from those that print it
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

// Everything else in bench/ judges or draws and is run by its own first lines.
const benches = [
  { name: 'torch', file: 'packages/torch/bench/run.ts', hasJson: true },
  { name: 'ecg', file: 'bench/ecg-read-prepare.ts', hasJson: false },
  { name: 'cmr', file: 'bench/cmr-decode.ts', hasJson: false },
]

const isJson = process.argv.includes('--json')
const words = process.argv.slice(2).filter((word) => word !== '--json')
const unknown = words.filter((word) => !benches.some(({ name }) => name === word))
if (unknown.length > 0) {
  process.stderr.write(`bench: expected ${benches.map(({ name }) => name).join(', ')} but received ${unknown.join(', ')}\n`)
  process.exit(2)
}
const measured = []
let numFailed = 0
for (const { name, file, hasJson } of benches.filter((bench) => words.length === 0 || words.includes(bench.name))) {
  if (isJson && !hasJson) {
    process.stderr.write(`bench: ${name} left out, it prints no JSON\n`)
    continue
  }
  process.stderr.write(`bench: ${name} (${file})\n`)
  const { status, stdout } = spawnSync(process.execPath, [join(root, file), ...(isJson ? ['--json'] : [])], {
    cwd: root,
    stdio: ['ignore', isJson ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) {
    numFailed++
    process.stderr.write(`bench: ${name} ended with ${status}\n`)
  } else if (isJson) measured.push(...JSON.parse(stdout))
}
if (isJson) process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`)
process.exitCode = numFailed === 0 ? 0 : 1
