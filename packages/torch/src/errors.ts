// The one error class of this package and the sentence every message follows; same parts as the house's other errors,
// written again here because this package imports nothing of the rooms above it.
// Hands on: TorchError, fault (builds one).

/** What a message is made of. */
export type TorchFaultParts = {
  /** Stable code `torch/what`, for machines and tests. */
  code: string
  /** The function that refuses. */
  where: string
  /** What would have been right, with shape and dtype. */
  expected: string
  /** What came instead: value, shape, dtype. */
  received: string
  /** The way out, a full sentence. */
  hint: string
  cause?: unknown
}

/** An error a user can act on: names both sides and the way out. */
export class TorchError extends Error {
  readonly code: string
  readonly where: string
  readonly expected: string
  readonly received: string
  readonly hint: string

  constructor(parts: TorchFaultParts) {
    super(`${parts.code} ${parts.where}: expected ${parts.expected} but received ${parts.received}. ${parts.hint}`, { cause: parts.cause })
    this.name = 'TorchError'
    this.code = parts.code
    this.where = parts.where
    this.expected = parts.expected
    this.received = parts.received
    this.hint = parts.hint
  }
}

/** Builds the error; the caller throws it, so that TypeScript sees the end of the path. */
export function fault(parts: TorchFaultParts): TorchError {
  return new TorchError(parts)
}
