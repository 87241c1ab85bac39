// How set-up speaks and starts other programs. Hands on: say, SetupFault, runLoud, runQuiet.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** One line on what set-up does or found. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`)
}

/** A refusal in the house's sentence pattern: both sides and the way out. */
export class SetupFault extends Error {
  constructor(code, expected, received, hint) {
    super(`${code} setup: expected ${expected} but received ${received}. ${hint}`)
    this.name = 'SetupFault'
    this.code = code
  }
}

const TAIL_LINES = 25 // enough to see why apt gave up

/**
 * Runs a program to its end; a failure is thrown as `fault`.
 *
 * Its words go to standard error, or with `logPath` into that file, of which a failure shows the end.
 */
export function runLoud(command, args, options) {
  const { cwd, env = process.env, noteChild = () => {}, fault, logPath } = options
  return new Promise((resolve, reject) => {
    const log = logPath === undefined ? 2 : openSync(logPath, 'a')
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', log, log] })
    if (child.pid !== undefined) noteChild(child.pid)
    const fail = (reason) => {
      if (logPath !== undefined)
        process.stderr.write(`${readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')}\n`)
      fault.message += ` (${command}: ${reason})`
      reject(fault)
    }
    child.on('error', (error) => fail(error.code ?? error.message))
    child.on('close', (code, signal) => {
      if (logPath !== undefined) closeSync(log)
      if (code === 0) resolve()
      // One that could not start closes with a negative code after its error, which was told above.
      else if (code === null || code > 0) fail(`ended with ${signal ?? code}`)
    })
  })
}

/** Runs a program for its answer: exit code and what it printed; a program that is not there has code 127. */
export function runQuiet(command, args, { cwd, env = process.env } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (error !== undefined) return { code: 127, stdout: '', stderr: error.message }
  return { code: status ?? (signal ? 128 : 1), stdout, stderr }
}
