// Six test subjects for the report: the ECG on paper, the mid-ventricular slice at both phases with contours, and the numbers.
import { type PhenotypeId, phenotypes } from '../base/phenotypes.ts'
import { middleSlice } from '../batches/arms.ts'
import type { Store, StoreRow, TensorName } from '../cohort/store.ts'
import type { ExampleScores } from '../evaluate/evaluation.ts'
import { toSvg } from '../report/drawing.ts'
import { ecgPaper } from '../report/ecg-paper.ts'
import type { Example, Picture } from '../report/section-examples.ts'
import { slicePicture } from '../report/slice-picture.ts'
import { armLook, decimal } from '../report/words.ts'

const ZOOM = 3 // screen pixels for one of the slice's: 80 pixels become 240, about the column's width
const ECG_LEADS = 12

/** The phenotypes that stand beside a picture, as clinicians write them; the tables have all ten. */
const factNames: Partial<Record<PhenotypeId, string>> = {
  lvedv: 'LVEDV',
  lvef: 'LVEF',
  lvco: 'Cardiac output',
  lvm: 'LV mass',
  rvedv: 'RVEDV',
  rvef: 'RVEF',
}

/** Draws the examples that the evaluation tells of. */
export function drawExamples(store: Store, examples: readonly ExampleScores[], arms: readonly string[]): Example[] {
  return examples.map((example) => {
    const row = store.rows[example.row]
    const mv_LT = store.readRow('ecgMv_SLT', example.row)
    return {
      subject: row.subject,
      caption: captionOf(row, example),
      ecgSvg: toSvg(
        ecgPaper(mv_LT, store.manifest.ecgRateHz, { layout: 'grid', seconds: mv_LT.length / ECG_LEADS / store.manifest.ecgRateHz }),
      ),
      ed: slice(store, example.row, 'ed_SZYX', 'edLabels_SZYX'),
      es: slice(store, example.row, 'es_SZYX', 'esLabels_SZYX'),
      predictedBy: arms.map((id) => armLook(id).short),
      facts: phenotypes.flatMap(({ id, unit }) => {
        const told = example.phenotypes[id]
        const name = factNames[id]
        if (told === undefined || name === undefined) return []
        return [
          {
            name: `${name}, ${unit === 'fraction' ? '%' : unit}`,
            measured: inUnit(told.measured, unit),
            predicted: arms.map((arm) => inUnit(told.predicted[arm], unit)),
          },
        ]
      }),
    }
  })
}

function slice(store: Store, row: number, volume: TensorName, labels: TensorName): Picture {
  const [numSlices, numRows, numColumns] = store.recordShape(volume)
  const size = numRows * numColumns
  const start = middleSlice(numSlices) * size
  const cut = (name: TensorName) => store.readRow(name, row).subarray(start, start + size)
  const png = slicePicture([{ slice_YX: cut(volume), labels_YX: cut(labels) }], { numRows, numColumns, zoom: ZOOM, tilesAcross: 1 })
  return {
    dataUri: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
    widthPx: numColumns * ZOOM,
    heightPx: numRows * ZOOM,
  }
}

function captionOf({ sex, ageYears }: StoreRow, { outcomes }: ExampleScores): string {
  const who = { female: 'woman', male: 'man', unknown: 'person' }[sex]
  const age = Number.isFinite(ageYears) ? `, ${decimal(ageYears, 0)} years` : ''
  const diseases = Object.entries(outcomes).filter(([, { measured }]) => measured === 1)
  return `${who}${age}${diseases.length > 0 ? `, with ${diseases.map(([id]) => id.toUpperCase()).join(', ')}` : ''}`
}

function inUnit(value: number, unit: string): string {
  return unit === 'fraction' ? decimal(100 * value, 0) : decimal(value, unit === 'L/min' ? 1 : 0)
}
