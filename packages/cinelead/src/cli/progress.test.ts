// Truth: what a person at a terminal, in a log file or behind a pipe must be able to read, with a clock held by hand.
import { describe, expect, it } from 'vitest'
import { createReport, createSilentReport, formatDuration, timeLeftMs } from './progress.ts'

function createTarget(isTerminal: boolean, isJson: boolean) {
  const written = { out: '', error: '', clockMs: 0 }
  return {
    written,
    target: {
      writeOut: (text: string) => void (written.out += text),
      writeError: (text: string) => void (written.error += text),
      isTerminal,
      isJson,
      numColumns: 80,
      nowMs: () => written.clockMs,
    },
  }
}

describe('formatDuration', () => {
  it('never rounds up to sixty seconds', () => {
    expect([4200, 59_400, 59_600, 125_000, 3_599_900, 7_800_000].map(formatDuration)).toEqual([
      '4.2 s',
      '59 s',
      '1 min 00 s',
      '2 min 05 s',
      '1 h 00 min',
      '2 h 10 min',
    ])
  })
})

describe('timeLeftMs', () => {
  it('extrapolates what was done so far', () => {
    expect(timeLeftMs(10_000, 25, 100)).toBe(30_000)
  })
  it('does not guess before there is something to guess from', () => {
    expect(timeLeftMs(10_000, 0, 100)).toBeUndefined()
    expect(timeLeftMs(200, 25, 100)).toBeUndefined()
    expect(timeLeftMs(10_000, 25, undefined)).toBeUndefined()
  })
})

describe('createReport', () => {
  it('writes plain lines without control characters when there is no terminal', () => {
    const { written, target } = createTarget(false, false)
    const step = createReport(target).begin('reading', 4)
    written.clockMs = 5000
    step.advance(1)
    written.clockMs = 20_000
    step.advance(2, 'series 3')
    step.done('4 read')
    expect(written.error).toBe('reading …\nreading: 2/4, 20 s left, series 3\nreading: 4 read (20 s)\n')
  })

  it('redraws one line with the time left on a terminal and keeps other lines whole', () => {
    const { written, target } = createTarget(true, false)
    const report = createReport(target)
    const step = report.begin('reading', 4)
    written.clockMs = 2000
    step.advance(1)
    report.say('a line')
    expect(written.error).toContain('1/4, 6.0 s left')
    expect(written.error).toContain('\r\x1b[2Ka line\n')
    step.done()
    expect(written.error.endsWith('reading: done (2.0 s)\n')).toBe(true)
  })

  it('gives machines one JSON object on standard output and JSON lines beside it', () => {
    const { written, target } = createTarget(false, true)
    const report = createReport(target)
    report.begin('reading', 2).done('2 read')
    report.warn('one lead is flat')
    report.answer({ leads: 12 }, 'twelve leads')
    expect(JSON.parse(written.out)).toEqual({ leads: 12 })
    const events = written.error
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event)
    expect(events).toEqual(['begin', 'end', 'warning'])
  })
})

describe('createSilentReport', () => {
  it('keeps what was said and answered', () => {
    const report = createSilentReport()
    report.begin('reading').done('2 read')
    report.answer(1, 'one')
    expect(report.lines).toEqual(['reading: 2 read'])
    expect(report.answers).toEqual([1])
  })
})
