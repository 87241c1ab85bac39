// A failed criterion in one line. Hands on: verdictLine.

/** What both modalities' verdicts share. */
type Judged = { criterion: string; lead?: string | null; place?: string; value: number; threshold: number; onFail: 'drop' | 'flag' }

/** `refused: flat-lead V3, 0.01 against 0.05`; what passed needs no line. */
export function verdictLine({ criterion, lead, place, value, threshold, onFail }: Judged): string {
  const where = lead ?? place
  const short = (number: number) => Number(number.toPrecision(4))
  return `  ${onFail === 'drop' ? 'refused' : 'flagged'}: ${criterion}${where === undefined ? '' : ` ${where}`}, ${short(value)} against ${short(threshold)}`
}
