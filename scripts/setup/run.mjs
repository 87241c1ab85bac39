// How set-up speaks and starts other programs. Hands on: say, SetupFault, runLoud, runQuiet.
import { spawn, spawnSync } from 'node:child_process'

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

/** Runs a program whose words the user sees (on standard error); a failure is thrown as `fault`. */
export function runLoud(command, args, { cwd, env = process.env, noteChild = () => {}, fault }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 2, 2] })
    if (child.pid !== undefined) noteChild(child.pid)
    child.on('error', (error) => {
      fault.message += ` (${command}: ${error.code ?? error.message})`
      reject(fault)
    })
    child.on('exit', (code, signal) => {
      if (code === 0) return resolve()
      fault.message += ` (${command} ended with ${signal ?? code})`
      reject(fault)
    })
  })
}

/** Runs a program for its answer: exit code and what it printed; a program that is not there has code 127. */
export function runQuiet(command, args, { cwd, env = process.env } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (error !== undefined) return { code: 127, stdout: '', stderr: error.message }
  return { code: status ?? (signal ? 128 : 1), stdout, stderr }
}
