// What a store's index gives an evaluation: labels, split, subgroups, and the features of baselines that need no encoder.
import { type OutcomeId, outcomeIds, type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import type { StoreRow } from '../cohort/store.ts'
import type { EvaluationInput } from '../evaluate/evaluate-arms.ts'
import type { ArmEmbeddings } from '../evaluate/probes.ts'

/** Where a phenotype's label comes from: the cohort's table, or our own segmentation where the table has none. */
export type LabelSource = 'table' | 'measured' | 'none'

export type StoreLabels = Pick<EvaluationInput, 'phenotypes' | 'outcomes' | 'split_S'> & { sources: Record<PhenotypeId, LabelSource> }

/** A person of any table has one of both; who is in none has no history either, which is not to be healthy. */
const isInTable = ({ sex, ageYears }: StoreRow) => sex !== 'unknown' || Number.isFinite(ageYears)

/** Labels of all rows, NaN where unknown. Outcomes are "coded at any time". */
export function labelsOf(rows: readonly StoreRow[]): StoreLabels {
  const pairs = rows.filter(({ split }) => split !== 'none')
  const sourceOf = (id: PhenotypeId): LabelSource => {
    if (pairs.some(({ phenotypes }) => Number.isFinite(phenotypes[id]))) return 'table'
    return pairs.some(({ measured }) => Number.isFinite(measured[id])) ? 'measured' : 'none'
  }
  const sources = Object.fromEntries(phenotypeIds.map((id) => [id, sourceOf(id)])) as Record<PhenotypeId, LabelSource>
  const valueOf = (row: StoreRow, id: PhenotypeId) => (sources[id] === 'table' ? row.phenotypes[id] : row.measured[id])
  const outcomeOf = (row: StoreRow, id: OutcomeId) => (isInTable(row) ? Number(row.outcomes[id].ever) : Number.NaN)
  return {
    sources,
    phenotypes: Object.fromEntries(phenotypeIds.map((id) => [id, rows.map((row) => valueOf(row, id))])) as Record<PhenotypeId, number[]>,
    outcomes: Object.fromEntries(outcomeIds.map((id) => [id, rows.map((row) => outcomeOf(row, id))])) as Record<OutcomeId, number[]>,
    split_S: rows.map(({ split }) => split),
  }
}

/**
 * Time to each disease after the visit: days to its first code, or to the end of follow-up.
 *
 * Left out are those who have it already, those with a code without a date, and everybody whose end of follow-up is not known, be
 * they ill or not: to keep the ill alone would be a choice by outcome.
 */
export function followUpOf(rows: readonly StoreRow[]): NonNullable<EvaluationInput['followUp']> {
  return Object.fromEntries(
    outcomeIds.map((id) => {
      const days_S = rows.map(({ outcomes, followUpDays }) => {
        const { ever, incident, firstDays } = outcomes[id]
        if (!ever || !Number.isFinite(followUpDays)) return followUpDays
        return incident ? firstDays : Number.NaN
      })
      return [id, { days_S, isEvent_S: rows.map(({ outcomes }) => Number(outcomes[id].incident)) }]
    }),
  )
}

const sexNumber = { female: 0, male: 1, unknown: Number.NaN }

/**
 * Baselines: what a probe knows without any encoder. A missing value takes the training subjects' mean.
 *
 * One with a column that is unknown for all of them is left out.
 */
export function baselinesOf(rows: readonly StoreRow[]): ArmEmbeddings[] {
  const person = [rows.map((row) => row.ageYears), rows.map((row) => sexNumber[row.sex]), rows.map((row) => row.bmi)]
  const rate = rows.map((row) => row.ecgHeartRateBpm)
  return [
    { id: 'age-sex-bmi', columns: person },
    { id: 'age-sex-bmi-rate', columns: [...person, rate] },
  ].flatMap(({ id, columns }) => {
    const known = columns.filter((column) => rows.some((row, s) => row.split === 'train' && Number.isFinite(column[s])))
    if (known.length < columns.length) return []
    return [{ id, numFeatures: columns.length, seeds: [{ seed: 0, embeddings_SE: filled(columns, rows) }] }]
  })
}

function filled(columns: readonly (readonly number[])[], rows: readonly StoreRow[]): Float64Array {
  const features_SE = new Float64Array(rows.length * columns.length)
  for (const [e, column] of columns.entries()) {
    const known = column.filter((value, s) => rows[s].split === 'train' && Number.isFinite(value))
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length
    for (const [s, value] of column.entries()) features_SE[s * columns.length + e] = Number.isFinite(value) ? value : mean
  }
  return features_SE
}

const OVERWEIGHT_BMI = 25 // kg/m², WHO Technical Report Series 894 (2000), table 2.1

/** Women and men, the younger and the older half of the training subjects, lean and overweight. */
export function subgroupsOf(rows: readonly StoreRow[]): NonNullable<EvaluationInput['subgroups']> {
  const ages = rows.filter(({ split, ageYears }) => split === 'train' && Number.isFinite(ageYears)).map(({ ageYears }) => ageYears)
  const middle = Math.round(ages.toSorted((a, b) => a - b)[ages.length >> 1] ?? Number.NaN)
  const group = (id: string, name: string, isMember: (row: StoreRow) => boolean) => ({ id, name, isMember_S: rows.map(isMember) })
  return [
    group('women', 'Women', ({ sex }) => sex === 'female'),
    group('men', 'Men', ({ sex }) => sex === 'male'),
    group('younger', `Under ${middle} years`, ({ ageYears }) => ageYears < middle),
    group('older', `${middle} years and over`, ({ ageYears }) => ageYears >= middle),
    group('lean', `BMI under ${OVERWEIGHT_BMI}`, ({ bmi }) => bmi < OVERWEIGHT_BMI),
    group('overweight', `BMI ${OVERWEIGHT_BMI} and over`, ({ bmi }) => bmi >= OVERWEIGHT_BMI),
  ].filter(({ isMember_S }) => isMember_S.some(Boolean))
}

const NUM_EXAMPLES = 6 // two rows of three on a screen, a page and a half in print

/** Test subjects spread evenly over the ranks of measured LV ejection fraction, from the lowest to the highest. */
export function exampleRows(rows: readonly StoreRow[]): number[] {
  const tested = rows.flatMap(({ split }, s) => (split === 'test' ? [s] : []))
  const sorted = tested
    .filter((s) => Number.isFinite(rows[s].measured.lvef))
    .toSorted((a, b) => rows[a].measured.lvef - rows[b].measured.lvef)
  if (sorted.length <= NUM_EXAMPLES) return sorted
  return Array.from({ length: NUM_EXAMPLES }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (NUM_EXAMPLES - 1))])
}
