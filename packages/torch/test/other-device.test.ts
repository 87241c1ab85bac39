// Truth: closed-form derivatives, through a device that autograd serves from a thread of its own, as it does GPUs; in a process of its own,
// which is ended where it hangs. The device is compiled here, with the flags of the addon's build.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const MOST_MS = 120_000 // compiling takes 15 s and the checks 2 s on two busy cores

const compiler = ['g++', 'c++'].find((name) => spawnSync(name, ['-dumpversion']).status === 0)
const whyNot = [
  process.platform !== 'linux' && 'only Linux preloads libraries by LD_PRELOAD',
  compiler === undefined && 'no C++ compiler is here',
].find((reason) => reason !== false)

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const built = JSON.parse(readFileSync(path('../build/libtorch.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'other-device-'))
const library = join(folder, 'device.so')

function compile(): void {
  const include = (built.include as string[]).filter((name) => name !== '/usr/include').map((name) => `-I${name}`)
  const flags = ['-O0', '-fPIC', '-shared', '-w', `-std=${built.cxxStandard}`, `-D_GLIBCXX_USE_CXX11_ABI=${built.cxx11Abi ? 1 : 0}`]
  const libraries = [`-L${built.lib}`, `-Wl,-rpath,${built.lib}`, '-ltorch_cpu', '-lc10']
  execFileSync(compiler as string, [...flags, ...include, path('other-device/device.cc'), '-o', library, ...libraries])
}

describe.skipIf(whyNot !== undefined)(
  `backward through a device with a thread of its own${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`,
  () => {
    beforeAll(compile, MOST_MS)
    afterAll(() => rmSync(folder, { recursive: true }))

    it(
      'ends, with the gradients of the CPU, wherever the root is and whatever a backward pass in TypeScript does',
      () => {
        const env = { ...process.env, LD_PRELOAD: library }
        const { stdout, signal } = spawnSync(process.execPath, [path('other-device/checks.ts')], {
          encoding: 'utf8',
          env,
          timeout: MOST_MS,
          killSignal: 'SIGKILL',
        })
        const lines = stdout.trim().split('\n')
        expect({ faults: lines.filter((line) => !line.startsWith('ok ')), signal }).toEqual({ faults: ['done'], signal: null })
        expect(lines.length).toBeGreaterThan(10)
      },
      2 * MOST_MS,
    )
  },
)
