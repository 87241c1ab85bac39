// Participant flow as boxes: who came in, who was left out at which step and why, and how the rest was split.
import { type Html, html } from './html.ts'
import type { CohortJson } from './report-json.ts'
import { count } from './words.ts'

/** The flow with its sum check, and the note on the abstract's own counts. */
export function flowSection({ flow, pairs, split, simulated }: CohortJson): Html {
  const people = simulated ? 'simulated subjects' : 'subjects'
  const steps = grouped(flow)
  const total = split.train + split.validation + split.test
  return html`<div class="flow">
    ${steps.map(
      ({ step, kept, drops }, i) => html`
      ${
        drops.length > 0 &&
        html`<div class="left-out"><p><strong>Left out: ${count(sum(drops))}</strong></p><ul>${drops.map(
          ({ reason, dropped }) => html`<li>${reason === '' ? `not so: ${step}` : reason}: ${count(dropped)}</li>`,
        )}</ul></div>`
      }
      <div class="kept"><span class="step">${i === 0 ? `${people} ${step}` : step}</span><span class="number">${count(kept)}</span></div>`,
    )}
    <div class="kept final"><span class="step">pairs analysed</span><span class="number">${count(pairs)}</span></div>
    <div class="split">${(['train', 'validation', 'test'] as const).map(
      (part) => html`<div class="kept"><span class="step">${part}</span><span class="number">${count(split[part])}</span></div>`,
    )}</div>
  </div>
  <p class="note">${count(split.train)} + ${count(split.validation)} + ${count(split.test)} = ${count(total)}${
    total === pairs ? ', which is every pair analysed' : ` but ${count(pairs)} pairs were analysed: these counts do not add up`
  }. The abstract this program follows gives 47,527 + 10,185 + 10,185 = 67,897 subjects in its splits but 63,448 in its cohort; its own counts do
  not add up, which is why this page prints each step.</p>`
}

type Step = { step: string; kept: number; drops: { reason: string; dropped: number }[] }

/** Lines of one step become one box; a step that left nobody out and is not the first is still shown. */
function grouped(flow: CohortJson['flow']): Step[] {
  const steps: Step[] = []
  for (const { step, kept, dropped, reason } of flow) {
    const open = steps.at(-1)
    const target = open?.step === step ? open : { step, kept, drops: [] }
    if (target !== open) steps.push(target)
    target.kept = kept
    if (dropped > 0) target.drops.push({ reason, dropped })
  }
  return steps
}

const sum = (drops: Step['drops']) => drops.reduce((total, { dropped }) => total + dropped, 0)
