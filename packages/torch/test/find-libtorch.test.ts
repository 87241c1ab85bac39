// Where headers and libraries of CUDA are looked for, on folders laid out as pip's wheels, conda and CUDA's toolkit are.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

type Choice = { source: string; cuda: boolean; cudaInclude: string[]; cudaLib: string[]; nccl: boolean }

const build = join(dirname(fileURLToPath(import.meta.url)), '..', 'scripts', 'build.mjs')
let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wheels-'))
  put('bin/python3', `#!/bin/sh\necho '"${root}/site/torch"'\n`, 0o755)
  put('site/torch/include/ATen/ATen.h')
  put(
    'site/torch/include/torch/version.h',
    '#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 11\n#define TORCH_VERSION_PATCH 0\n',
  )
  for (const name of ['torch_cpu', 'torch_cuda', 'c10']) put(`site/torch/lib/lib${name}.so`)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test.runIf(process.platform === 'linux')('of two CUDAs among the wheels, the one that PyTorch loads comes first', () => {
  put('site/torch/lib/libc10_cuda.so', 'ELF\0libc10.so\0libcudart.so.13\0')
  put('site/nvidia/cuda_runtime/include/cuda_runtime_api.h')
  put('site/nvidia/cuda_runtime/lib/libcudart.so.12')
  put('site/nvidia/cu13/include/cuda_runtime_api.h')
  put('site/nvidia/cu13/include/cccl/nv/target')
  put('site/nvidia/cu13/lib/libcudart.so.13')
  put('site/nvidia/nccl/include/nccl.h')
  const choice = find()
  expect(choice).toMatchObject({ source: 'python3', cuda: true, nccl: true, cudaLib: [at('site/nvidia/cu13/lib/libcudart.so.13')] })
  expect(choice.cudaInclude.slice(0, 2)).toEqual([at('site/nvidia/cu13/include'), at('site/nvidia/cu13/include/cccl')])
  expect(choice.cudaInclude).toContain(at('site/nvidia/nccl/include'))
})

test.runIf(process.platform === 'linux')('a PyTorch of pip that LIBTORCH names has the wheels beside it, too', () => {
  put('site/torch/lib/libc10_cuda.so', 'ELF\0libcudart.so.13\0')
  put('site/nvidia/cu13/include/cuda_runtime_api.h')
  put('site/nvidia/cu13/lib/libcudart.so.13')
  put('site/nvidia/nccl/include/nccl.h')
  const choice = find({ LIBTORCH: at('site/torch') })
  expect(choice).toMatchObject({ source: 'LIBTORCH', nccl: true, cudaLib: [at('site/nvidia/cu13/lib/libcudart.so.13')] })
  expect(choice.cudaInclude.slice(0, 2)).toEqual([at('site/nvidia/cu13/include'), at('site/nvidia/nccl/include')])
})

test.runIf(process.platform === 'linux')('what the wheels leave out is taken from the toolkit of the nvcc at hand', () => {
  put('site/torch/lib/libcudart-9335f6a2.so.12')
  put('site/torch/lib/libc10_cuda.so', 'ELF\0libcudart-9335f6a2.so.12\0')
  put('bin/nvcc')
  put('targets/x86_64-linux/include/cuda_runtime_api.h')
  put('targets/sbsa-linux/include/cuda_runtime_api.h')
  put('include/cccl/nv/target')
  const choice = find()
  const target = process.arch === 'arm64' ? 'sbsa-linux' : 'x86_64-linux'
  expect(choice).toMatchObject({ cudaLib: [at('site/torch/lib/libcudart-9335f6a2.so.12')] })
  expect(choice.cudaInclude).toEqual(expect.arrayContaining([at('include/cccl'), at(`targets/${target}/include`)]))
})

test.runIf(process.platform === 'linux')('without the runtime that PyTorch loads, CUDA is left to PyTorch', () => {
  put('site/torch/lib/libc10_cuda.so', 'ELF\0libcudart.so.99\0')
  put('site/nvidia/cuda_runtime/include/cuda_runtime_api.h')
  put('site/nvidia/cuda_runtime/lib/libcudart.so.12')
  expect(find()).toMatchObject({ cuda: true, cudaInclude: [], cudaLib: [], nccl: false })
})

function at(path: string) {
  return join(root, path)
}

function put(path: string, text = '', mode = 0o644) {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text, { mode })
}

function find(extra: Record<string, string> = {}): Choice {
  const env = { ...extra, PATH: [at('bin'), process.env.PATH].join(delimiter) }
  return JSON.parse(execFileSync(process.execPath, [build, '--find'], { encoding: 'utf8', env }))
}
