// `cinelead doctor`: what this machine has for the program and what to do about what it has not. Works without libtorch.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeFailure } from './failure.ts'
import type { Report } from './progress.ts'

/** One thing that was looked at. `missing` says what to do; `undefined` where all is well. */
export type Finding = { name: string; found: string; missing?: string; isNeeded: boolean }

type Libtorch = { version: string; source: string; lib: string; cuda: boolean; nccl: boolean; gloo: boolean }

const GIB = 2 ** 30
const NEEDED_DISK_BYTES = 5 * GIB // packages 0.5, libtorch 0.8, addon and demo store below 1; the rest is room to work
const NEEDED_MEMORY_BYTES = 6 * GIB // the demo is laid out for 2 cores and 6 GB

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const torchFolder = join(packageFolder, '..', 'torch')

const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`

function checkNode(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNewEnough = major > 22 || (major === 22 && minor >= 18)
  return {
    name: 'Node',
    found: `${process.versions.node}, ${process.execPath}`,
    missing: isNewEnough ? undefined : 'Node 22.18 or newer runs this program: npm run setup',
    isNeeded: true,
  }
}

/** The libtorch the addon was built against, or what a search finds now; a reason where there is none. */
function findLibtorch(): { built?: Libtorch; found?: Libtorch; reason?: string } {
  const record = join(torchFolder, 'build', 'libtorch.json')
  const built = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as Libtorch) : undefined
  if (built !== undefined) return { built }
  const { stdout, stderr, error } = spawnSync(process.execPath, [join(torchFolder, 'scripts', 'build.mjs'), '--find'], { encoding: 'utf8' })
  if (error !== undefined || stdout.trim() === '') return { reason: (error?.message ?? stderr).trim().split('\n')[0] }
  const answer = JSON.parse(stdout) as Libtorch & { found: boolean; reason?: string }
  return answer.found ? { found: answer } : { reason: answer.reason }
}

const describeLibtorch = (libtorch: Libtorch) => `${libtorch.version} (${libtorch.source}), ${libtorch.lib}`

function checkLibtorch(): Finding[] {
  const { built, found, reason } = findLibtorch()
  const libtorch = built ?? found
  if (libtorch === undefined) {
    return [
      {
        name: 'libtorch',
        found: `none: ${reason}`,
        missing: 'reading, preparing and looking at data work without it; to learn: npm run setup (it installs it or prints the command)',
        isNeeded: true,
      },
    ]
  }
  const missing = built === undefined ? 'found, but the tensor addon is not built: npm run setup' : undefined
  const able = (isThere: boolean, name: string, use: string, way: string): Finding => ({
    name,
    found: isThere ? 'yes' : 'no',
    missing: isThere ? undefined : `only needed for ${use}: ${way}`,
    isNeeded: false,
  })
  return [
    { name: 'libtorch', found: describeLibtorch(libtorch), missing, isNeeded: true },
    able(libtorch.gloo, 'Gloo', 'training over several processes on CPUs', 'apt-get install libgloo-dev, then npm run setup'),
    able(libtorch.cuda, 'CUDA', 'training on NVIDIA GPUs', 'install a PyTorch with CUDA, then npm run setup'),
    able(
      libtorch.nccl,
      'NCCL',
      'training over several GPUs',
      'a PyTorch with CUDA brings it; where it does and this says no, npm run setup prints what did not compile',
    ),
  ]
}

/** The BLAS that the loaded libtorch uses, by the libraries mapped into this process; undefined where that cannot be seen. */
function loadedBlas(): string | undefined {
  if (!existsSync('/proc/self/maps')) return undefined
  const paths = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .map((line) => line.split(' ').at(-1) ?? '')
  const known = [
    [/mkl/i, 'MKL'],
    [/openblas/i, 'OpenBLAS'],
    [/blis/i, 'BLIS'],
    [/atlas/i, 'ATLAS'],
    [/\/blas\/libblas|\/libblas\.so/, 'reference BLAS'],
  ] as const
  return known.find(([pattern]) => paths.some((path) => pattern.test(path)))?.[1]
}

async function checkTensors(): Promise<Finding[]> {
  try {
    const torch = await import('@cinelead/torch')
    const sum = torch.scope(() =>
      torch
        .matmul(torch.ones([2, 2]), torch.ones([2, 2]))
        .sum()
        .item(),
    )
    if (sum !== 8) return [{ name: 'tensors', found: `a sum of ${sum} where 8 is right`, missing: 'npm run setup', isNeeded: true }]
    const { version, numThreads, numGpus, cudnn, onednn } = torch.describeLibrary()
    const isBlind = numGpus === 0 && findLibtorch().built?.cuda === true
    const blas = loadedBlas()
    const numCores = availableParallelism()
    const abilities = [`libtorch ${version}`, onednn && 'oneDNN', cudnn && 'cuDNN'].filter(Boolean)
    return [
      { name: 'tensors', found: `the addon works: ${abilities.join(', ')}`, isNeeded: true },
      {
        name: 'devices',
        found: ['cpu', ...Array.from({ length: numGpus }, (_, i) => `cuda:${i}`)].join(', '),
        missing: isBlind
          ? 'built for CUDA, but no GPU is seen: nvidia-smi tells of the driver, CUDA_VISIBLE_DEVICES may hide some'
          : undefined,
        isNeeded: false,
      },
      {
        name: 'threads',
        found: `${numThreads} of ${numCores} cores`,
        missing: numThreads < numCores ? 'fewer threads than cores: check OMP_NUM_THREADS' : undefined,
        isNeeded: false,
      },
      {
        name: 'BLAS',
        found: blas ?? 'inside libtorch',
        missing: blas === 'reference BLAS' ? 'several times slower than OpenBLAS: apt-get install libopenblas0-pthread' : undefined,
        isNeeded: false,
      },
    ]
  } catch (error) {
    return [{ name: 'tensors', found: describeFailure(error).message, missing: 'npm run setup', isNeeded: true }]
  }
}

function checkRoom(): Finding[] {
  const { bavail, bsize } = statfsSync(process.cwd())
  const freeBytes = bavail * bsize
  const limitBytes = process.constrainedMemory()
  const memoryBytes = limitBytes > 0 && limitBytes < totalmem() ? limitBytes : totalmem()
  return [
    {
      name: 'disk',
      found: `${gib(freeBytes)} free here`,
      missing: freeBytes < NEEDED_DISK_BYTES ? `the demo wants ${gib(NEEDED_DISK_BYTES)}: free some space` : undefined,
      isNeeded: false,
    },
    {
      name: 'memory',
      found: `${gib(memoryBytes)}, ${gib(process.availableMemory())} of it available`,
      missing: memoryBytes < 0.9 * NEEDED_MEMORY_BYTES ? `the demo wants ${gib(NEEDED_MEMORY_BYTES)}: simulate fewer subjects` : undefined,
      isNeeded: false,
    },
  ]
}

function checkWeights(): Finding {
  const folder = join(packageFolder, 'weights')
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : []
  const found = files.map((name) => `${name} (${(statSync(join(folder, name)).size / 2 ** 20).toFixed(1)} MiB)`).join(', ')
  return {
    name: 'weights',
    found: found || 'none',
    missing: files.length === 0 ? 'the segmenter has no weights: cinelead train-segmenter makes them' : undefined,
    isNeeded: false,
  }
}

/** Everything that was looked at, in the order a person would ask. */
export async function examine(): Promise<Finding[]> {
  return [checkNode(), ...checkLibtorch(), ...(await checkTensors()), ...checkRoom(), checkWeights()]
}

/** Prints the findings; exit code 1 when something that is needed is missing. */
export async function run(_options: object, report: Report): Promise<number> {
  const findings = await examine()
  const isReady = findings.every(({ isNeeded, missing }) => !isNeeded || missing === undefined)
  const width = Math.max(...findings.map(({ name }) => name.length))
  const lines = findings.flatMap(({ name, found, missing, isNeeded }) => [
    `${missing === undefined ? 'ok  ' : isNeeded ? 'MISS' : 'note'} ${name.padEnd(width)}  ${found}`,
    ...(missing === undefined ? [] : [`     ${' '.repeat(width)}  ${missing}`]),
  ])
  report.answer({ isReady, findings }, [...lines, isReady ? 'ready' : 'not ready: see MISS above'].join('\n'))
  return isReady ? 0 : 1
}
