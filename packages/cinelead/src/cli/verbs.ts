// The verbs of the command line as a table: name, one line of help, flags, an example, and the file that does the work.
// A verb says where and which, never how: settings live in recipes. Adding a verb is one row here and one file beside it.
import type { Report } from './progress.ts'

/** What a verb's file exports: it does the work and may return an exit code (0 where it returns none). */
export type VerbModule<Options> = { run(options: Options, report: Report): Promise<number | void> | number | void }

/** A flag as commander reads it and what it does; `count` and `number` are turned from text, others stay text. */
export type Flag = { flags: string; help: string; kind?: 'count' | 'number'; isRequired?: boolean; default?: string | number }

/** One row of the table. */
export type Verb = {
  name: string
  summary: string
  /** The positional argument: how help shows it, the option's name it becomes, what it is. */
  argument?: [shown: string, option: string, help: string]
  /** Flags beside `--json` and `--debug`, which every verb has. */
  flags: readonly Flag[]
  example: string
  load(): Promise<VerbModule<never>>
}

export const verbs: readonly Verb[] = [
  {
    name: 'doctor',
    summary: 'say what this machine has (Node, libtorch, devices, threads, disk) and what to do about what it has not',
    flags: [],
    example: 'cinelead doctor',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'inspect',
    summary: 'say what a file or folder is: an ECG, a study of images, a raw folder, a store, a run',
    argument: ['<path>', 'path', 'any supported file or folder'],
    flags: [
      { flags: '--out <folder>', help: 'draw what was found into this folder' },
      { flags: '--subject <key>', help: 'one subject of a store' },
    ],
    example: 'cinelead inspect ecg.xml --out drawings',
    load: () => import('./inspect.ts'),
  },
  {
    name: 'convert',
    summary: 'write a recording as WFDB (.hea), CSV (.csv, mV) or CardioSoft XML (.xml)',
    argument: ['<file>', 'path', 'an ECG of any format that is read'],
    flags: [
      { flags: '--out <file>', help: 'the file to write; its ending is the format', isRequired: true },
      { flags: '--prepared', help: '12 leads at 500 Hz, filtered, instead of sample for sample' },
    ],
    example: 'cinelead convert ecg.xml --out ecg.csv',
    load: () => import('./convert.ts'),
  },
  {
    name: 'report',
    summary: 'write the page and report.json of an evaluated run',
    argument: ['<run>', 'run', "the run's folder"],
    flags: [{ flags: '--store <folder>', help: 'the store it was trained on, where it has moved' }],
    example: 'cinelead report runs/demo',
    load: () => import('./report.ts'),
  },
  {
    name: 'serve',
    summary: 'show the reports of runs in a browser, on this machine only',
    argument: ['[runs]', 'runs', 'a folder of runs, or one run (default: runs)'],
    flags: [{ flags: '--port <port>', help: 'the port (default: 4780)', kind: 'count' }],
    example: 'cinelead serve runs',
    load: () => import('./serve.ts'),
  },
]
