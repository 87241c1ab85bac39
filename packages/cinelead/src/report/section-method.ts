// How the numbers were made, in words a methods section can take, and the run's own facts.
import { type Html, html } from './html.ts'
import type { ReportJson } from './report-json.ts'
import { armLook, count, decimal } from './words.ts'

/** Method, limits and provenance. */
export function methodSection({ method, run, cohort, arms }: ReportJson): Html {
  const { settings, reference, intervalCovers } = method
  const draws =
    settings.labelFraction < 1
      ? `The probes see the labels of ${decimal(100 * settings.labelFraction, 0)} % of the training subjects, drawn ${settings.numDraws} times; scores are averaged over the draws. Where a share has fewer than ${settings.minEvents} people with a disease, the next ones of the list are added.`
      : 'The probes see the labels of all training subjects.'
  const spread = arms.filter(({ meanR2PerSeed }) => meanR2PerSeed.length > 1)
  return html`
<p>All arms start from one masked autoencoder of the ECG and share subjects, split, optimiser, budget and stop rule; only the MRI input, its encoder and the loss terms differ. Pre-training sees every training pair and no label. Then the ECG encoder is frozen and embeds every subject.</p>
<p>${draws} Embeddings are standardised by the labelled training subjects. Phenotypes: ridge regression; one penalty for all phenotypes of an arm, chosen by leave-one-out cross-validation among the labelled. Diseases: logistic regression with an L2 penalty, one for all diseases of an arm, chosen by stratified cross-validation among the labelled. The test split is used once, to score.</p>
<p>R² is one minus squared error over squared distance from the mean of the scored test subjects. Mean R² and mean AUROC are plain means over the labels that can be scored, the same ones for every arm. Differences are paired: each resample scores ${
    armLook(reference).name
  } and the other arm on the same subjects. ${intervalCovers} Intervals and p-values are not corrected for multiple comparisons.</p>
<p>A disease counts when it is recorded at any time; the AUROC is measured at the cohort's own prevalence. AUPRC has its chance level at that prevalence.${
    cohort.simulated
      ? ' In a simulated cohort the link between ECG and heart is the simulator’s: gains here show that the method works, not how large they are in people.'
      : ''
  }</p>
${
  spread.length > 0 &&
  html`<p>Mean R² of each training seed alone: ${spread.map(
    ({ id, meanR2PerSeed }, i) => `${i > 0 ? '; ' : ''}${armLook(id).name} ${meanR2PerSeed.map((value) => decimal(value, 3)).join(', ')}`,
  )}.</p>`
}
<h3>The run</h3>
<dl>${Object.entries({ ...run, 'bootstrap resamples': settings.numResamples, 'evaluation seed': settings.seed }).map(
    ([name, value]) =>
      html`<dt>${name}</dt><dd>${typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 10_000 ? count(value) : String(value ?? 'unknown')}</dd>`,
  )}</dl>`
}
