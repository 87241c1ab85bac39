// The one error class of the house and the one sentence pattern every message follows.
// Hands on: CineLeadError, fault (builds one), unreachable (a programmer's mistake).

/** What a message is made of; `at` is a file's base name or a pseudonymous subject key, never a participant's id. */
export type FaultParts = {
  /** Stable code `room/what`, for machines and tests. */
  code: string
  /** The function that refuses. */
  where: string
  /** What would have been right, with unit and shape. */
  expected: string
  /** What came instead: value, shape, dtype. */
  received: string
  /** The way out, a full sentence. */
  hint: string
  at?: string
  cause?: unknown
}

/** An error a user can act on: names both sides and the way out. */
export class CineLeadError extends Error {
  readonly code: string
  readonly where: string
  readonly expected: string
  readonly received: string
  readonly hint: string
  readonly at: string | undefined

  constructor(parts: FaultParts) {
    const place = parts.at === undefined ? '' : ` in ${parts.at}`
    super(`${parts.code} ${parts.where}: expected ${parts.expected} but received ${parts.received}${place}. ${parts.hint}`, {
      cause: parts.cause,
    })
    this.name = 'CineLeadError'
    this.code = parts.code
    this.where = parts.where
    this.expected = parts.expected
    this.received = parts.received
    this.hint = parts.hint
    this.at = parts.at
  }
}

/** Builds the error for a user's fault; the caller throws it, so that TypeScript sees the end of the path. */
export function fault(parts: FaultParts): CineLeadError {
  return new CineLeadError(parts)
}

/** Whether an error has a fault's parts: errors of this house and of the tensor package. */
export function isTold(error: unknown): error is FaultParts {
  return typeof error === 'object' && error !== null && ['code', 'where', 'expected', 'received', 'hint'].every((part) => part in error)
}

/** The same fault told again with the place it happened in, when who told it did not know it. */
export function faultAt(error: unknown, at: string): CineLeadError {
  if (error instanceof CineLeadError && error.at !== undefined) return error
  if (isTold(error)) {
    const { code, where, expected, received, hint, cause } = error
    return new CineLeadError({ code, where, expected, received, hint, at, cause })
  }
  const received = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
  return new CineLeadError({
    code: 'base/internal',
    where: 'faultAt',
    expected: 'no internal failure',
    received,
    hint: 'This is a defect of the program: please report it with the command that led here.',
    at,
    cause: error,
  })
}

/** Marks a branch that types rule out. */
export function unreachable(value: never): never {
  throw new CineLeadError({
    code: 'base/unreachable',
    where: 'unreachable',
    expected: 'a case the types allow',
    received: JSON.stringify(value) ?? String(value),
    hint: 'This is a defect of the program: please report it.',
  })
}
