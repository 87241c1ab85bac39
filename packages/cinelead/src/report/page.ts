// The report as one HTML page that needs nothing else: no script, no font, no picture from anywhere.
// Hands on: renderReport.
import { outcomes, phenotypes } from '../base/phenotypes.ts'
import { curvesFigure, type LearningCurve } from './figure-curves.ts'
import { labelFigure } from './figure-labels.ts'
import { armFigure, armLegend, groupedFigure, type ScorePoint } from './figure-scores.ts'
import { type Html, html, raw } from './html.ts'
import { labelWorth } from './label-worth.ts'
import type { ReportJson } from './report-json.ts'
import { type Example, examplesSection } from './section-examples.ts'
import { flowSection } from './section-flow.ts'
import { methodSection } from './section-method.ts'
import { style } from './style.ts'
import {
  agreementTable,
  alignmentTable,
  differenceTable,
  followUpTable,
  labelTable,
  meansTable,
  outcomeTable,
  phenotypeTable,
  probabilityTable,
  subgroupTable,
} from './tables.ts'
import { armLook, baselineName, count, decimal, withInterval } from './words.ts'

/** What the page shows that report.json does not hold: whole curves and pictures. */
export type Figures = { curves: readonly LearningCurve[]; examples: readonly Example[] }

/**
 * The page.
 *
 * Its first line says when the cohort is simulated.
 *
 * @returns  HTML, complete, without any reference to another file or host.
 */
export function renderReport(report: ReportJson, figures: Figures): string {
  const { cohort, arms, baselines, differences, subgroups, followUp } = report
  const ids = arms.map(({ id }) => id)
  const body = html`
<p class="banner" role="note">${
    cohort.simulated
      ? html`Simulated cohort: every number on this page comes from digital hearts, not from people. <span>Research software, not a medical device.</span>`
      : html`Research software, not a medical device. <span>Do not use for care.</span>`
  }</p>
<main>
<h1>Does cardiac MRI teach an ECG to see the heart?</h1>
<p class="lead">${headline(report)}</p>
${tiles(report)}

<h2>Structure and function: mean R² of each arm</h2>
<p>A frozen ECG encoder, the same linear probe for every arm, ten phenotypes measured on MRI. R² is the share of the variance among test subjects that the ECG explains; 0 is guessing the mean.${baselines.some(({ id }) => id === 'mri') && ' The row of MRI itself is a probe on what the MRI encoders see, trained on measured phenotypes: above it no ECG can be expected.'}</p>
<div class="pair">
<figure><figcaption>Mean R² over the phenotypes</figcaption>${armFigure(`Mean R squared by arm. ${spoken(report, 'meanR2')}`, 'mean R²', [
    ...arms.map(({ id, meanR2 }) => ({ arm: id, row: armLook(id).name, ...meanR2 })),
    ...baselines.map(({ id, meanR2 }) => ({ arm: id, row: baselineName(id), ...meanR2 })),
  ])}</figure>
<figure><figcaption>Gain on ${armLook(report.method.reference).name}, paired</figcaption>${armFigure(
    'Difference of mean R squared from the reference arm, paired by test subject',
    'difference of mean R²',
    meanDifferences(report, 'meanR2'),
    { value: 0, text: 'no gain' },
  )}</figure>
</div>
${meansTable(report)}
<p class="note">Value with its interval. ${report.method.intervalCovers}</p>

${labelSection(report)}
<h2>R² by phenotype and arm</h2>
${armLegend(ids)}
<figure>${groupedFigure('R squared by phenotype and arm; the table below has the numbers', 'R²', phenotypePoints(report))}</figure>
${phenotypeTable(arms, differences)}
<p class="note">▲ or ▼: the paired interval of the difference from ${armLook(report.method.reference).name} leaves out zero. Intervals are not corrected for the number of comparisons. In the figure, intervals that reach below −0.5 are cut.</p>
<details><summary>Correlation and error in clinical units</summary>${agreementTable(arms)}<p class="note">pp: percentage points.</p></details>

<h2>Disease: AUROC by outcome and arm</h2>
<p>A logistic probe on the same frozen embeddings. 0.5 is chance. A disease with fewer than ${report.method.settings.minEvents} events in the test split or among the labelled subjects gets no number.</p>
${armLegend(ids)}
<figure>${groupedFigure('AUROC by disease and arm; the table below has the numbers', 'AUROC', outcomePoints(report), { value: 0.5, text: 'chance' })}</figure>
${outcomeTable(arms, differences)}
<details><summary>AUPRC, Brier score and calibration</summary>${probabilityTable(arms)}<p class="note">A lower Brier score is better. Calibration is that of the mean risk: 1 · 1 is perfect, and it is given from ${report.method.settings.minCalibration} events on. Where a share of labels was raised to have ${report.method.settings.minEvents} events in it, risks are too high by design.</p></details>
${followUp.length > 0 && html`<details><summary>Disease to come: order in time</summary>${followUpTable(followUp)}<p class="note">Harrell's C of the same risks among test subjects without the disease at their visit: the share of pairs in which the one who fell ill first had the higher risk. 0.5 is chance.</p></details>`}
<details><summary>All differences from ${armLook(report.method.reference).name}, with DeLong tests of the areas</summary>${differenceTable(differences)}</details>
${
  subgroups.length > 0 &&
  html`<h2>Subgroups</h2><p>Mean R² within parts of the test split, with the probes of the whole cohort. R² is about each part's own mean, so it can be lower in every part than over all.</p>${subgroupTable(subgroups)}`
}
${
  figures.curves.length > 0 &&
  html`<h2>Learning curves</h2><p>Thick: validation. Thin: training, with its own dotted line where its batches are larger. Dashed: a model without skill, which for a batch of B pairs is ln B. A contrastive arm has learned something only below that line. Dot: the lowest validation loss. Ring: the epoch whose weights were kept, because a probe on the validation split did best there.</p>${curvesFigure(figures.curves)}${alignmentSection(report)}`
}

<h2>Participant flow</h2>
${flowSection(cohort)}
${
  figures.examples.length > 0 &&
  html`<h2>${numberWord(figures.examples.length)} test subjects</h2><p>25 mm/s, 10 mm/mV. Beside each ECG the mid-ventricular short-axis slice at end-diastole and end-systole with the segmentation that the measurements come from.</p>${examplesSection(figures.examples)}`
}

<h2>How the numbers were made</h2>
${methodSection(report)}
<footer><p>${
    cohort.simulated ? 'Simulated cohort: no person stands behind these numbers. ' : ''
  }Research software, not a medical device. The same numbers for programs: <code>report.json</code>, schema ${report.schema}.</p></footer>
</main>`
  const title = `${cohort.simulated ? 'Simulated cohort: ' : ''}ECG enriched by cardiac MRI, ${arms.length} arms compared`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><meta name="robots" content="noindex">
<link rel="icon" href="data:,"><style>${raw(style)}</style></head><body>${body}</body></html>
`.html
}

function labelSection({ labelCurve, arms, method }: ReportJson): Html | undefined {
  if (labelCurve.length < 2) return undefined
  const worth = labelWorth(labelCurve, method.reference, method.settings.labelFraction)
  return html`<h2>How many labels it takes</h2>
<p>Pre-training needs no label; a probe does. The same comparison with fewer and with more labelled training subjects; each smaller set lies within the larger ones.${worth !== undefined && html` <b>${worth}</b> (Read off the curve, without an interval.)`}</p>
${armLegend(arms.map(({ id }) => id))}<figure>${labelFigure(labelCurve)}</figure>
<details><summary>The numbers</summary>${labelTable(labelCurve)}</details>`
}

function alignmentSection({ curves, cohort }: ReportJson): Html | undefined {
  const table = alignmentTable(curves, cohort.split.validation)
  return (
    table &&
    html`<details><summary>How well the two modalities find each other</summary>${table}<p class="note">Share of the ${count(cohort.split.validation)} validation subjects whose own partner is among the first k, from the left side of the term to the right · and back. The modality gap is the distance of the two clouds' centres. A mean cosine near 1 between ED and ES means that the phases have become one.</p></details>`
  )
}

function headline(report: ReportJson): Html | string {
  const { arms, differences, method } = report
  const best = highest(arms, 'meanR2')
  if (best === undefined) return 'No phenotype could be scored: the cohort is too small, or has no labels. The reasons are in the tables.'
  if ((best.meanR2.value ?? 0) <= 0) {
    return html`No arm predicts the heart's structure and function better than guessing the mean: the highest mean R² is ${withInterval(best.meanR2, 3)}. This cohort or its label budget is too small. ${diseaseSentence(report)}`
  }
  const gain = differences.find(({ arm, metric }) => arm === best.id && metric === 'meanR2')
  const reference = armLook(method.reference).name
  const structure =
    gain === undefined || gain.value === null
      ? html`<b>${armLook(best.id).name}</b> has the highest mean R², ${withInterval(best.meanR2, 3)}: no arm that saw MRI predicts the heart's structure and function better here.`
      : html`<b>${armLook(best.id).name}</b> predicts the heart's structure and function best: mean R² ${withInterval(best.meanR2, 3)}, a gain of ${withInterval(gain, 3, true)} on ${reference}${verdict(gain)}.`
  return html`${structure} ${diseaseSentence(report)}`
}

function diseaseSentence({ arms, differences, method }: ReportJson): Html | string {
  const best = highest(arms, 'meanAuroc')
  if (best === undefined) return 'No disease has enough events to be scored.'
  const gain = differences.find(({ arm, metric }) => arm === best.id && metric === 'meanAuroc')
  const reference = armLook(method.reference).name
  if (gain === undefined || gain.value === null)
    return html`For disease no arm that saw MRI has a higher mean AUROC than ${reference}, ${withInterval(best.meanAuroc, 3)}.`
  return html`For disease ${armLook(best.id).name} has the highest mean AUROC, ${withInterval(best.meanAuroc, 3)}, a gain of ${withInterval(gain, 3, true)}${verdict(gain)}.`
}

/** What an interval of a gain allows to say. */
function verdict({ ciLow }: { ciLow: number | null }): string {
  return ciLow !== null && ciLow > 0 ? '' : ', an interval that includes zero: this cohort does not show which is better'
}

function highest(arms: ReportJson['arms'], metric: 'meanR2' | 'meanAuroc') {
  return arms.filter((arm) => arm[metric].value !== null).toSorted((a, b) => (b[metric].value ?? 0) - (a[metric].value ?? 0))[0]
}

function tiles({ cohort, method, arms }: ReportJson): Html {
  const { settings } = method
  const { phenotypes: scores } = arms[0]
  const numLabelled = Math.max(...Object.values(scores).map((score) => score.numLabelled))
  const best = Math.max(...arms.map(({ meanR2 }) => meanR2.value ?? Number.NEGATIVE_INFINITY))
  return html`<ul class="tiles">
<li><b>${count(cohort.pairs)}</b><span>${cohort.simulated ? 'simulated ' : ''}ECG and MRI pairs</span></li>
<li><b>${count(cohort.split.train)} · ${count(cohort.split.validation)} · ${count(cohort.split.test)}</b><span>train · validation · test</span></li>
<li><b>${count(numLabelled)}</b><span>labelled training subjects a probe sees (${decimal(100 * settings.labelFraction, 0)} %)</span></li>
<li><b>${decimal(best, 3)}</b><span>highest mean R² (abstract: 0.605 in UK Biobank, all labels)</span></li></ul>`
}

function phenotypePoints({ arms }: ReportJson): ScorePoint[] {
  return phenotypes.flatMap(({ id, name }) =>
    arms.map((arm) => {
      const { r2, ciLow, ciHigh } = arm.phenotypes[id]
      return { arm: arm.id, row: name, value: r2, ciLow, ciHigh }
    }),
  )
}

function outcomePoints({ arms }: ReportJson): ScorePoint[] {
  return outcomes.flatMap(({ id, name }) =>
    arms.map((arm) => {
      const { auroc, ciLow, ciHigh } = arm.outcomes[id]
      return { arm: arm.id, row: name, value: auroc, ciLow, ciHigh }
    }),
  )
}

function meanDifferences({ differences }: ReportJson, metric: string): ScorePoint[] {
  return differences
    .filter((one) => one.metric === metric)
    .map(({ arm, value, ciLow, ciHigh }) => ({ arm, row: armLook(arm).name, value, ciLow, ciHigh }))
}

function spoken({ arms }: ReportJson, metric: 'meanR2' | 'meanAuroc'): string {
  return arms.map((arm) => `${armLook(arm.id).name} ${withInterval(arm[metric], 2)}`).join('; ')
}

const numberWord = (n: number) => ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six'][n] ?? String(n)
