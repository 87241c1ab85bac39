// A thread that draws training pictures for the segmenter: told a first number and a count, answers with pictures and labels.
import { parentPort } from 'node:worker_threads'
import { createRandom } from '../base/seed.ts'
import { fault } from '../base/errors.ts'
import { normaliseSlice, WORKING_MM } from '../models/segmenter-grid.ts'
import { sampleAnatomy } from '../simulate/segmentation-anatomy.ts'
import { sampleLongAxis } from '../simulate/segmentation-long-axis.ts'

/** What a segmenter is to look at: short-axis slices, or long-axis pictures turned apex up (see `longAxisPose` of preparation). */
export type Axis = 'short' | 'long'

/** Pictures `seed/first` to `seed/first + count - 1`, square, `size` pixels of the segmenter's grid. */
export type AnatomyRequest = { axis: Axis; seed: string; first: number; count: number; size: number }

const samplers = { short: sampleAnatomy, long: sampleLongAxis }

export type AnatomyBatch = { first: number; pictures_BYX: Float32Array; labels_BYX: Uint8Array }

const EXPOSURE = [0.75, 1.35] as const // the brightest part of a real picture may lie outside a training picture

/** Draws a batch; the same request gives the same batch on every thread. */
export function drawAnatomy({ axis, seed, first, count, size }: AnatomyRequest): AnatomyBatch {
  const pictures_BYX = new Float32Array(count * size * size)
  const labels_BYX = new Uint8Array(count * size * size)
  for (let b = 0; b < count; b++) {
    const name = `${seed}/${first + b}`
    const { image_YX, labels_YX } = samplers[axis](name, size, WORKING_MM)
    normaliseSlice(image_YX)
    const exposure = createRandom(`exposure/${name}`).between(...EXPOSURE)
    for (let i = 0; i < image_YX.length; i++) image_YX[i] *= exposure
    pictures_BYX.set(image_YX, b * size * size)
    labels_BYX.set(labels_YX, b * size * size)
  }
  return { first, pictures_BYX, labels_BYX }
}

parentPort?.on('message', (request: AnatomyRequest) => {
  const port = parentPort
  if (port === null)
    throw fault({
      code: 'cli/worker',
      where: 'train-segmenter',
      expected: 'a parent thread',
      received: 'none',
      hint: 'Start it as a worker.',
    })
  const batch = drawAnatomy(request)
  port.postMessage(batch, [batch.pictures_BYX.buffer as ArrayBuffer, batch.labels_BYX.buffer as ArrayBuffer])
})
