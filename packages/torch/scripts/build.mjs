// Compiles the addon against the libtorch that find-libtorch.mjs chooses, and only when a source or the choice changed.
// Runs on Node 20, so plain JavaScript.   node build.mjs [--find | --sanitize]
//   --find   prints the choice as JSON and compiles nothing; exit 1 with a JSON reason when there is none
//   --sanitize  compiles a second addon with AddressSanitizer and UndefinedBehaviorSanitizer under build/sanitized, for memcheck.sh

import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findLibtorch } from './find-libtorch.mjs'

const LOCK_POLL_MS = 500

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const isSanitized = process.argv.includes('--sanitize')
const buildFolder = isSanitized ? join(root, 'build', 'sanitized', 'build') : join(root, 'build')
const SANITIZERS = isSanitized ? ['-fsanitize=address,undefined', '-fno-omit-frame-pointer', '-g1'] : []
const addonPath = join(buildFolder, 'torch.node')
const LEFT_OUT = join(root, 'native', 'left-out') // headers of CUDA that its wheels lack
const recordPath = join(buildFolder, 'libtorch.json')

// Abilities that only some machines can try: a file that does not compile there costs the ability, not the build.
const OPTIONAL = { 'cuda.cc': '-DWITH_CUDA', 'collective.cc': '-DWITH_NCCL' }

const choice = findLibtorch()
const dropped = []
if (process.argv.includes('--find')) {
  console.log(JSON.stringify(choice, null, 2))
  process.exit(choice.found ? 0 : 1)
}
if (!choice.found) fail(choice.reason, choice.hint)
mkdirSync(join(buildFolder, 'objects'), { recursive: true })
const unlock = await lock()
try {
  await build()
} finally {
  unlock()
}

async function build() {
  const compiler = findCompiler()
  const flags = compilerFlags()
  const native = join(root, 'native')
  const read = (name) => readFileSync(join(native, name))
  const names = readdirSync(native, { recursive: true }).filter((name) => statSync(join(native, name)).isFile())
  const sources = names.filter((name) => name.endsWith('.cc'))
  const headers = digest(names.filter((name) => !name.endsWith('.cc')).map(read))
  const stamp = JSON.stringify([choice, compiler, flags, process.platform, process.arch])
  const stamps = new Map(sources.map((name) => [name, digest([stamp, headers, read(name)])]))
  const whole = digest([...stamps.values()])
  if (existsSync(addonPath) && readRecord()?.digest === whole) return
  const stale = sources.filter((name) => !isFresh(name, stamps.get(name)))
  console.log(`@cinelead/torch: compiling ${stale.length} of ${sources.length} files against libtorch ${choice.version} (${choice.source})`)
  const queue = [...stale]
  const args = (name, list) => [...list, '-c', join(native, name), '-o', objectPath(name)]
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const isOptional = flags.includes(OPTIONAL[name])
      const refusal = isOptional ? await whyRefused(compiler, args(name, flags)) : undefined
      if (refusal !== undefined) {
        dropped.push(name)
        const ability = name === 'cuda.cc' ? 'CUDA graphs and statistics' : 'NCCL'
        console.warn(`@cinelead/torch: ${name} does not compile with this libtorch: built without ${ability}. ${refusal}`)
        await run(compiler, args(name, without([name], flags)))
        continue // no digest: the next build that compiles anything tries again and says so again
      }
      if (!isOptional) await run(compiler, args(name, flags))
      writeFileSync(`${objectPath(name)}.digest`, stamps.get(name))
    }
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, worker))
  if (dropped.length > 0) {
    // calling what the table names and no file has would end the process
    rmSync(`${objectPath('addon.cc')}.digest`, { force: true })
    await run(compiler, args('addon.cc', without(dropped, flags)))
  }
  const fresh = join(buildFolder, `torch.${process.pid}.tmp`)
  await run(compiler, [...linkerFlags(), '-o', fresh, ...sources.map(objectPath), ...libraries()])
  renameSync(fresh, addonPath)
  const nccl = choice.nccl && !dropped.includes('collective.cc')
  writeFileSync(
    recordPath,
    `${JSON.stringify({ ...choice, nccl, dropped, compiler, platform: process.platform, arch: process.arch, digest: whole }, null, 2)}\n`,
  )
}

function compilerFlags() {
  const nodeHeaders = dirname(createRequire(import.meta.url).resolve('node-api-headers/include/node_api.h'))
  const defines = [`-D_GLIBCXX_USE_CXX11_ABI=${choice.cxx11Abi ? 1 : 0}`, '-DNAPI_VERSION=9']
  if (choice.gloo) defines.push('-DWITH_GLOO', '-DUSE_C10D_GLOO')
  if (choice.cudaInclude.length > 0) defines.push('-DWITH_CUDA')
  if (choice.nccl) defines.push('-DWITH_NCCL', '-DUSE_C10D_NCCL')
  const include = [nodeHeaders, ...choice.include, ...choice.cudaInclude]
    .filter((folder) => folder !== '/usr/include')
    .map((folder) => `-I${folder}`)
  // after all others, the system's too
  if (choice.cudaInclude.length > 0) include.push('-idirafter', LEFT_OUT)
  return [
    `-std=${choice.cxxStandard}`,
    isSanitized ? '-O1' : '-O2',
    ...SANITIZERS,
    '-fPIC',
    '-fvisibility=hidden',
    '-Wall',
    '-Wno-deprecated-declarations',
    '-Wno-unknown-pragmas',
    ...defines,
    ...include,
  ]
}

function without(names, flags) {
  return flags.filter((flag) => !names.some((name) => OPTIONAL[name] === flag))
}

function linkerFlags() {
  const shared = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-Wl,--no-as-needed']
  const folders = [choice.lib, ...choice.cudaLib.map((path) => dirname(path))]
  return [...shared, ...SANITIZERS, `-L${choice.lib}`, ...folders.map((folder) => `-Wl,-rpath,${folder}`)]
}

function libraries() {
  const names = ['-ltorch_cpu', '-lc10']
  if (choice.cuda) names.push('-ltorch_cuda')
  if (choice.cudaInclude.length > 0) names.push('-lc10_cuda', ...choice.cudaLib)
  return names
}

function findCompiler() {
  for (const name of [process.env.CXX, 'g++', 'clang++', 'c++']) {
    if (!name) continue
    try {
      return `${name} ${execFileSync(name, ['-dumpversion'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()}`
    } catch {
      // not this one: the next name is tried, and none at all is an error below
    }
  }
  return fail('no C++ compiler was found', 'Debian and Ubuntu: apt-get install g++. macOS: xcode-select --install. Or set CXX.')
}

/** The compiler's first complaint, undefined where it has none. */
async function whyRefused(compiler, args) {
  try {
    await promisify(execFile)(compiler.split(' ')[0], args, { maxBuffer: 1 << 26 })
    return undefined
  } catch (error) {
    return complaints(error)[0]
  }
}

async function run(compiler, args) {
  try {
    await promisify(execFile)(compiler.split(' ')[0], args, { maxBuffer: 1 << 26 })
  } catch (error) {
    fail(`the compiler refused ${args.at(-3)}`, `First messages:\n${complaints(error).slice(0, 12).join('\n')}`)
  }
}

function complaints(error) {
  const lines = String(error.stderr || error.message).split('\n')
  const errors = lines.filter((line) => /error|undefined reference|cannot find/i.test(line))
  return errors.length > 0 ? errors : lines
}

function objectPath(name) {
  return join(buildFolder, 'objects', name.replace(/\.cc$/, '.o'))
}

function isFresh(name, stamp) {
  const path = objectPath(name)
  return existsSync(path) && existsSync(`${path}.digest`) && readFileSync(`${path}.digest`, 'utf8') === stamp
}

function readRecord() {
  return existsSync(recordPath) ? JSON.parse(readFileSync(recordPath, 'utf8')) : undefined
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

/** One build at a time: a file that names its owner, which a dead owner does not keep. */
async function lock() {
  const path = join(buildFolder, 'lock')
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (isOwnerDead(path)) rmSync(path, { force: true })
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS))
    }
  }
  const unlock = () => rmSync(path, { force: true })
  process.on('exit', unlock)
  return unlock
}

function isOwnerDead(path) {
  try {
    process.kill(Number(readFileSync(path, 'utf8')), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

function fail(reason, hint) {
  console.error(`@cinelead/torch: ${reason}. ${hint}`)
  process.exit(1)
}
