// What the build does where a part does not compile, with a compiler that only notes what it is asked.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test.runIf(process.platform === 'linux')('a part that does not compile is left out of the table of exports, too', () => {
  const root = mkdtempSync(join(tmpdir(), 'build-'))
  const put = (path: string, text = '', mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { mode })
  }
  const own = join(dirname(fileURLToPath(import.meta.url)), '..')
  for (const folder of ['scripts', 'native']) cpSync(join(own, folder), join(root, 'packages/torch', folder), { recursive: true })
  symlinkSync(join(own, '../../node_modules'), join(root, 'node_modules'))
  put('site/torch/include/ATen/ATen.h')
  put('site/torch/include/torch/version.h', ['MAJOR 2', 'MINOR 11', 'PATCH 0'].map((part) => `#define TORCH_VERSION_${part}\n`).join(''))
  for (const name of ['torch_cpu', 'torch_cuda', 'c10']) put(`site/torch/lib/lib${name}.so`)
  put('site/torch/lib/libc10_cuda.so', 'ELF\0libcudart.so.13\0')
  put('site/nvidia/cu13/lib/libcudart.so.13')
  put('site/nvidia/cu13/include/cuda_runtime_api.h')
  put('site/nvidia/cu13/include/nccl.h')
  put(
    'compiler',
    `#!/bin/sh
echo "$*" >> ${root}/asked
case "$*" in *WITH_CUDA*/cuda.cc*) echo "cuda.cc:1: error: no such header" >&2; exit 1;; esac
while [ "$1" != -o ] && [ $# -gt 0 ]; do shift; done
[ $# -eq 0 ] || touch "$2"
`,
    0o755,
  )
  const env = { ...process.env, LIBTORCH: join(root, 'site/torch'), CXX: join(root, 'compiler') }
  execFileSync(process.execPath, [join(root, 'packages/torch/scripts/build.mjs')], { env, stdio: 'ignore' })
  const table = readFileSync(join(root, 'asked'), 'utf8')
    .split('\n')
    .findLast((line) => line.includes('/addon.cc'))
  expect(table).not.toContain('-DWITH_CUDA')
  expect(table).toContain('-DWITH_NCCL')
  expect(JSON.parse(readFileSync(join(root, 'packages/torch/build/libtorch.json'), 'utf8'))).toMatchObject({
    dropped: ['cuda.cc'],
    nccl: true,
  })
  rmSync(root, { recursive: true })
})
