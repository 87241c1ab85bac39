// The list of runs as a page: which comparisons there are, and what each found in one line.
import { html, raw } from './html.ts'
import type { ReportJson } from './report-json.ts'
import { style } from './style.ts'
import { armLook, count, withInterval } from './words.ts'

/** A run in the list; without a report while it is trained or when it was never finished. */
export type RunEntry = { name: string; report?: ReportJson }

/** The page. Links are relative to the server's root. */
export function renderRunList(runs: readonly RunEntry[]): string {
  const isAnySimulated = runs.some(({ report }) => report?.cohort.simulated)
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Runs</title><link rel="icon" href="data:,"><style>${raw(style)}</style></head><body>
<p class="banner" role="note">${isAnySimulated && 'Simulated cohorts are marked as such. '}<span>Research software, not a medical device.</span></p>
<main><h1>Runs</h1>
${
  runs.length === 0
    ? html`<p>There is no run here yet.</p>`
    : html`<div class="scroll"><table><thead><tr><th scope="col">Run</th><th scope="col">Cohort</th><th scope="col">Pairs</th><th scope="col">Highest mean R²</th><th scope="col">Numbers</th></tr></thead>
<tbody>${runs.map(({ name, report }) => {
        const path = `/runs/${encodeURIComponent(name)}/`
        if (report === undefined) return html`<tr><th scope="row">${name}</th><td colspan="4">not finished</td></tr>`
        const known = report.arms.filter(({ meanR2 }) => meanR2.value !== null)
        const best = known.toSorted((a, b) => (b.meanR2.value ?? 0) - (a.meanR2.value ?? 0))[0]
        return html`<tr><th scope="row"><a href="${path}">${name}</a></th><td>${report.cohort.simulated ? 'simulated' : 'people'}</td><td>${count(report.cohort.pairs)}</td><td>${
          best === undefined ? 'not estimable' : `${armLook(best.id).name}: ${withInterval(best.meanR2, 3)}`
        }</td><td><a href="${path}report.json">report.json</a></td></tr>`
      })}</tbody></table></div>`
}</main></body></html>
`.html
}
