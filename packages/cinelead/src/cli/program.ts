// The command line as a program: reads the verb and its flags, hands them to the verb's own file, prints the answer or one
// sentence of error. Hands on: createProgram, runProgram. Exit codes: 0 done, 1 failed, 2 the command line was wrong.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { createRequire } from 'node:module'
import { redact } from '../base/privacy.ts'
import { describeFailure } from './failure.ts'
import { createReport } from './progress.ts'
import { type Flag, type Verb, verbs } from './verbs.ts'

const USAGE_EXIT = 2 // the shell's own code for a wrong command line

function reportTo(isJson: boolean) {
  return createReport({
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(redact(text)),
    isTerminal: process.stderr.isTTY === true,
    isJson,
    numColumns: process.stderr.columns ?? 80,
    nowMs: () => performance.now(),
  })
}

async function runVerb(verb: Verb, options: Record<string, unknown>): Promise<void> {
  const { debug, ...rest } = options
  const isJson = options.json === true
  try {
    const { run } = await verb.load()
    const exitCode = await run(rest as never, reportTo(isJson))
    if (typeof exitCode === 'number') process.exitCode = exitCode
  } catch (error) {
    const { code, message, stack } = describeFailure(error)
    const text = debug === true ? `${message}\n${stack}` : message
    process.stderr.write(isJson ? `${JSON.stringify({ event: 'error', code, message: text })}\n` : `${text}\n`)
    process.exitCode = 1
  }
}

function parseValue(text: string, kind: NonNullable<Flag['kind']>): number | string {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (kind === 'count-or-word' && !Number.isFinite(value)) return text
  if (!Number.isFinite(value)) throw new InvalidArgumentError('A number is wanted.')
  const lowest = kind === 'count-from-one' ? 1 : 0
  if (kind !== 'number' && !(Number.isSafeInteger(value) && value >= lowest))
    throw new InvalidArgumentError(`A whole number from ${lowest} up is wanted.`)
  return value
}

function toOption(flag: Flag): Option {
  const option = new Option(flag.flags, flag.help).makeOptionMandatory(flag.isRequired ?? false)
  const { kind } = flag
  if (kind !== undefined) option.argParser((text) => parseValue(text, kind))
  if (flag.choices !== undefined) option.choices(flag.choices)
  if (flag.default !== undefined) option.default(flag.default)
  return option
}

/** Commander's options by the names that the verb's file knows. */
function namedOptions(verb: Verb, command: Command): Record<string, unknown> {
  const names = new Map(verb.flags.map((flag) => [new Option(flag.flags).attributeName(), flag.option]))
  return Object.fromEntries(Object.entries(command.opts()).map(([name, value]) => [names.get(name) ?? name, value]))
}

/** The whole command line as commander sees it; a test reads its flags. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
  const program = new Command('cinelead')
    .description('Teaches a 12-lead ECG what cardiac MRI sees. Not a medical device.')
    .version(version)
    .configureOutput({ writeErr: () => {} })
    .exitOverride()
  for (const verb of verbs) {
    const command = program.command(verb.name).summary(verb.summary).description(verb.summary)
    if (verb.argument) command.argument(verb.argument[0], verb.argument[2])
    for (const flag of verb.flags) command.addOption(toOption(flag))
    command.option('--json', 'print one JSON object instead of text (progress as JSON lines on standard error)')
    command.option('--debug', 'print the stack of an error')
    command.addHelpText('after', `\nExample:\n  ${verb.example}`)
    command.action(async (...given: unknown[]) => {
      const options = namedOptions(verb, command)
      if (verb.argument) options[verb.argument[1]] = given[0]
      await runVerb(verb, options)
    })
  }
  return program
}

/** Runs the command line `words` (without node and script) and sets the exit code. */
export async function runProgram(words: readonly string[]): Promise<void> {
  const program = createProgram()
  if (words.length === 0) {
    process.stdout.write(program.helpInformation())
    return
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return
    const verb = verbs.find(({ name }) => words.includes(name))
    const help = `cinelead ${verb ? `${verb.name} ` : ''}--help`
    const received = error.message
      .replace(/^error: /, '')
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '')
    process.stderr.write(`cli/usage cinelead: expected a known command line but received: ${redact(received)}. Run: ${help}\n`)
    process.exitCode = USAGE_EXIT
  }
}
