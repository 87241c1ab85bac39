// The segmenter of a command: the one that ships, another trained here, or somebody's own model. Hands on: openSegmenter, shippedSegmenter,
// segmenterDigest. libtorch or ONNX Runtime is loaded when one is opened and not before.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fault } from '../base/errors.ts'
import { fileDigest } from '../cohort/digest.ts'
import { declarationPath } from '../deploy/segmenter-declaration.ts'
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'

const shipped = (name: string) => fileURLToPath(new URL(`../../weights/${name}.safetensors`, import.meta.url))
export const shippedSegmenter = shipped('segmenter')
export const shippedLongAxis = shipped('long-axis')

const isOnnx = (path: string) => /\.onnx$/i.test(path)

/** @throws cli/no-segmenter. */
export function expectSegmenter(path: string): void {
  if (existsSync(path) && /\.(onnx|safetensors)$/i.test(path)) return
  throw fault({
    code: 'cli/no-segmenter',
    where: 'openSegmenter',
    expected: 'a segmenter: weights in .safetensors, or a model in .onnx with its declaration in .json',
    received: existsSync(path) ? `${basename(path)}, of another kind` : 'no such file',
    hint: 'Leave out --segmenter for the one that ships; cinelead train-segmenter makes weights.',
  })
}

/**
 * Opens a segmenter. Weights of ours come with the reader of long axes that ships; a model of somebody's own reads short axes alone.
 *
 * @param path        FILE.safetensors of `train-segmenter`, or FILE.onnx with FILE.json beside it.
 * @param numThreads  Threads of one run; absent: one a core.
 * @throws            cli/no-segmenter, models/segmenter-weights, deploy/segmenter-*.
 */
export async function openSegmenter(path: string = shippedSegmenter, numThreads?: number): Promise<Segmenter> {
  expectSegmenter(path)
  if (isOnnx(path)) {
    const { openOnnxSegmenter } = await import('../deploy/onnx-segmenter.ts')
    return openOnnxSegmenter(path, numThreads)
  }
  const { loadSegmenter } = await import('../models/segmenter.ts')
  if (numThreads !== undefined) (await import('@cinelead/torch')).setNumThreads(numThreads)
  return Object.assign(loadSegmenter(path), { alongHeart: loadSegmenter(shippedLongAxis) })
}

/** What tells one segmenter's labels from another's: the digest of its file, and of what is read beside it. */
export function segmenterDigest(path: string): string {
  const beside = isOnnx(path) ? declarationPath(path) : shippedLongAxis
  return existsSync(beside) ? `${fileDigest(path)} ${fileDigest(beside)}` : fileDigest(path)
}
