// Finding libtorch, and installing it where that is ours to do. Hands on: prepareLibtorch, installAdvice.
//
// The search itself belongs to the tensor package (packages/torch/scripts/build.mjs --find: LIBTORCH, then python3's PyTorch,
// then the system). As root on Debian or Ubuntu what is missing is installed; anywhere else the exact commands are printed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFault, runLoud, runQuiet, say } from './run.mjs'

// libgloo-dev: headers for training over several processes; libopenblas0-pthread: without it Debian's BLAS is the slow reference one.
const DEBIAN_PACKAGES = ['libtorch-dev', 'libgloo-dev', 'libopenblas0-pthread']
const APT_WAIT_SEC = 300 // another apt may be at work on a fresh machine

/** Whether this system is Debian or made from it, by os-release's ID and ID_LIKE. */
export function isDebianLike(osRelease) {
  const words = osRelease
    .split('\n')
    .filter((line) => /^ID(_LIKE)?=/.test(line))
    .flatMap((line) =>
      line
        .replace(/^[^=]*=/, '')
        .replaceAll('"', '')
        .split(/\s+/),
    )
  return words.includes('debian') || words.includes('ubuntu')
}

/** The commands that put libtorch on a machine, one way a line. */
export function installAdvice(missing = DEBIAN_PACKAGES) {
  return [
    `  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    '  Homebrew:        brew install pytorch',
    '  pip:             python3 -m pip install torch',
    '  conda:           conda install -c conda-forge pytorch   and then   export LIBTORCH="$CONDA_PREFIX"',
    '  unpacked:        export LIBTORCH=/path/to/libtorch   (a folder with include/ and lib/)',
  ].join('\n')
}

function missingDebianPackages() {
  const { code, stdout } = runQuiet('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...DEBIAN_PACKAGES])
  if (code === 127) return DEBIAN_PACKAGES
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return DEBIAN_PACKAGES.filter((name) => !installed.has(name))
}

function find(root, node) {
  const { stdout, stderr } = runQuiet(node, [join(root, 'packages/torch/scripts/build.mjs'), '--find'], { cwd: root })
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    const received = (stderr || stdout).trim().split('\n')[0] || 'nothing'
    throw new SetupFault(
      'setup/find',
      'JSON from packages/torch/scripts/build.mjs --find',
      received,
      `Please report this defect. (${cause.message})`,
    )
  }
}

function describe(found) {
  const extras = [found.cuda && 'CUDA', found.nccl && 'NCCL', found.gloo && 'Gloo'].filter(Boolean)
  return `libtorch ${found.version} (${found.source}): ${found.lib}, with ${extras.join(', ') || 'CPU only'}`
}

const tried = (found) => found.tried.map(({ source, reason }) => `${source}: ${reason}`).join('; ')

async function installDebianPackages(root, missing, noteChild) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`
  const logPath = join(root, '.cache', 'setup-apt.log')
  const apt = (verb, args) =>
    runLoud('apt-get', [verb, '-q', '-o', `DPkg::Lock::Timeout=${APT_WAIT_SEC}`, ...args], {
      env,
      noteChild,
      logPath,
      fault: new SetupFault('setup/apt', `apt-get ${verb} to succeed`, 'an error of apt (above)', `Mend it, then run: ${command}`),
    })
  say('libtorch: apt-get update')
  await apt('update', [])
  say(`libtorch: ${command} (about a minute; .cache/setup-apt.log has its words)`)
  await apt('install', ['-y', '--no-install-recommends', ...missing])
}

/** Makes sure that there is a libtorch to build against; says which one. */
export async function prepareLibtorch(root, node, noteChild) {
  let found = find(root, node)
  if (process.env.LIBTORCH && !found.found) {
    throw new SetupFault(
      'torch/load',
      'a libtorch at LIBTORCH',
      tried(found),
      'Set LIBTORCH to a folder with include/ and lib/, or unset it.',
    )
  }
  const osRelease = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  const isDebian = process.platform === 'linux' && isDebianLike(osRelease)
  const missing = isDebian && (!found.found || found.source === 'system') ? missingDebianPackages() : []
  if (missing.length > 0 && process.getuid?.() === 0) {
    await installDebianPackages(root, missing, noteChild)
    found = find(root, node)
  }
  if (!found.found) {
    const hint = `Install it in one of these ways, then run the same command again:\n${installAdvice(missing.length > 0 ? missing : undefined)}`
    throw new SetupFault('torch/load', 'libtorch 1.13 or newer', `none (${tried(found)})`, hint)
  }
  say(describe(found))
  const left = found.source === 'system' && isDebian ? missingDebianPackages() : []
  if (left.length > 0)
    say(`libtorch works, but for its full speed and several processes: sudo apt-get install --no-install-recommends ${left.join(' ')}`)
}
