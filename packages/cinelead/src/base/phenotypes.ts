// The ten CMR phenotypes and six outcomes that every room speaks of, with UK Biobank's field numbers.
// Source: UK Biobank category 157 (fields 24100-24109); the six diseases are those of the abstract.

/** A phenotype's identity. `perUnit` turns the field's number into the program's unit (percent to fraction). */
export const phenotypes = [
  { id: 'lvedv', field: 24100, name: 'LV end-diastolic volume', unit: 'mL', perUnit: 1 },
  { id: 'lvesv', field: 24101, name: 'LV end-systolic volume', unit: 'mL', perUnit: 1 },
  { id: 'lvsv', field: 24102, name: 'LV stroke volume', unit: 'mL', perUnit: 1 },
  { id: 'lvef', field: 24103, name: 'LV ejection fraction', unit: 'fraction', perUnit: 0.01 },
  { id: 'lvco', field: 24104, name: 'LV cardiac output', unit: 'L/min', perUnit: 1 },
  { id: 'lvm', field: 24105, name: 'LV mass', unit: 'g', perUnit: 1 },
  { id: 'rvedv', field: 24106, name: 'RV end-diastolic volume', unit: 'mL', perUnit: 1 },
  { id: 'rvesv', field: 24107, name: 'RV end-systolic volume', unit: 'mL', perUnit: 1 },
  { id: 'rvsv', field: 24108, name: 'RV stroke volume', unit: 'mL', perUnit: 1 },
  { id: 'rvef', field: 24109, name: 'RV ejection fraction', unit: 'fraction', perUnit: 0.01 },
] as const

export type PhenotypeId = (typeof phenotypes)[number]['id']

/** A value for each phenotype; NaN where it is not known. */
export type PhenotypeValues = Record<PhenotypeId, number>

export const phenotypeIds: readonly PhenotypeId[] = phenotypes.map(({ id }) => id)

/** The six outcomes in the abstract's order. */
export const outcomes = [
  { id: 'cad', name: 'Coronary artery disease' },
  { id: 'af', name: 'Atrial fibrillation' },
  { id: 'scd', name: 'Sudden cardiac death' },
  { id: 'hf', name: 'Heart failure' },
  { id: 'mi', name: 'Myocardial infarction' },
  { id: 'cmp', name: 'Cardiomyopathy' },
] as const

export type OutcomeId = (typeof outcomes)[number]['id']

export const outcomeIds: readonly OutcomeId[] = outcomes.map(({ id }) => id)
