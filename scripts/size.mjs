// `npm run size`: lines of code a room, tests apart, longest file named. `-- REVISION` adds the difference to that revision.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runQuiet } from './setup/run.mjs'
import { listProjectFiles } from './tracked.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [revision] = process.argv.slice(2)
const CODE = /\.(ts|mjs|cc|h)$/

/** The room, package part or folder that a file is counted under. */
function placeOf(file) {
  const parts = file.split('/')
  if (file.startsWith('packages/cinelead/src/')) return parts[3]
  return parts[0] === 'packages' ? `${parts[1]}/${parts[2]}` : parts[0]
}

const countLines = (text) => text.split('\n').length - 1

function count(files, read) {
  const places = new Map()
  for (const file of files.filter((path) => CODE.test(path))) {
    const place = places.get(placeOf(file)) ?? { numFiles: 0, numLines: 0, numTestLines: 0, longest: '', numLongest: 0 }
    const numLines = countLines(read(file))
    if (/\.test\.ts$/.test(file)) place.numTestLines += numLines
    else {
      place.numFiles++
      place.numLines += numLines
      if (numLines > place.numLongest) Object.assign(place, { longest: file.split('/').at(-1), numLongest: numLines })
    }
    places.set(placeOf(file), place)
  }
  return places
}

const now = count(listProjectFiles(root), (file) => readFileSync(join(root, file), 'utf8'))
const git = (...words) => {
  const { code, stdout, stderr } = runQuiet('git', words, { cwd: root })
  if (code !== 0) throw new Error(`git ${words[0]}: ${stderr.trim()}`)
  return stdout
}
const before =
  revision === undefined
    ? undefined
    : count(git('ls-tree', '-r', '--name-only', revision).split('\n').filter(Boolean), (file) => git('show', `${revision}:${file}`))
let total = 0
for (const [place, { numFiles, numLines, numTestLines, longest, numLongest }] of [...now].sort(([a], [b]) => (a < b ? -1 : 1))) {
  total += numLines
  const change = before === undefined ? '' : `  ${numLines - (before.get(place)?.numLines ?? 0)} since ${revision}`
  process.stdout.write(
    `${place.padEnd(18)} ${String(numLines).padStart(6)} lines in ${String(numFiles).padStart(3)} files, ${String(numTestLines).padStart(5)} of tests; longest ${longest} (${numLongest})${change}\n`,
  )
}
process.stdout.write(`${'in all'.padEnd(18)} ${String(total).padStart(6)} lines\n`)
