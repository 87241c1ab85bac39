// The append-only record of a run: one JSON object a line, `metrics.jsonl`, and the same numbers for TensorBoard.
import { appendFileSync, closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { guardWrite } from './checkpoint.ts'
import { tensorboardEvents, tensorboardHeader } from './tensorboard.ts'

/** One line. `seconds`, `loadingFraction`, `rowsPerSecond` and `memoryBytes` are the machine's and differ between two runs of one seed; nothing else does. */
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
} & Record<string, number | string | undefined>

export type MetricLog = {
  lines: MetricLine[]
  append(lines: readonly MetricLine[]): void
}

/** A record that is written nowhere: that of a rank beside the first. */
export function createSilentLog(): MetricLog {
  const lines: MetricLine[] = []
  return { lines, append: (added) => void lines.push(...added) }
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
  const path = join(folder, 'metrics.jsonl')
  const eventsPath = join(folder, 'events.out.tfevents.cinelead')
  const nowSec = () => Date.now() / 1000
  const lines: MetricLine[] = []
  let keptBytes = 0
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  for (const row of text.split('\n').slice(0, -1)) {
    const line = JSON.parse(row) as MetricLine
    if (line.kind === 'step' ? line.step >= fromStep : line.step > fromStep) break
    lines.push(line)
    keptBytes += Buffer.byteLength(row) + 1
  }
  const descriptor = openSync(path, 'a')
  ftruncateSync(descriptor, keptBytes)
  closeSync(descriptor)
  writeFileSync(eventsPath, Buffer.concat([tensorboardHeader(nowSec()), tensorboardEvents(lines, nowSec())]))
  return {
    lines,
    append(added) {
      lines.push(...added)
      guardWrite(() => {
        appendFileSync(path, added.map((line) => `${JSON.stringify(line)}\n`).join(''))
        appendFileSync(eventsPath, tensorboardEvents(added, nowSec()))
      })
    },
  }
}
