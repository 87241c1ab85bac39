// Makes one archive for machines without network: this Node, the packages, what they depend on, and the addon's sources.
// install.sh in it builds the addon against the libtorch or PyTorch of that machine. Runs on Node 20, so plain JavaScript.
//   npm run bundle -w @cinelead/torch [-- --out file.tar.xz]

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// Half of it is machine code, which a filter for x86 makes 3 MB smaller; a window of 64 MiB finds what libraries share.
const XZ_OPT = `${process.arch === 'x64' ? '--x86 ' : ''}--lzma2=preset=6,dict=64MiB -T0`
const MAX_BYTES = 60e6 // what file shares of closed environments commonly let through

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const name = `cinelead-${process.platform}-${process.arch}`
const outIndex = process.argv.indexOf('--out')
const out = outIndex > 0 ? resolve(process.argv[outIndex + 1]) : join(root, 'packages/torch/build', `${name}.tar.xz`)
const stage = mkdtempSync(join(tmpdir(), 'bundle-'))
const folder = join(stage, name)

try {
  copySources()
  copyDependencies()
  copyNode()
  writeFileSync(join(folder, 'install.sh'), installScript())
  chmodSync(join(folder, 'install.sh'), 0o755)
  mkdirSync(dirname(out), { recursive: true })
  execFileSync('tar', ['-C', stage, '-cJf', out, name], { env: { ...process.env, XZ_OPT } })
  const { size } = statSync(out)
  console.log(`${out}: ${(size / 1e6).toFixed(1)} MB`)
  if (size > MAX_BYTES) {
    console.error(`The bundle is larger than ${MAX_BYTES / 1e6} MB: look for a dependency that should not be one.`)
    process.exitCode = 1
  }
} finally {
  rmSync(stage, { recursive: true, force: true })
}

/** Everything git knows or would take, so that nothing built, ignored or private comes along. */
function copySources() {
  const files = execFileSync('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  for (const file of files.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
}

/** What runs, without what only builds and tests; links between the packages stay links. */
function copyDependencies() {
  const list = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for (const path of new Set(list.split('\n'))) {
    const inside = relative(root, path)
    if (!inside.startsWith('node_modules') || lstatSync(path).isSymbolicLink()) continue
    cpSync(path, join(folder, inside), { recursive: true, dereference: false, filter: isForHere })
  }
  for (const link of ['cinelead', '@cinelead/torch']) {
    const path = join(root, 'node_modules', link)
    if (!existsSync(path)) continue
    mkdirSync(dirname(join(folder, 'node_modules', link)), { recursive: true })
    symlinkSync(readlinkSync(path), join(folder, 'node_modules', link))
  }
}

/** Packages bring their tests and maps, 6 MB packed, and some of them libraries for every system (bin/napi-v6/win32/x64): only this one's come along. */
function isForHere(path) {
  if (/\.(map|dcm)$|[/\\]tests?$/.test(path)) return false
  const [, system, processor] = /[/\\]napi-v\d+(?:[/\\](\w+))?(?:[/\\](\w+))?/.exec(path) ?? []
  return (system ?? process.platform) === process.platform && (processor ?? process.arch) === process.arch
}

function copyNode() {
  const local = join(root, 'node_modules/node/bin/node')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  copyFileSync(existsSync(local) ? local : process.execPath, join(folder, 'bin/node'))
  chmodSync(join(folder, 'bin/node'), 0o755)
}

function installScript() {
  return `#!/bin/sh
# Builds the tensor addon against the libtorch or PyTorch of this machine; needs a C++ compiler and no network.
# Where PyTorch lives in an environment of its own, activate it first, or set LIBTORCH to an unpacked libtorch.
set -e
cd "$(dirname "$0")"
PATH="$PWD/bin:$PATH"
node packages/torch/scripts/build.mjs --find
node packages/torch/scripts/build.mjs
node --input-type=module -e "
import * as torch from '@cinelead/torch'
const sum = torch.ones([2, 2]).matmul(torch.ones([2, 2])).sum().item()
if (sum !== 8) process.exit(1)
const { version, source, cuda, numGpus } = torch.describeLibrary()
console.log('libtorch ' + version + ' from ' + source + ', ' + (cuda ? numGpus + ' GPUs' : 'no CUDA'))
"
echo "Ready. Use it with: PATH=\\"$PWD/bin:\\$PATH\\""
`
}
