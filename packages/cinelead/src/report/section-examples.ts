// Six people of the test split: the ECG on paper beside the end-diastolic and end-systolic slices with their contours, and
// what was measured beside what the arms predicted.
import { type Html, html, raw } from './html.ts'

/** One example, its pictures drawn already. */
export type Example = {
  /** The project's own key, never a participant's number. */
  subject: string
  /** What the person is, in words: `woman, 63 years`. */
  caption: string
  /** SVG markup of the ECG on paper. */
  ecgSvg: string
  /** SVG markup or a `data:` image of the mid-ventricular slice. */
  ed: Picture
  es: Picture
  /** Rows of a small table: a phenotype, the measured value, predicted values by arm, all as text. */
  facts: readonly { name: string; measured: string; predicted: readonly string[] }[]
  predictedBy: readonly string[]
}

export type Picture = { svg: string } | { dataUri: string; widthPx: number; heightPx: number }

/** Cards of examples. */
export function examplesSection(examples: readonly Example[]): Html {
  return html`<div class="examples">${examples.map(({ subject, caption, ecgSvg, ed, es, facts, predictedBy }) => {
    return html`<article class="example"><h3>${subject} <span class="quiet">${caption}</span></h3>
    <div class="ecg" role="img" aria-label="12-lead ECG of ${subject}">${raw(ecgSvg)}</div>
    <div class="below">${picture(ed, 'end-diastole', subject)}${picture(es, 'end-systole', subject)}${facts.length > 0 && factsTable(facts, predictedBy)}</div></article>`
  })}</div>`
}

function picture(image: Picture, phase: string, subject: string): Html {
  const label = `Short-axis slice of ${subject} at ${phase} with the contours of both ventricles`
  const drawn =
    'svg' in image
      ? html`<span role="img" aria-label="${label}">${raw(image.svg)}</span>`
      : html`<img src="${image.dataUri}" width="${image.widthPx}" height="${image.heightPx}" alt="${label}">`
  return html`<figure>${drawn}<figcaption>${phase}</figcaption></figure>`
}

function factsTable(facts: Example['facts'], predictedBy: readonly string[]): Html {
  return html`<div class="scroll"><table class="facts"><thead><tr><th scope="col">Phenotype</th><th scope="col">measured</th>${predictedBy.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${facts.map(
    ({ name, measured, predicted }) =>
      html`<tr><th scope="row">${name}</th><td>${measured}</td>${predicted.map((value) => html`<td>${value}</td>`)}</tr>`,
  )}</tbody></table></div>`
}
