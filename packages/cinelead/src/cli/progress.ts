// How a verb tells what it does: a bar with the time left on a terminal, plain lines elsewhere, JSON lines for machines.
// Hands on: Report and Step (what every verb receives), createReport (the renderer), createSilentReport (for tests).
//
// The answer goes to standard output, everything else to standard error, so that a pipe carries the answer alone.

/** One step of a verb's work. */
export type Step = {
  /** How much is done by now (not how much more), with a few words on the present item where they help. */
  advance(numDone: number, note?: string): void
  /** Ends the step; the note says what came out. */
  done(note?: string): void
}

/** What a verb is given to speak with. */
export type Report = {
  /** Opens a step; without `numTotal` no time left is shown. */
  begin(name: string, numTotal?: number): Step
  /** One line that stays. */
  say(line: string): void
  /** Something a user must see although the work goes on. */
  warn(line: string): void
  /** The answer: `value` is printed with `--json`, `text` without. Once a run. */
  answer(value: unknown, text: string): void
}

/** Where and how a report is written; clock and streams come in so that a test can look at them. */
export type ReportTarget = {
  writeOut(text: string): void
  writeError(text: string): void
  isTerminal: boolean
  isJson: boolean
  numColumns: number
  nowMs(): number
}

const BAR_WIDTH = 24 // characters: leaves room for name, percent and time on 80 columns
const REDRAW_MS = 100 // a terminal's bar is redrawn at most ten times a second
const LINE_MS = 10_000 // without a terminal a step says how far it is every ten seconds
const SETTLE_MS = 1_000 // no time left is guessed from less than a second of work

/** A span of time in the words a person would use: `4.2 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** Time left if the rest goes as fast as what is done; undefined while it cannot be told. */
export function timeLeftMs(elapsedMs: number, numDone: number, numTotal: number | undefined): number | undefined {
  if (numTotal === undefined || numDone <= 0 || numDone > numTotal || elapsedMs < SETTLE_MS) return undefined
  return (elapsedMs / numDone) * (numTotal - numDone)
}

type Progress = { name: string; startMs: number; numDone: number; numTotal?: number; note: string; shownMs: number }

function describeProgress(progress: Progress, nowMs: number): string {
  const { numDone, numTotal, note } = progress
  const amount = numTotal === undefined ? `${numDone}` : `${numDone}/${numTotal}`
  const leftMs = timeLeftMs(nowMs - progress.startMs, numDone, numTotal)
  const left = leftMs === undefined ? '' : `, ${formatDuration(leftMs)} left`
  return `${amount}${left}${note === '' ? '' : `, ${note}`}`
}

function drawBar(progress: Progress, nowMs: number, numColumns: number): string {
  const fraction = progress.numTotal ? Math.min(1, progress.numDone / progress.numTotal) : 0
  const filled = Math.round(fraction * BAR_WIDTH)
  const bar = progress.numTotal ? ` ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}` : ''
  return `${progress.name}${bar} ${describeProgress(progress, nowMs)}`.slice(0, Math.max(20, numColumns - 1))
}

function createPeopleReport(target: ReportTarget): Report {
  let drawn: Progress | undefined
  const clear = () => {
    if (drawn && target.isTerminal) target.writeError('\r\x1b[2K')
  }
  const draw = () => {
    if (drawn && target.isTerminal) target.writeError(drawBar(drawn, target.nowMs(), target.numColumns))
  }
  const line = (text: string) => {
    clear()
    target.writeError(`${text}\n`)
    draw()
  }
  return {
    begin(name, numTotal) {
      const progress: Progress = { name, startMs: target.nowMs(), numDone: 0, numTotal, note: '', shownMs: target.nowMs() }
      const outer = drawn
      clear()
      drawn = progress
      if (!target.isTerminal) target.writeError(`${name} …\n`)
      draw()
      return {
        advance(numDone, note = '') {
          progress.numDone = numDone
          progress.note = note
          const nowMs = target.nowMs()
          if (nowMs - progress.shownMs < (target.isTerminal ? REDRAW_MS : LINE_MS)) return
          progress.shownMs = nowMs
          if (!target.isTerminal) target.writeError(`${name}: ${describeProgress(progress, nowMs)}\n`)
          else if (drawn === progress) {
            clear()
            draw()
          }
        },
        done(note) {
          const tookMs = target.nowMs() - progress.startMs
          clear()
          if (drawn === progress) drawn = outer
          target.writeError(`${name}: ${note === undefined ? 'done' : note} (${formatDuration(tookMs)})\n`)
          draw()
        },
      }
    },
    say: line,
    warn: (text) => line(`warning: ${text}`),
    answer(_value, text) {
      clear()
      target.writeOut(text.endsWith('\n') ? text : `${text}\n`)
      draw()
    },
  }
}

function createMachineReport(target: ReportTarget): Report {
  const emit = (event: Record<string, unknown>) => target.writeError(`${JSON.stringify(event)}\n`)
  return {
    begin(step, numTotal) {
      const startMs = target.nowMs()
      let shownMs = startMs
      emit({ event: 'begin', step, total: numTotal })
      return {
        advance(numDone, note) {
          const nowMs = target.nowMs()
          if (nowMs - shownMs < SETTLE_MS) return
          shownMs = nowMs
          const leftMs = timeLeftMs(nowMs - startMs, numDone, numTotal)
          emit({ event: 'progress', step, done: numDone, total: numTotal, leftSec: leftMs === undefined ? undefined : leftMs / 1000, note })
        },
        done: (note) => emit({ event: 'end', step, tookSec: (target.nowMs() - startMs) / 1000, note }),
      }
    },
    say: (text) => emit({ event: 'say', text }),
    warn: (text) => emit({ event: 'warning', text }),
    answer: (value) => target.writeOut(`${JSON.stringify(value)}\n`),
  }
}

/** The report a command speaks with: JSON lines when a program reads it, words otherwise. */
export function createReport(target: ReportTarget): Report {
  return target.isJson ? createMachineReport(target) : createPeopleReport(target)
}

/** A report that says nothing and keeps what was said: for tests, and for a verb that runs another. */
export function createSilentReport(): Report & { lines: string[]; answers: unknown[] } {
  const lines: string[] = []
  const answers: unknown[] = []
  return {
    lines,
    answers,
    begin: (name) => ({ advance: () => {}, done: (note) => void lines.push(note === undefined ? name : `${name}: ${note}`) }),
    say: (text) => void lines.push(text),
    warn: (text) => void lines.push(`warning: ${text}`),
    answer: (value) => void answers.push(value),
  }
}
