// Where libtorch is: LIBTORCH, else the PyTorch of python3, else the system. Runs on Node 20, so plain JavaScript.
// Hands on: findLibtorch (a choice with its abilities, or a reason).

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const LIBRARY_SUFFIX = process.platform === 'darwin' ? '.dylib' : '.so'
const TARGET = `targets/${process.arch === 'arm64' ? 'sbsa' : 'x86_64'}-linux` // where conda keeps what is for one processor
const OLDEST = [1, 13] // Debian 12's; older ones lack parts of the dispatcher that the addon speaks to

const HINT =
  'Debian and Ubuntu: apt-get install --no-install-recommends libtorch-dev libgloo-dev libopenblas0-pthread. Elsewhere: install PyTorch for python3, or unpack libtorch and set LIBTORCH to its folder.'

/**
 * Looks for libtorch in a fixed order; LIBTORCH, once set, is the only place.
 *
 * @returns {{ found: true, source: string, version: string, include: string[], lib: string, cuda: boolean, cudaInclude: string[], cudaLib: string[],
 *   nccl: boolean, gloo: boolean, cxxStandard: string, cxx11Abi: boolean } | { found: false, reason: string, hint: string, tried: { source: string, reason: string }[] }}
 */
export function findLibtorch(env = process.env) {
  const tried = []
  const candidates = env.LIBTORCH ? [() => fromFolder(env.LIBTORCH)] : [fromPython, fromSystem, fromHomebrew]
  for (const candidate of candidates) {
    const { source, include, lib, wheels } = candidate()
    const reason = whyUnusable(include, lib)
    if (reason === undefined) return describe(source, include, lib, wheels ?? [])
    tried.push({ source, reason })
  }
  const reason = env.LIBTORCH ? `LIBTORCH is set but unusable: ${tried[0].reason}` : 'no libtorch was found'
  return { found: false, reason, hint: HINT, tried }
}

function fromFolder(folder) {
  return inFolder('LIBTORCH', folder)
}

/** A PyTorch's own folder; pip puts NVIDIA's wheels beside it. */
function inFolder(source, folder) {
  const nvidia = join(folder, '..', 'nvidia')
  const wheels = existsSync(nvidia) ? readdirSync(nvidia).map((name) => join(nvidia, name)) : []
  return { source, include: [join(folder, 'include')], lib: join(folder, 'lib'), wheels }
}

function fromPython() {
  const source = 'python3'
  try {
    // Only looked up, not imported: an import takes seconds.
    const program = 'import importlib.util, json, os; print(json.dumps(os.path.dirname(importlib.util.find_spec("torch").origin)))'
    const folder = JSON.parse(
      execFileSync('python3', ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 }),
    )
    return inFolder(source, folder)
  } catch {
    return { source, include: undefined, lib: undefined }
  }
}

function fromSystem() {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib']
  for (const arch of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) folders.unshift(`/usr/lib/${arch}`)
  const lib = folders.find((folder) => existsSync(join(folder, `libtorch_cpu${LIBRARY_SUFFIX}`)))
  return { source: 'system', include: [lib?.startsWith('/usr/local') ? '/usr/local/include' : '/usr/include'], lib }
}

function fromHomebrew() {
  const prefix = ['/opt/homebrew/opt/pytorch', '/usr/local/opt/pytorch'].find((folder) => existsSync(folder))
  return { source: 'homebrew', include: prefix && [join(prefix, 'include')], lib: prefix && join(prefix, 'lib') }
}

function whyUnusable(include, lib) {
  if (include === undefined || lib === undefined) return 'not installed'
  if (!existsSync(join(include[0], 'ATen', 'ATen.h'))) return `no ATen/ATen.h in ${include[0]}`
  if (!existsSync(join(lib, `libtorch_cpu${LIBRARY_SUFFIX}`))) return `no libtorch_cpu${LIBRARY_SUFFIX} in ${lib}`
  const version = versionOf(include[0])
  if (version === undefined) return `no torch/version.h in ${include[0]}`
  const [major, minor] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) return `version ${version} is older than ${OLDEST.join('.')}`
  return undefined
}

function versionOf(include) {
  for (const path of ['torch/csrc/api/include/torch/version.h', 'torch/version.h', 'torch/headeronly/version.h']) {
    if (!existsSync(join(include, path))) continue
    const text = readFileSync(join(include, path), 'utf8')
    const part = (name) => new RegExp(`TORCH_VERSION_${name} (\\d+)`).exec(text)?.[1]
    if (part('MAJOR') !== undefined) return `${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}`
  }
  return undefined
}

function describe(source, include, folder, wheels) {
  // Debian's Python package links to some of the libraries only: beside the file that it links to lie all.
  const lib = dirname(realpathSync(join(folder, `libtorch_cpu${LIBRARY_SUFFIX}`)))
  const places = [...wheels, ...toolkits()]
  const cuda = existsSync(join(lib, `libtorch_cuda${LIBRARY_SUFFIX}`))
  const runtime = cuda ? cudaRuntime(lib, places) : undefined
  // What lies beside the runtime that this PyTorch loads goes before all other, which may be of another CUDA; a toolkit has what a wheel leaves out.
  const headers = runtime === undefined ? [] : headerFolders([dirname(dirname(runtime)), ...places])
  const has = (header) => headers.some((path) => existsSync(join(path, header)))
  const cudaInclude = has('cuda_runtime_api.h') ? headers : []
  const c10d = 'torch/csrc/distributed/c10d'
  return {
    found: true,
    source,
    version: versionOf(include[0]),
    include: [include[0], join(include[0], 'torch/csrc/api/include')],
    lib,
    cuda,
    cudaInclude,
    cudaLib: cudaInclude.length > 0 ? [runtime] : [],
    nccl: cudaInclude.length > 0 && has('nccl.h'),
    gloo:
      existsSync(join(include[0], c10d, 'ProcessGroupGloo.hpp')) &&
      [include[0], '/usr/include'].some((path) => existsSync(join(path, 'gloo', 'algorithm.h'))),
    // libtorch from 2.14 refuses less than C++20 (2.13 took 17), in these words; older compilers know no more than the 17 that the others ask
    cxxStandard: readFileSync(join(include[0], 'ATen', 'ATen.h'), 'utf8').includes('#error C++20') ? 'c++20' : 'c++17',
    cxx11Abi: readFileSync(join(lib, `libc10${LIBRARY_SUFFIX}`)).includes('torchCheckFailEPKcS2_jRKNSt7__cxx11'),
    bytes: statSync(join(lib, `libtorch_cpu${LIBRARY_SUFFIX}`)).size,
  }
}

/** Folders that may hold a CUDA toolkit. */
function toolkits() {
  const nvcc = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'nvcc'))
    .find((path) => existsSync(path))
  const { CUDA_HOME, CUDA_PATH, CONDA_PREFIX } = process.env
  const named = [CUDA_HOME, CUDA_PATH, nvcc && dirname(dirname(realpathSync(nvcc))), CONDA_PREFIX, '/usr/local/cuda', '/usr']
  return named.filter((path) => path && existsSync(path))
}

/** CUDA 13 keeps its C++ library, which other headers of it include, one folder deeper, where only nvcc looks unasked. */
function headerFolders(places) {
  const folders = places.flatMap((path) => [join(path, 'include'), join(path, TARGET, 'include')])
  return [...new Set(folders.flatMap((folder) => [folder, join(folder, 'cccl')]))].filter((folder) => existsSync(folder))
}

/** The very CUDA runtime that libtorch loads, by the name it asks for; some wheels carry a copy with a checksum in its name. */
function cudaRuntime(lib, places) {
  const name = /libcudart[-0-9a-f]*\.so[.0-9]*/.exec(readFileSync(join(lib, `libc10_cuda${LIBRARY_SUFFIX}`), 'latin1'))?.[0]
  if (name === undefined) return undefined
  const folders = [lib, ...places.flatMap((path) => [join(path, 'lib'), join(path, 'lib64'), join(path, TARGET, 'lib')])]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
