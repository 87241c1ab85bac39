// A judgement of quality as data: which criterion, what was measured, what was allowed. Both modalities use it.

export type Verdict = {
  /** Stable name, `flat-lead`, `slice-gap`, … */
  criterion: string
  /** Lead name or slice/frame place where the criterion is about one; absent when it is about the whole. */
  lead?: string
  place?: string
  value: number
  threshold: number
  ok: boolean
  /** What a failure does: `drop` takes the subject out, `flag` keeps it with this note. */
  onFail: 'drop' | 'flag'
}

/** The verdicts that take a subject out. */
export function dropping(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter((verdict) => !verdict.ok && verdict.onFail === 'drop')
}
