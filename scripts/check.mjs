// `npm run check`: everything about the code that can be told without running it, one line a check, all of them even when
// one fails. `--json FILE` also writes `[{ name, ok, tookSec }]`, which .ci/run counts, and runs the slow ones; a word picks checks by name.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')

const checks = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'biome', args: ['format', '--colors=off'] },
  { name: 'rooms', command: 'node', args: ['scripts/check-rooms.mjs'] },
  { name: 'unused', command: 'knip', args: ['--no-progress'] },
  { name: 'privacy', command: 'node', args: ['scripts/check-privacy.mjs'] },
  { name: 'lock', command: 'node', args: ['scripts/check-lock.mjs'] },
  { name: 'links', command: 'node', args: ['scripts/check-links.mjs'] },
  { name: 'bundle', command: 'node', args: ['packages/torch/scripts/bundle.mjs'], isSlow: true },
]

function runCheck({ command, args }) {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    const child = spawn(join(bin, command), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let words = ''
    child.stdout.on('data', (chunk) => (words += chunk))
    child.stderr.on('data', (chunk) => (words += chunk))
    child.on('error', (error) => resolve({ ok: false, words: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, words }))
  })
}

const [flag, file] = process.argv.slice(2).filter((word, i, words) => word === '--json' || words[i - 1] === '--json')
const names = process.argv.slice(2).filter((word) => word !== flag && word !== file)
const unknown = names.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0) {
  process.stderr.write(`check: expected ${checks.map(({ name }) => name).join(', ')} but received ${unknown.join(', ')}\n`)
  process.exit(2)
}
const results = []
for (const check of checks.filter(({ name, isSlow }) => (names.length === 0 ? file !== undefined || !isSlow : names.includes(name)))) {
  const startMs = performance.now()
  const { ok, words } = await runCheck(check)
  const tookSec = (performance.now() - startMs) / 1000
  results.push({ name: check.name, ok, tookSec })
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${check.name} (${tookSec.toFixed(1)} s)\n`)
  if (!ok) process.stdout.write(`${words.trimEnd()}\n\n`)
}
if (file !== undefined) writeFileSync(file, JSON.stringify(results))
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
