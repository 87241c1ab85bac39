// The numbers beside the figures, as tables that can be copied: heat tables of R² and AUROC, differences, baselines, subgroups.
import { outcomes, phenotypes } from '../base/phenotypes.ts'
import { type Html, html } from './html.ts'
import type {
  ArmJson,
  CurveJson,
  DifferenceJson,
  FollowUpJson,
  LabelCurveJson,
  ReportJson,
  SubgroupJson,
  ValueJson,
} from './report-json.ts'
import { armLook, baselineName, count, decimal, errorWithUnit, pValue, withInterval } from './words.ts'

/** R² of every phenotype and arm: the deeper the tint, the higher. A mark says that the paired interval leaves out zero. */
export function phenotypeTable(arms: readonly ArmJson[], differences: readonly DifferenceJson[]): Html {
  return html`<div class="scroll"><table class="heat">
    <thead><tr><th scope="col">Phenotype</th>${armHeads(arms)}</tr></thead>
    <tbody>${phenotypes.map(({ id, name }) => {
      return html`<tr><th scope="row">${name}</th>${arms.map((arm) => {
        const { r2, ciLow, ciHigh, detail } = arm.phenotypes[id]
        return heatCell({ value: r2, ciLow, ciHigh, detail }, shade(r2, 0, 1), markOf(differences, arm.id, `r2.${id}`))
      })}</tr>`
    })}
    <tr class="total"><th scope="row">Mean</th>${arms.map((arm) => heatCell(arm.meanR2, shade(arm.meanR2.value, 0, 1), markOf(differences, arm.id, 'meanR2')))}</tr></tbody>
  </table></div>`
}

/** AUROC of every disease and arm. */
export function outcomeTable(arms: readonly ArmJson[], differences: readonly DifferenceJson[]): Html {
  return html`<div class="scroll"><table class="heat">
    <thead><tr><th scope="col">Disease</th><th scope="col">Events in test</th>${armHeads(arms)}</tr></thead>
    <tbody>${outcomes.map(({ id, name }) => {
      const { events, n } = arms[0].outcomes[id]
      return html`<tr><th scope="row">${name}</th><td class="quiet">${count(events)} of ${count(n)}</td>${arms.map((arm) => {
        const { auroc, ciLow, ciHigh, detail } = arm.outcomes[id]
        return heatCell({ value: auroc, ciLow, ciHigh, detail }, shade(auroc, 0.5, 1), markOf(differences, arm.id, `auroc.${id}`))
      })}</tr>`
    })}
    <tr class="total"><th scope="row">Mean</th><td></td>${arms.map((arm) => heatCell(arm.meanAuroc, shade(arm.meanAuroc.value, 0.5, 1), markOf(differences, arm.id, 'meanAuroc')))}</tr></tbody>
  </table></div>`
}

/** Correlation and error of every phenotype and arm, in clinical units. */
export function agreementTable(arms: readonly ArmJson[]): Html {
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">Pearson r, mean absolute error</th><th scope="col">Test subjects</th>${armHeads(arms)}</tr></thead>
    <tbody>${phenotypes.map(({ id, name }) => {
      return html`<tr><th scope="row">${name}</th><td>${count(arms[0].phenotypes[id].n)}</td>${arms.map(({ phenotypes: scores }) => {
        const { pearson, mae, unit } = scores[id]
        return html`<td>${decimal(pearson, 2)}<small>${errorWithUnit(mae, unit)}</small></td>`
      })}</tr>`
    })}</tbody></table></div>`
}

/** Average precision, Brier score and calibration of every disease and arm. */
export function probabilityTable(arms: readonly ArmJson[]): Html {
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">AUPRC · Brier score<br>observed/expected · slope</th><th scope="col">Without skill</th>${armHeads(arms)}</tr></thead>
    <tbody>${outcomes.map(({ id, name }) => {
      const { events, n, brierOfPrevalence } = arms[0].outcomes[id]
      return html`<tr><th scope="row">${name}</th><td>${n > 0 ? decimal(events / n, 2) : '–'} · ${decimal(brierOfPrevalence, 3)}</td>${arms.map(
        ({ outcomes: scores }) => {
          const { auprc, brier, calibration } = scores[id]
          return html`<td>${decimal(auprc, 2)} · ${decimal(brier, 3)}<small>${decimal(calibration?.observedToExpected, 2)} · ${decimal(calibration?.slope, 2)}</small></td>`
        },
      )}</tr>`
    })}</tbody></table></div>`
}

/** Arm by arm: both means and what they gain on the reference. */
export function meansTable({ arms, baselines, differences, method }: ReportJson): Html {
  const gain = (arm: string, metric: string) => differences.find((one) => one.arm === arm && one.metric === metric)
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">Arm</th><th scope="col">Mean R²</th><th scope="col">over ${armLook(method.reference).name}</th><th scope="col">Mean AUROC</th><th scope="col">over ${
      armLook(method.reference).name
    }</th></tr></thead>
    <tbody>${arms.map(({ id, meanR2, meanAuroc }) => {
      const cell = (metric: string) => {
        const difference = gain(id, metric)
        return html`<td>${id === method.reference ? 'reference' : difference === undefined ? '–' : withInterval(difference, 3, true)}</td>`
      }
      return html`<tr><th scope="row">${armLook(id).name}</th><td>${withInterval(meanR2, 3)}</td>${cell('meanR2')}<td>${withInterval(meanAuroc, 3)}</td>${cell('meanAuroc')}</tr>`
    })}${baselines.map(
      ({ id, meanR2, meanAuroc }) =>
        html`<tr class="baseline"><th scope="row">${baselineName(id)}</th><td>${withInterval(meanR2, 3)}</td><td>no ECG encoder</td><td>${withInterval(meanAuroc, 3)}</td><td>no ECG encoder</td></tr>`,
    )}</tbody></table></div>`
}

/** Every single difference of an arm from the reference; DeLong's p beside areas. */
export function differenceTable(differences: readonly DifferenceJson[]): Html {
  const names: Record<string, string> = {
    meanR2: 'Mean R²',
    meanAuroc: 'Mean AUROC',
    ...Object.fromEntries(phenotypes.map(({ id, name }) => [`r2.${id}`, `R², ${name}`])),
    ...Object.fromEntries(outcomes.map(({ id, name }) => [`auroc.${id}`, `AUROC, ${name}`])),
  }
  const arms = [...new Set(differences.map(({ arm }) => arm))]
  const metrics = [...new Set(differences.map(({ metric }) => metric))]
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">Score</th>${arms.map((arm) => html`<th scope="col">${armLook(arm).short}</th>`)}</tr></thead>
    <tbody>${metrics.map((metric) => {
      return html`<tr><th scope="row">${names[metric] ?? metric}</th>${arms.map((arm) => {
        const one = differences.find((difference) => difference.arm === arm && difference.metric === metric)
        return html`<td class="${clear(one) ? 'clear' : ''}">${one === undefined ? '–' : withInterval(one, 3, true)}${
          one?.p !== undefined && html`<small>DeLong p ${pValue(one.p)}</small>`
        }</td>`
      })}</tr>`
    })}</tbody></table></div>`
}

/** Mean scores within parts of the test split. */
export function subgroupTable(subgroups: readonly SubgroupJson[]): Html {
  const arms = subgroups[0]?.arms.map(({ id }) => id) ?? []
  return html`<div class="scroll"><table class="heat">
    <thead><tr><th scope="col">Part of the test split</th><th scope="col">Subjects</th>${arms.map((id) => html`<th scope="col">${armLook(id).short}</th>`)}</tr></thead>
    <tbody>${subgroups.map(
      ({ name, n, arms: scores }) =>
        html`<tr><th scope="row">${name}</th><td class="quiet">${count(n)}</td>${scores.map(({ meanR2 }) => heatCell(meanR2, shade(meanR2.value, 0, 1)))}</tr>`,
    )}</tbody></table></div>`
}

/** Harrell's C of every disease that came after the visit. */
export function followUpTable(followUp: readonly FollowUpJson[]): Html {
  return html`<div class="scroll"><table class="heat">
    <thead><tr><th scope="col">Disease to come</th><th scope="col">New events</th>${followUp[0].arms.map(({ id }) => html`<th scope="col">${armLook(id).short}</th>`)}</tr></thead>
    <tbody>${followUp.map(
      ({ outcome, n, events, arms }) =>
        html`<tr><th scope="row">${outcomes.find(({ id }) => id === outcome)?.name ?? outcome}</th><td class="quiet">${count(events)} of ${count(n)}</td>${arms.map(
          ({ cIndex }) => heatCell(cIndex, shade(cIndex.value, 0.5, 1)),
        )}</tr>`,
    )}</tbody></table></div>`
}

/** Mean R² by number of labels. */
export function labelTable(curve: readonly LabelCurveJson[]): Html {
  return html`<div class="scroll"><table class="heat">
    <thead><tr><th scope="col">Labels a probe sees</th>${curve[0].arms.map(({ id }) => html`<th scope="col">${armLook(id).short}</th>`)}</tr></thead>
    <tbody>${curve.map(
      ({ labelFraction, numLabelled, arms }) =>
        html`<tr><th scope="row">${count(numLabelled)} (${decimal(100 * labelFraction, 0)} %)</th>${arms.map(({ meanR2 }) => heatCell(meanR2, shade(meanR2.value, 0, 1)))}</tr>`,
    )}</tbody></table></div>`
}

/** How well ECG and MRI find each other among the validation subjects, at the epoch whose weights were kept. */
export function alignmentTable(curves: readonly CurveJson[], numValidation: number): Html | undefined {
  const rows = curves.flatMap(({ id, seed, measures = {} }) => {
    const terms = [
      ...new Set(Object.keys(measures).flatMap((name) => (name.endsWith('.meanCosine') ? [name.slice(0, -'.meanCosine'.length)] : []))),
    ]
    return terms.map((term) => ({ id, seed, term, at: (name: string) => measures[`${term}.${name}`] }))
  })
  if (rows.length === 0) return undefined
  const share = (value: number | undefined) => (value === undefined ? '–' : `${decimal(100 * value, 0)} %`)
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">Arm, term of its loss</th><th scope="col">Seed</th>${[1, 5, 10].map(
      (k) => html`<th scope="col">among the first ${k}<small>chance ${share(Math.min(1, k / numValidation))}</small></th>`,
    )}<th scope="col">Modality gap</th><th scope="col">Mean cosine</th></tr></thead>
    <tbody>${rows.map(
      ({ id, seed, term, at }) =>
        html`<tr><th scope="row">${armLook(id).name}, ${term}</th><td>${seed}</td>${['r1', 'r5', 'r10'].map(
          (k) => html`<td>${share(at(`${k}.leftToRight`))} · ${share(at(`${k}.rightToLeft`))}</td>`,
        )}<td>${decimal(at('modalityGap'), 2)}</td><td>${decimal(at('meanCosine'), 3)}</td></tr>`,
    )}</tbody></table></div>`
}

function armHeads(arms: readonly ArmJson[]): Html[] {
  return arms.map(
    ({ id }) => html`<th scope="col"><span class="dot" style="background:${armLook(id).colour}"></span>${armLook(id).short}</th>`,
  )
}

function heatCell(value: ValueJson, tint: number, mark = ''): Html {
  if (value.value === null) return html`<td class="none" title="${value.detail ?? ''}">not estimable</td>`
  return html`<td style="--tint:${tint.toFixed(2)}"><b>${decimal(value.value, 2)}</b>${mark !== '' && html`<i>${mark}</i>`}<small>${decimal(value.ciLow, 2)} to ${decimal(
    value.ciHigh,
    2,
  )}</small></td>`
}

/** Up or down where the paired interval leaves out zero. */
function markOf(differences: readonly DifferenceJson[], arm: string, metric: string): string {
  const one = differences.find((difference) => difference.arm === arm && difference.metric === metric)
  if (one === undefined || !clear(one)) return ''
  return (one.value ?? 0) > 0 ? '▲' : '▼'
}

function clear(one: DifferenceJson | undefined): boolean {
  return one !== undefined && one.ciLow !== null && one.ciHigh !== null && (one.ciLow > 0 || one.ciHigh < 0)
}

function shade(value: number | null, low: number, high: number): number {
  return value === null ? 0 : Math.min(1, Math.max(0, (value - low) / (high - low)))
}
