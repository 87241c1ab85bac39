// `npm run bench`: runs every `*.bench.ts` of the project, one after the other so that they do not disturb each other.
//   npm run bench -- torch      only those whose path holds the word
//   npm run bench -- --json     one array of `{ name, ours, theirs, ratio, unit }` on standard output
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listProjectFiles } from './tracked.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const isJson = process.argv.includes('--json')
const words = process.argv.slice(2).filter((word) => word !== '--json')
const files = listProjectFiles(root).filter((path) => path.endsWith('.bench.ts') && words.every((word) => path.includes(word)))
if (files.length === 0) {
  process.stderr.write(
    `bench: expected benchmarks (*.bench.ts) with ${words.join(' and ') || 'any name'} in their path but received none\n`,
  )
  process.exit(1)
}
const measured = []
let numFailed = 0
for (const file of files) {
  process.stderr.write(`bench: ${file}\n`)
  const { status, stdout } = spawnSync(process.execPath, [join(root, file), ...(isJson ? ['--json'] : [])], {
    cwd: root,
    stdio: ['ignore', isJson ? 'pipe' : 'inherit', 'inherit'],
    encoding: 'utf8',
  })
  if (status !== 0) {
    numFailed++
    process.stderr.write(`bench: ${file} ended with ${status}\n`)
  } else if (isJson) measured.push(...JSON.parse(stdout))
}
if (isJson) process.stdout.write(`${JSON.stringify(measured, null, 2)}\n`)
process.exitCode = numFailed === 0 ? 0 : 1
