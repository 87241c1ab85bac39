// One subject of a store: what the index says, the ECG on paper, both phases with contours, and what each arm sees.
// Hands on: describeSubject, subjectDrawings.
import { fault } from '../base/errors.ts'
import { phenotypes } from '../base/phenotypes.ts'
import { armViews, type ContrastiveArm, contrastiveArms, middleSlice, views } from '../batches/arms.ts'
import type { Store, TensorName } from '../cohort/store.ts'
import { toSvg } from '../report/drawing.ts'
import { toPng } from '../report/drawing-png.ts'
import { ecgPaper } from '../report/ecg-paper.ts'
import { cineContactSheet, slicePicture } from '../report/slice-picture.ts'
import type { Description } from './inspect-folder.ts'

const SHEET_ZOOM = 3 // 64 stored pixels become 192
const FRAMES_ACROSS = 8

function placeOf(store: Store, subject: string): number {
  const place = store.rows.findIndex((row) => row.subject === subject)
  if (place >= 0) return place
  throw fault({
    code: 'cli/no-subject',
    where: 'inspect',
    expected: `one of the store's ${store.rows.length} subjects`,
    received: 'a key that is not in it',
    hint: store.rows.length === 0 ? 'The store is empty.' : `A key looks like ${store.rows[0].subject}; index.parquet lists them all.`,
  })
}

/** The row of the index, in words and as it is. */
export function describeSubject(store: Store, subject: string): Description {
  const row = store.rows[placeOf(store, subject)]
  const number = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : 'not known')
  const has = (isThere: boolean, name: string) => `${isThere ? '' : 'no '}${name}`
  return {
    value: { kind: 'subject', ...row },
    text: [
      `${subject}: ${row.split === 'none' ? 'in no split' : `${row.split} split`}, ${has(row.hasEcg, 'ECG')}, ${has(row.hasCine, 'cine')}`,
      `  ${row.sex === 'unknown' ? 'sex not known' : row.sex}, age ${number(row.ageYears, 0)}`,
      ...(row.hasCine ? [`  end-diastole frame ${row.edFrame + 1}, end-systole frame ${row.esFrame + 1} (the first is 1)`] : []),
      ...phenotypes.map(({ id, name, unit }) => {
        const digits = unit === 'fraction' ? 3 : 1
        return `  ${name}: ${number(row.measured[id], digits)} measured, ${number(row.phenotypes[id], digits)} in the table (${unit})`
      }),
      ...(row.flags === '' ? [] : [`  flags: ${row.flags}`]),
    ].join('\n'),
  }
}

const storedAs = { cine: 'cine_SFYX', ed: 'ed_SZYX', es: 'es_SZYX' } as const satisfies Record<string, TensorName>

/** What an arm sees of the heart beside the ECG, before augmentation: the pixels of its views and nothing drawn on them, end-diastole above end-systole. */
function armPicture(store: Store, place: number, arm: ContrastiveArm): Uint8Array {
  const tiles = armViews[arm].flatMap((view) => {
    const { array, of } = views[view]
    const [numPlaces, numRows, numColumns] = store.recordShape(storedAs[array])
    const values = store.readRow(storedAs[array], place)
    const shown = of === 'slice' ? [middleSlice(numPlaces)] : Array.from({ length: numPlaces }, (_, at) => at)
    return shown.map((at) => ({ slice_YX: values.subarray(at * numRows * numColumns, (at + 1) * numRows * numColumns) }))
  })
  const [, numRows, numColumns] = store.recordShape('ed_SZYX')
  const tilesAcross = arm === 'cl-2dt' ? FRAMES_ACROSS : tiles.length / armViews[arm].length
  return slicePicture(tiles, { numRows, numColumns, zoom: SHEET_ZOOM, tilesAcross })
}

/** Drawings of what the store holds of a subject, by file name. */
export function subjectDrawings(store: Store, subject: string): { name: string; content: Uint8Array | string }[] {
  const place = placeOf(store, subject)
  const row = store.rows[place]
  const read = (name: TensorName) => store.readRow(name, place)
  const drawings: { name: string; content: Uint8Array | string }[] = []
  if (row.hasEcg) {
    const mv_LT = read('ecgMv_SLT')
    const [, numSamples] = store.recordShape('ecgMv_SLT')
    const { ecgRateHz } = store.manifest
    const drawing = ecgPaper(mv_LT, ecgRateHz, { layout: 'grid', seconds: numSamples / ecgRateHz, title: subject })
    drawings.push({ name: 'ecg.svg', content: toSvg(drawing) }, { name: 'ecg.png', content: toPng(drawing) })
  }
  if (row.hasCine) {
    const [numSlices, numRows, numColumns] = store.recordShape('ed_SZYX')
    const phases = {
      ed_ZYX: read('ed_SZYX'),
      es_ZYX: read('es_SZYX'),
      edLabels_ZYX: read('edLabels_SZYX'),
      esLabels_ZYX: read('esLabels_SZYX'),
    }
    drawings.push({ name: 'heart.png', content: cineContactSheet(phases, [numSlices, numRows, numColumns], SHEET_ZOOM) })
    for (const arm of contrastiveArms) drawings.push({ name: `sees-${arm}.png`, content: armPicture(store, place, arm) })
  }
  return drawings
}
