// The report's words: what arms are called and coloured, how numbers are written.

/** How an arm looks everywhere: its name, colour, and a symbol so that colour is never the only sign. */
export type ArmLook = { name: string; short: string; colour: string; symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' }

/**
 * Colours that people with any colour vision tell apart, on white and on black.
 *
 * Source: Okabe, Ito 2008, Color Universal Design (jfly.uni-koeln.de/color); the first is grey, for the reference.
 */
const looks: Readonly<Record<string, ArmLook>> = {
  'ecg-only': { name: 'ECG only', short: 'ECG only', colour: '#8a8f98', symbol: 'circle' },
  'cl-2d': { name: 'CL, one slice', short: 'CL 2D', colour: '#0083cc', symbol: 'square' },
  'cl-2dt': { name: 'CL, one slice over time', short: 'CL 2D+t', colour: '#d98e00', symbol: 'triangle' },
  'cl-3d': { name: 'CL, ED volume', short: 'CL 3D', colour: '#009e73', symbol: 'diamond' },
  tcl: { name: 'TCL, ED and ES volumes', short: 'TCL', colour: '#d55e00', symbol: 'star' },
}

/** An arm's look; an id that is not one of the five is shown as it is. */
export function armLook(id: string): ArmLook {
  return looks[id] ?? { name: id, short: id, colour: '#8a8f98', symbol: 'circle' }
}

const baselines: Readonly<Record<string, string>> = {
  'age-sex-bmi': 'age, sex, BMI',
  'age-sex-bmi-rate': 'age, sex, BMI, pulse',
  mri: 'MRI itself (ED, ES)',
}

/** What a baseline is called; an id that is not known is shown as it is. */
export function baselineName(id: string): string {
  return baselines[id] ?? id
}

/** A number with so many decimals and a true minus sign; an en dash where there is none. */
export function decimal(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const text = value.toFixed(digits)
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−')
}

/** `0.41 (0.36 to 0.46)`. */
export function withInterval(
  value: { value: number | null; ciLow: number | null; ciHigh: number | null },
  digits: number,
  isSigned = false,
): string {
  if (value.value === null) return 'not estimable'
  const sign = (number: number | null) => `${isSigned && Number(number) > 0 ? '+' : ''}${decimal(number, digits)}`
  return `${sign(value.value)} (${sign(value.ciLow)} to ${sign(value.ciHigh)})`
}

/** A whole number with thin spaces between thousands. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

/** A p-value as journals print it. */
export function pValue(p: number | undefined): string {
  if (p === undefined) return '–'
  return p < 0.001 ? '< 0.001' : decimal(p, 3)
}

/** A mean absolute error in the unit a clinician expects: ejection fractions in percentage points. */
export function errorWithUnit(value: number | null, unit: string): string {
  if (value === null) return '–'
  if (unit === 'fraction') return `${decimal(100 * value, 1)} pp`
  return `${decimal(value, unit === 'L/min' ? 2 : 1)} ${unit}`
}
