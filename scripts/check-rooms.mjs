// Holds the code to rooms.json: who imports whom, which words belong where, how long a file is, what it may be called;
// the table in ARCHITECTURE.md is the one enforced. `--write` renews that table. Hands on: findRoomFaults.
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCycles } from './rooms/cycles.mjs'
import { readImports } from './rooms/imports.mjs'
import { readTable, renderTable, replaceTable } from './rooms/table.mjs'

const ROOMS_FOLDER = 'packages/cinelead/src/'
const TORCH_FOLDER = 'packages/torch/'
const CODE = /\.(ts|mjs|cc|h)$/
const TEST = /\.test\.ts$|\/fixtures?\//
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.(parity|gpu|leak))?(\.(test|bench|d))?\.(ts|mjs|cc|h)$/

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', 'build', 'golden'].includes(entry.name) ? [] : listFiles(root, path)
    return CODE.test(entry.name) ? [path] : []
  })
}

/** Which room or package a file or an import belongs to: `{ room, path }`, undefined for a foreign package. */
function locate(fromFile, target) {
  if (target.startsWith('.')) {
    const path = posix.normalize(posix.join(dirname(fromFile), target))
    if (path.startsWith(ROOMS_FOLDER)) return { room: path.slice(ROOMS_FOLDER.length).split('/')[0], path }
    return path.startsWith(TORCH_FOLDER) ? { room: 'torch', path, isDeep: true } : { room: undefined, path }
  }
  if (target === '@cinelead/torch' || target.startsWith('@cinelead/torch/')) return { room: target.slice('@cinelead/'.length) }
  if (target === 'cinelead' || target.startsWith('cinelead/')) return { room: target.split('/')[1] ?? 'cinelead' }
  return undefined
}

const allows = (names, room) => names.some((name) => name === '*' || name === room || room.startsWith(`${name}/`))

function checkImport(rules, room, file, { target, isType }) {
  const to = locate(file, target)
  if (to === undefined) return undefined
  if (to.room === undefined) return `imports ${target}, which lies in no room`
  if (to.isDeep) return `imports ${target}: enter the tensor package through @cinelead/torch`
  for (const [one, other] of rules.apart) {
    const inner = (path, part) => path?.startsWith(`${ROOMS_FOLDER}${part}/`)
    if ((inner(file, one) && inner(to.path, other)) || (inner(file, other) && inner(to.path, one)))
      return `imports ${target}: ${one} and ${other} are kept apart`
  }
  if (to.room === room || allows(rules.rooms[room].values, to.room)) return undefined
  if (!allows(rules.rooms[room].types, to.room)) return `imports ${target}: ${room} may not import ${to.room}`
  return isType ? undefined : `imports a value of ${target}: ${room} may import only types of ${to.room} (write \`import type\`)`
}

function checkWords(rules, room, text) {
  const faults = []
  for (const { pattern, only } of rules.words) {
    if (only.includes(room)) continue
    const where = only.length === 0 ? 'belongs nowhere' : `belongs in ${only.join(', ')} only`
    for (const [i, line] of text.split('\n').entries()) {
      const found = line.match(new RegExp(pattern))
      if (found) faults.push({ line: i + 1, message: `says ${found[0]}, which ${where}` })
    }
  }
  return faults
}

function checkName(rules, file) {
  const name = basename(file)
  const stems = file
    .slice(0, file.length - name.length)
    .split('/')
    .concat(name.split('.')[0])
  const bad = stems.find((stem) => rules.forbiddenFileNames.includes(stem))
  if (bad !== undefined) return `is called ${bad}: name it after its idea`
  if (rules.namedByOthers.includes(file)) return undefined
  return KEBAB.test(name) ? undefined : 'is not named in kebab-case'
}

function checkRoomFile(rules, file, parsed, edges) {
  const [room, ...rest] = file.slice(ROOMS_FOLDER.length).split('/')
  if (rest.length === 0 || rules.rooms[room] === undefined) return [{ line: 1, message: 'lies in no room of rooms.json' }]
  if (TEST.test(file)) return []
  const targets = parsed.imports.filter(({ isType }) => !isType).map(({ target }) => locate(file, target)?.path)
  edges.set(
    file,
    targets.filter((path) => path !== undefined),
  )
  const faults = parsed.imports.map((found) => ({ line: found.line, message: checkImport(rules, room, file, found) }))
  if (basename(file) === 'index.ts' && !parsed.isOnlyReexports)
    faults.push({ line: 1, message: 'is an index.ts that does more than export again' })
  return [...faults.filter(({ message }) => message !== undefined), ...checkWords(rules, room, parsed.text)]
}

function checkTorchFile(file, parsed) {
  return parsed.imports
    .filter(({ target }) => /^cinelead(\/|$)/.test(target) || locate(file, target)?.path?.startsWith('packages/cinelead/'))
    .map(({ target, line }) => ({ line, message: `imports ${target}: the tensor package knows nothing of hearts` }))
}

/** Everything in `root` that breaks rooms.json: `[{ file, line, message }]`, empty when the house is in order. */
export function findRoomFaults(root) {
  const rules = JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8'))
  const faults = []
  const edges = new Map()
  for (const file of ['packages', 'scripts', 'test', 'bench'].flatMap((folder) => listFiles(root, folder))) {
    const add = (line, message) => faults.push({ file, line, message })
    const source = readFileSync(join(root, file), 'utf8')
    const named = checkName(rules, file)
    if (named !== undefined) add(1, named)
    const numLines = source.split('\n').length - (source.endsWith('\n') ? 1 : 0)
    if (numLines > rules.maxLines && !rules.longAllowed.includes(file))
      add(numLines, `has ${numLines} lines of ${rules.maxLines} allowed: split it by idea`)
    if (!file.startsWith('packages/') || !file.endsWith('.ts')) continue
    const parsed = readImports(file, source)
    if (parsed.syntaxError !== undefined) add(1, `cannot be parsed: ${parsed.syntaxError}`)
    if (file.startsWith(ROOMS_FOLDER)) for (const { line, message } of checkRoomFile(rules, file, parsed, edges)) add(line, message)
    if (file.startsWith(TORCH_FOLDER)) for (const { line, message } of checkTorchFile(file, parsed)) add(line, message)
  }
  for (const ring of findCycles(edges)) faults.push({ file: ring[0], line: 1, message: `is in a ring of imports: ${ring.join(' -> ')}` })
  const page = existsSync(join(root, 'ARCHITECTURE.md')) ? readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8') : ''
  if (readTable(page) !== renderTable(rules)) {
    faults.push({
      file: 'ARCHITECTURE.md',
      line: 1,
      message: 'does not show the table of rooms.json (node scripts/check-rooms.mjs --write)',
    })
  }
  return faults
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  if (process.argv.includes('--write')) {
    const path = join(root, 'ARCHITECTURE.md')
    writeFileSync(path, replaceTable(readFileSync(path, 'utf8'), JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8'))))
  }
  const faults = findRoomFaults(root)
  for (const { file, line, message } of faults) process.stdout.write(`${file}:${line} ${message}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
