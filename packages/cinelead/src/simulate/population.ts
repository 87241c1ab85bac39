// The figures of the simulated population: body, heart and ECG of middle-aged adults, each with where it comes from.
// Hands on: body, heart, rate and prevalence constants. Data only; the draw itself is person.ts.
//
// Sources, by short name:
//   [UKB means]  training means of UK Biobank fields 24100-24109 as read in public code of the field (category 157).
//   [Petersen]   Petersen 2017, JCMR 19:18, doi 10.1186/s12968-017-0327-9, abstract: LVEF 58 ± 5 % (men) and 61 ± 5 % (women),
//                LV mass 53 ± 9 and 42 ± 7 g/m². Its volume tables could not be opened here: figures marked [memory].
//   [risk]       Petersen 2017, PLoS ONE 12:e0185114, doi 10.1371/journal.pone.0185114: body figures by sex and % change per SD.
//   [MESA]       normal white women, n in PMC3825808 table 2: heart rate 66 ± 9, PR 157 ± 35, QRS 85 ± 8, QTc 413 ± 14 ms.
//   [Mason]      Mason 2007, J Electrocardiol 40:228, doi 10.1016/j.jelectrocard.2006.09.003: 2nd-98th percentiles of 46,129 healthy.
//   [argued]     physiological reasoning of this project, no source could be checked.

/** Per sex: index 0 women, index 1 men. */
export const body = {
  maleFraction: 0.48, // UK Biobank imaging visit, could not be checked
  ageYears: { mean: [61, 62], sd: [7.5, 7.5], low: 45, high: 82 }, // [risk]
  heightCm: { mean: [163, 176], sd: [6, 7] }, // [risk]
  bmi: { mean: [26.2, 27.1], sd: [4.6, 3.9], low: 17.5, high: 46 }, // [risk]
  systolicMmhg: { mean: [133, 141], sd: [19, 16] }, // [risk]
  diastolicMmhg: { mean: [77, 81], sd: [10, 10] }, // [risk]
} as const

/** Healthy means per sex, before disease; weighted by sex they give [UKB means]. */
export const heart = {
  lvedvMl: [126.4, 169.2], // [memory] 124 and 166, scaled to [UKB means] 147.6
  lvefFraction: [0.612, 0.5875], // [Petersen], raised by what disease takes away, to [UKB means] 0.595
  lvmG: [69.0, 102.2], // [memory] 70 and 103, near [UKB means] 85.9
  rvefFraction: [0.593, 0.558], // weighted to [UKB means] 0.573
  rvToLvStroke: 1.018, // [UKB means] 88.9 / 87.3
} as const

/** What one standard deviation of each cause does, as a natural-log change of LV end-diastolic volume. */
export const edvLogPerSd = { height: 0.062, bmi: 0.047, systolic: 0.03, age: -0.045, fitness: 0.065, size: [0.12, 0.148] } as const // bmi, systolic: [risk]; rest [argued]

/** The same for LV mass, beside 0.55 of the change of volume. */
export const massLogPerSd = { volumeShare: 0.55, bmi: 0.05, load: 0.078, fibrosis: 0.012, wall: 0.125 } as const // bmi and load after [risk]: +8.3 and +6.8 % in all

/** The same for LV ejection fraction, absolute. Only `hidden` never reaches the ECG. Sum gives SD 0.05, [Petersen]. */
export const efPerSd = { fibrosis: -0.028, tone: 0.018, coupling: 0.022, size: -0.012, load: -0.006, hidden: 0.021 } as const // [argued]

/** What contracting out of step costs a heart with left bundle branch block, absolute ejection fraction. */
export const outOfStepEf = 0.03 // [argued]

/** Heart rate, beats per minute. 62 = cardiac output / stroke volume of [UKB means]. */
export const heartRate = { meanBpm: [63.0, 61.2], perFitness: -4, perTone: 4.5, residualSd: 5.5, lowBpm: 42, highBpm: 105 } as const

/** Conduction and repolarisation of the healthy, ms. */
export const intervals = {
  pMs: { mean: [106, 111], sd: 7 }, // [argued], inside usual limits of 80-120 ms
  prMs: { mean: [158, 165], sd: 17 }, // [MESA] mean; sd after [Mason] 113-212 ms
  qrsMs: { mean: [85, 94], sd: 5.5 }, // [MESA]; men [argued]; [Mason] 69-109 ms
  qtcMs: { mean: [413, 404], sd: 12 }, // [MESA]; men [argued]; Fridericia form, [Mason] 359-445 ms
} as const

/** Share of people with each disease at any time, before or after the visit. */
export type Prevalence = { cad: number; mi: number; af: number; hf: number; cmp: number; scd: number }

/** Roughly a middle-aged volunteer population. Could not be checked; outcome counts of UK Biobank are of this order. */
export const populationPrevalence: Prevalence = { cad: 0.09, mi: 0.035, af: 0.06, hf: 0.03, cmp: 0.008, scd: 0.005 }

/** Enriched, so that a test split of sixty has events of every kind. */
export const enrichedPrevalence: Prevalence = { cad: 0.3, mi: 0.2, af: 0.24, hf: 0.26, cmp: 0.2, scd: 0.18 }
