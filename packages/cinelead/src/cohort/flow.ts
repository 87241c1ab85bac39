// Participant flow: how many subjects each step kept, how many it dropped and why. The numbers always add up; the
// abstract's do not (field.md section 0), so that every report of this project prints them.
// Hands on: FlowStep, flowOf, expectAddsUp.
import { fault } from '../base/errors.ts'

/** One line of the flow: `kept` is what is left after this line; a step with two reasons has two lines. */
export type FlowStep = { step: string; kept: number; dropped: number; reason: string }

/** One subject taken out: at which step, and why in a few words or an error's code. */
export type Drop = { step: string; reason: string }

/** The steps of ingest in the order they are applied. */
export const ingestSteps = [
  'not withdrawn',
  'ECG and short-axis cine of one visit',
  'in the table',
  'files readable',
  'same day',
  'ECG quality',
  'CMR quality',
] as const

export type IngestStep = (typeof ingestSteps)[number]

/**
 * The flow of a cohort.
 *
 * @param found  Subjects with any raw file.
 * @param steps  Step names in order; a step that dropped nobody has one line with 0.
 * @param drops  One entry a dropped subject, any order.
 * @throws       cohort/flow when a drop names no step of the list or more are dropped than were found.
 */
export function flowOf(found: number, steps: readonly string[], drops: readonly Drop[]): FlowStep[] {
  const strangers = drops.filter(({ step }) => !steps.includes(step))
  if (strangers.length > 0 || drops.length > found) {
    throw fault({
      code: 'cohort/flow',
      where: 'flowOf',
      expected: `at most ${found} drops at the steps ${steps.join(', ')}`,
      received: `${drops.length} drops, ${strangers.length} at other steps`,
      hint: 'This is a defect of the program: please report it.',
    })
  }
  const flow: FlowStep[] = [{ step: 'found', kept: found, dropped: 0, reason: '' }]
  let kept = found
  for (const step of steps) {
    const counts = new Map<string, number>()
    for (const drop of drops) if (drop.step === step) counts.set(drop.reason, (counts.get(drop.reason) ?? 0) + 1)
    if (counts.size === 0) counts.set('', 0)
    for (const [reason, dropped] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      kept -= dropped
      flow.push({ step, kept, dropped, reason })
    }
  }
  return flow
}

/**
 * Checks that each line's kept is the line before less its dropped, and that the end is what is stored.
 *
 * @throws  cohort/flow with the first line that does not add up.
 */
export function expectAddsUp(flow: readonly FlowStep[], stored: number): void {
  for (let i = 1; i < flow.length; i++) {
    if (flow[i].kept !== flow[i - 1].kept - flow[i].dropped)
      throw mismatch(`line ${i + 1} (${flow[i].step})`, flow[i - 1].kept - flow[i].dropped, flow[i].kept)
  }
  const last = flow.at(-1)?.kept ?? 0
  if (last !== stored) throw mismatch('the last line', stored, last)
}

function mismatch(line: string, expected: number, received: number) {
  return fault({
    code: 'cohort/flow',
    where: 'expectAddsUp',
    expected: `${expected} subjects after ${line}`,
    received: `${received}`,
    hint: 'The participant flow does not add up: this is a defect of the program, or the manifest was edited. Ingest again.',
  })
}
