// The append-only record of a run: one JSON object a line, `metrics.jsonl`, and the same numbers for TensorBoard.
import { appendFileSync, closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../base/errors.ts'
import { guardWrite } from './checkpoint.ts'
import { tensorboardEvents, tensorboardHeader } from './tensorboard.ts'

/** One line. `seconds`, `loadingFraction`, `rowsPerSecond`, `memoryBytes` and `deviceMemoryBytes` are the machine's and differ between two runs of one seed; nothing else does. */
export type MetricLine = {
  kind: 'step' | 'validation' | 'alarm'
  /** From zero, over the whole run: the number of steps done before. */
  step: number
  epoch: number
  seconds?: number
  /** Share of the seconds spent waiting for data. */
  loadingFraction?: number
  rowsPerSecond?: number
  memoryBytes?: number
  /** Of the GPU, most so far. */
  deviceMemoryBytes?: number
} & Record<string, number | string | undefined>

/** Where lines go. */
export type MetricLog = { append(lines: readonly MetricLine[]): void }

/** A record that is written nowhere: that of a rank beside the first. */
export const silentLog: MetricLog = { append: () => undefined }

export const METRICS_FILE = 'metrics.jsonl'

/**
 * The lines of a training's record; a last one that was cut short by a kill is left out.
 *
 * @param folder  Of the training. None, when it has no record yet.
 * @throws        train/metrics when another line cannot be read.
 */
export function readMetrics(folder: string): MetricLine[] {
  const path = join(folder, METRICS_FILE)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return text
    .split('\n')
    .slice(0, -1)
    .map((row, i) => {
      try {
        const { ...line } = JSON.parse(row) as MetricLine // null is refused too
        return line
      } catch (cause) {
        throw fault({
          code: 'train/metrics',
          where: 'readMetrics',
          expected: 'one JSON object a line',
          received: `something else in line ${i + 1}`,
          at: METRICS_FILE,
          hint: 'The record of this training was changed: train this stage again in a new run.',
          cause,
        })
      }
    })
}

/**
 * Opens a run's record and drops what comes after the step a run resumes from, a half-written last line included.
 *
 * Beside it the same numbers go to a TensorBoard event file.
 *
 * @param folder    Of the training; the files are made when they are not there.
 * @param fromStep  Lines of this step and later ones are dropped; lines of validations at exactly this step stay.
 */
export function openMetricLog(folder: string, fromStep: number): MetricLog {
  const path = join(folder, METRICS_FILE)
  const eventsPath = join(folder, 'events.out.tfevents.cinelead')
  const nowSec = () => Date.now() / 1000
  const earlier = readMetrics(folder)
  const end = earlier.findIndex(({ kind, step }) => (kind === 'step' ? step >= fromStep : step > fromStep))
  const kept = end < 0 ? earlier : earlier.slice(0, end)
  const asText = (lines: readonly MetricLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  guardWrite(() => {
    const descriptor = openSync(path, 'a')
    ftruncateSync(descriptor, Buffer.byteLength(asText(kept)))
    closeSync(descriptor)
    writeFileSync(eventsPath, Buffer.concat([tensorboardHeader(nowSec()), tensorboardEvents(kept, nowSec())]))
  })
  return {
    append(added) {
      guardWrite(() => {
        appendFileSync(path, asText(added), { flush: true }) // on disk before the state that follows it
        appendFileSync(eventsPath, tensorboardEvents(added, nowSec()))
      })
    },
  }
}
