// What the evaluation hands on instead of a bare number: a value with its interval, or the reason why there is none.

/** Why a figure cannot be given. Stable words, for machines; `detail` tells a person. */
export type NotEstimableReason =
  | 'no-labels'
  | 'too-few-labelled'
  | 'too-few-test-subjects'
  | 'too-few-labelled-events'
  | 'too-few-test-events'
  | 'no-variation'
  | 'no-parts'

export type NotEstimable = { value: null; ciLow: null; ciHigh: null; reason: NotEstimableReason; detail: string }

/** A value with its interval; never NaN. Written to JSON as it is. */
export type Estimate = { value: number; ciLow: number; ciHigh: number } | NotEstimable

/** The empty place of a figure that the data cannot give. */
export function notEstimable(reason: NotEstimableReason, detail: string): NotEstimable {
  return { value: null, ciLow: null, ciHigh: null, reason, detail }
}
