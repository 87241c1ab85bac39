// What a person or a program is told when a verb fails: one sentence with a code, no participant number, no stack unless asked.
// Hands on: describeFailure, systemFault.
import { basename } from 'node:path'
import { CineLeadError, fault, faultAt } from '../base/errors.ts'
import { redact } from '../base/privacy.ts'

/** A failure ready to print. */
export type Failure = { code: string; message: string; stack: string }

type Coded = Error & { code: string; path?: string }

// The system's refusals a user can mend, by errno name (POSIX.1-2017, errno.h).
const systemRefusals: Record<string, [expected: string, hint: string]> = {
  ENOENT: ['a file or folder that exists', 'Check the path.'],
  EACCES: ['permission to read and write there', 'Check who owns the folder, or name another with --out.'],
  EPERM: ['permission to do that there', 'Check who owns the folder, or name another with --out.'],
  EROFS: ['a place that can be written', 'Name another folder with --out.'],
  ENOSPC: ['room on the disk', 'Free some space; what was begun is taken up again by the same command.'],
  EDQUOT: ['room in the disk quota', 'Free some space; what was begun is taken up again by the same command.'],
  EISDIR: ['a file', 'Name a file instead of a folder.'],
  ENOTDIR: ['a folder', 'Name a folder instead of a file.'],
  EEXIST: ['a path that is free', 'Name another one.'],
  EMFILE: ['room for more open files', 'Raise the limit: ulimit -n 4096'],
  EADDRINUSE: ['a free port', 'Another server listens there: stop it or name another port with --port.'],
}

const isCoded = (error: unknown): error is Coded => error instanceof Error && typeof (error as { code?: unknown }).code === 'string'

/** The system's refusal as a fault; undefined for any other error. */
export function systemFault(error: unknown): CineLeadError | undefined {
  const refusal = isCoded(error) ? systemRefusals[error.code] : undefined
  if (!isCoded(error) || refusal === undefined) return undefined
  const [expected, hint] = refusal
  const at = error.path === undefined ? undefined : basename(error.path)
  return fault({ code: 'cli/system', where: 'cinelead', expected, received: error.code, hint, at, cause: error })
}

function toSentence(error: unknown): Coded {
  if (error instanceof CineLeadError) return error
  if (isCoded(error) && error.code.includes('/')) return error // the tensor package's own errors follow the same pattern
  return systemFault(error) ?? faultAt(error, 'cinelead')
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/**
 * The sentence for a failure, in the house's pattern and without participant numbers.
 *
 * @returns  `message` on one line; `stack` with the causes, for `--debug`.
 */
export function describeFailure(error: unknown): Failure {
  const told = toSentence(error)
  return { code: told.code, message: redact(told.message.replaceAll(/\s*\n\s*/g, ' ')), stack: redact(stackOf(told)) }
}
