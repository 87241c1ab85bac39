// Truth: the flags as they were agreed (a new one is a decision, not an accident), and the command run as a user runs it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createProgram } from './program.ts'
import { verbs } from './verbs.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const cinelead = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' })

describe('createProgram', () => {
  it('has these verbs and flags and no others', () => {
    const flags = createProgram().commands.map((command) => `${command.name()}: ${command.options.map(({ flags }) => flags).join(', ')}`)
    expect(flags).toMatchInlineSnapshot(`
      [
        "doctor: --json, --debug",
        "simulate: --out <folder>, --as <kind>, --subjects <count>, --seed <seed>, --prevalence <rates>, --link <strength>, --labelled <share>, --quirks <rates>, --long-axis, --scanner <profile>, --dialect <dialect>, --workers <count>, --explain, --json, --debug",
        "ingest: --store <folder>, --part <i/n>, --segmenter <file>, --salt <file>, --visit <visit>, --records-end <date>, --keep-unpaired, --split-seed <seed>, --workers <count>, --json, --debug",
        "inspect: --out <folder>, --subject <key>, --segmenter <file>, --json, --debug",
        "convert: --out <file>, --prepared, --json, --debug",
        "pretrain: --store <folder>, --run <folder>, --recipe <name>, --seed <seed>, --device <device>, --json, --debug",
        "train: --store <folder>, --run <folder>, --recipe <name>, --seed <seed>, --device <device>, --workers <count>, --ranks <count>, --json, --debug",
        "compare: --store <folder>, --run <folder>, --recipe <name>, --seed <seed>, --device <device>, --workers <count>, --ranks <count>, --labels <share>, --examples, --json, --debug",
        "segment: --out <file>, --segmenter <file>, --json, --debug",
        "measure: --ed <frame>, --es <frame>, --long-axes <path>, --segmenter <file>, --json, --debug",
        "report: --store <folder>, --json, --debug",
        "runs: --mlflow <address>, --json, --debug",
        "serve: --port <port>, --json, --debug",
        "demo: --out <folder>, --subjects <count>, --seed <seed>, --labels <share>, --workers <count>, --no-serve, --port <port>, --json, --debug",
        "train-segmenter: --out <file>, --axis <axis>, --seed <seed>, --json, --debug",
      ]
    `)
  })

  it.each(verbs.map((verb) => [verb.name, verb] as const))('loads the file of %s', async (_name, verb) => {
    expect(await verb.load()).toHaveProperty('run', expect.any(Function))
  })

  it.each(verbs.map((verb) => [verb.name, verb] as const))(
    'helps with an example of %s that starts with the command itself',
    (name, verb) => {
      expect(verb.example.startsWith(`cinelead ${name}`)).toBe(true)
    },
  )
})

describe('cinelead', () => {
  it('prints its verbs when it is given none', () => {
    const { status, stdout, stderr } = cinelead()
    expect(status).toBe(0)
    expect(stderr).toBe('')
    for (const { name } of verbs) expect(stdout).toContain(`  ${name}`)
  })

  it('prints help with an example', () => {
    const { status, stdout } = cinelead('doctor', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('Example:\n  cinelead doctor')
  })

  it.each([
    ['an unknown verb', ['doctr'], "unknown command 'doctr'"],
    ['an unknown flag', ['doctor', '--fast'], "unknown option '--fast'"],
    ['no rank', ['train', '--store', 's', '--run', 'r', '--ranks', '0'], 'A whole number from 1 up is wanted'],
    ['no worker', ['ingest', 'raw', '--store', 's', '--workers', '0'], 'A whole number from 1 up is wanted'],
  ])('refuses %s with one line and exit code 2', (_name, words, said) => {
    const { status, stdout, stderr } = cinelead(...words)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^cli\/usage cinelead: expected .+\. Run: cinelead .*--help\n$/)
    expect(stderr).toContain(said)
  })

  it('answers doctor --json with one object', () => {
    const { stdout } = cinelead('doctor', '--json')
    const { findings } = JSON.parse(stdout)
    expect(findings[0]).toMatchObject({ name: 'Node', found: expect.stringContaining(process.versions.node) })
    expect(findings.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['libtorch', 'disk', 'memory', 'weights']))
  })
})
