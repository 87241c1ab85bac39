// The verbs of the command line as a table: name, one line of help, flags, an example, and the file that does the work.
// A verb says where and which, never how: settings live in recipes. Adding a verb is one row here and one file beside it.
import type { Report } from './progress.ts'

/** What a verb's file exports: it does the work and may return an exit code (0 where it returns none). */
export type VerbModule<Options> = { run(options: Options, report: Report): Promise<number | void> | number | void }

/** A flag as commander reads it and what it does. */
export type Flag = {
  flags: string
  help: string
  /** What the text is turned into: a whole number from 0 or from 1 up, a number, a whole number where it is one and else a word. Default: text. */
  kind?: 'count' | 'count-from-one' | 'number' | 'count-or-word'
  choices?: readonly string[]
  isRequired?: boolean
  default?: string | number
  /** The option's name where it is not the flag's. */
  option?: string
}

const workers: Flag = {
  flags: '--workers <count>',
  help: 'worker threads (default: one a core)',
  kind: 'count-from-one',
  option: 'numWorkers',
}
const seed: Flag = { flags: '--seed <seed>', help: 'the same seed gives the same result (default: 1)', kind: 'count-or-word' }

const segmenter: Flag = {
  flags: '--segmenter <file>',
  help: 'weights of train-segmenter, or a model of your own: FILE.onnx with FILE.json beside it (default: what ships)',
  option: 'segmenterPath',
}

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

const storeOf: Flag = { flags: '--store <folder>', help: "the store's folder", isRequired: true }
const runOf: Flag = { flags: '--run <folder>', help: "the run's folder; what is there already is gone on with", isRequired: true }
const recipe: Flag = { flags: '--recipe <name>', help: 'demo (default), paper or another of the catalogue' }
const oneSeed: Flag = { flags: '--seed <seed>', help: "one seed instead of the recipe's own", kind: 'count' }
const device: Flag = { flags: '--device <device>', help: 'cpu (default), cuda:0, …' }
const processes: Flag = { flags: '--workers <count>', help: 'training processes at a time', kind: 'count-from-one' }
const ranks: Flag = { flags: '--ranks <count>', help: 'processes that train one model together (default: 1)', kind: 'count-from-one' }
const labels: Flag = {
  flags: '--labels <share>',
  help: "share of the training subjects whose labels the probes see (default: the recipe's)",
  kind: 'number',
}
const examples: Flag = { flags: '--examples', help: 'draw single test subjects in the report also when they are people' }

export const verbs: readonly Verb[] = [
  {
    name: 'doctor',
    summary: 'say what this machine has (Node, libtorch, devices, threads, disk) and what to do about what it has not',
    flags: [],
    example: 'cinelead doctor',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'simulate',
    summary: "make digital hearts: a raw folder in UK Biobank's real file formats, other files, or straight a store",
    flags: [
      { flags: '--out <folder>', help: 'the folder to make' },
      {
        flags: '--as <kind>',
        help: "ukb (default): UK Biobank's files and tables; store: at prepared size, ready to train on; acdc: NIfTI with labels; wfdb: ECG records",
        choices: ['ukb', 'store', 'acdc', 'wfdb'],
      },
      { flags: '--subjects <count>', help: 'how many people', kind: 'count', default: 240 },
      seed,
      {
        flags: '--prevalence <rates>',
        help: 'of disease: enriched (default), population, or rates such as population,af=0.1 (cad, mi, af, hf, cmp, scd)',
      },
      { flags: '--link <strength>', help: 'how much the electrical heart shares with the pump, 0 to 1 (default: 0.92)', kind: 'number' },
      { flags: '--labelled <share>', help: 'share of people who have CMR phenotypes in the table (default: 0.98)', kind: 'number' },
      {
        flags: '--quirks <rates>',
        help: "real files' oddities: usual (default), none, or rates such as none,truncatedZip=0.1",
      },
      { flags: '--long-axis', help: 'long-axis cines too (field 20208)' },
      {
        flags: '--scanner <profile>',
        help: "demo: small and quick; ukb: UK Biobank's matrix and phases; clinic: a hospital's",
        choices: ['demo', 'ukb', 'clinic'],
      },
      { flags: '--dialect <dialect>', help: "how the table's columns are called", choices: ['basket', 'r', 'rap'] },
      workers,
      { flags: '--explain', help: 'make no files: print how much of each phenotype the ECG can tell at all' },
    ],
    example: 'cinelead simulate --out raw --subjects 240 --seed 7',
    load: () => import('./simulate.ts'),
  },
  {
    name: 'ingest',
    summary: 'read, pair, clean, segment, judge and store what lies in a raw folder',
    argument: ['<raw>', 'raw', 'the raw folder'],
    flags: [
      { flags: '--store <folder>', help: "the store's folder; what is there already is kept", isRequired: true },
      { flags: '--part <i/n>', help: 'only this share of the subjects, for array jobs; a run without it merges' },
      segmenter,
      {
        flags: '--salt <file>',
        help: 'the secret that turns participant numbers into keys (default: cinelead-salt beside the raw folder, else in the home folder)',
      },
      { flags: '--visit <visit>', help: 'which of several complete visits: first, last or a number', kind: 'count-or-word' },
      { flags: '--records-end <date>', help: 'last day that the hospital records cover, YYYY-MM-DD' },
      { flags: '--keep-unpaired', help: 'keep subjects with an ECG or a cine alone, for looking at' },
      { ...seed, flags: '--split-seed <seed>' },
      workers,
    ],
    example: 'cinelead ingest raw --store store',
    load: () => import('./ingest.ts'),
  },
  {
    name: 'inspect',
    summary: 'say what a file or folder is: an ECG, a study of images, a raw folder, a store, a run',
    argument: ['<path>', 'path', 'any supported file or folder'],
    flags: [
      { flags: '--out <folder>', help: 'draw what was found into this folder' },
      { flags: '--subject <key>', help: 'one subject of a store' },
      segmenter,
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
    name: 'pretrain',
    summary: "pre-train a recipe's ECG encoder alone (masked autoencoder); compare does this too",
    flags: [storeOf, runOf, recipe, oneSeed, device],
    example: 'cinelead pretrain --store store --run runs/first',
    load: () => import('./pretrain.ts'),
  },
  {
    name: 'train',
    summary: 'train the five models of a recipe; compare does this and scores them too',
    flags: [storeOf, runOf, recipe, oneSeed, device, processes, ranks],
    example: 'cinelead train --store store --run runs/first --recipe demo',
    load: () => import('./train.ts'),
  },
  {
    name: 'compare',
    summary: 'train the five models, score them with the same probes and write the report',
    flags: [storeOf, runOf, recipe, oneSeed, device, processes, ranks, labels, examples],
    example: 'cinelead compare --store store --run runs/first --labels 0.1',
    load: () => import('./compare.ts'),
  },
  {
    name: 'segment',
    summary: 'label the heart in every slice and frame of a study: 1 LV cavity, 2 myocardium, 3 RV cavity',
    argument: ['<study>', 'path', 'a zip, a folder of DICOM images or a NIfTI file'],
    flags: [{ flags: '--out <file>', help: "the labels as .nii or .nii.gz, in the study's own geometry", isRequired: true }, segmenter],
    example: 'cinelead segment study.zip --out masks.nii.gz',
    load: () => import('./segment.ts'),
  },
  {
    name: 'measure',
    summary: 'measure volumes, mass, ejection fractions, wall and strain of a short-axis study',
    argument: ['<study>', 'path', 'a zip, a folder of DICOM images or a NIfTI file'],
    flags: [
      { flags: '--ed <frame>', help: 'the end-diastolic frame, from 0, instead of the one found', kind: 'count' },
      { flags: '--es <frame>', help: 'the end-systolic frame, from 0, instead of the one found', kind: 'count' },
      {
        flags: '--long-axes <path>',
        help: 'long-axis cines in a file of their own (field 20208): they tell where the ventricle ends',
        option: 'longAxesPath',
      },
      segmenter,
    ],
    example: 'cinelead measure study.zip --json',
    load: () => import('./measure.ts'),
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
    name: 'runs',
    summary: 'list the runs of a folder and compare them: recipe, state, validation R² of each model, what differs',
    argument: ['[folder]', 'folder', 'the folder of runs; default runs'],
    flags: [{ flags: '--mlflow <address>', help: 'send their recipes and numbers to this MLflow tracking server' }],
    example: 'cinelead runs runs --mlflow http://127.0.0.1:5000',
    load: () => import('./runs.ts'),
  },
  {
    name: 'serve',
    summary: 'show the reports of runs in a browser, on this machine only',
    argument: ['[runs]', 'runs', 'a folder of runs, or one run (default: runs)'],
    flags: [{ flags: '--port <port>', help: 'the port (default: 4780)', kind: 'count' }],
    example: 'cinelead serve runs',
    load: () => import('./serve.ts'),
  },
  {
    name: 'demo',
    summary: 'simulate a cohort, ingest it, train and compare the five models, write the report and serve it',
    flags: [
      { flags: '--out <folder>', help: "the run's folder (default: runs/demo)" },
      { flags: '--subjects <count>', help: 'how many people are simulated (default: 400)', kind: 'count' },
      seed,
      labels,
      workers,
      { flags: '--no-serve', help: 'stop after writing the report' },
      { flags: '--port <port>', help: "the server's port (default: 4780)", kind: 'count' },
    ],
    example: 'cinelead demo --no-serve',
    load: () => import('./demo.ts'),
  },
  {
    name: 'train-segmenter',
    summary: 'train the heart segmenter on random anatomy and write its weights',
    flags: [
      { flags: '--out <file>', help: 'the safetensors file; its card goes beside it as .json (default: the shipped ones)' },
      { flags: '--axis <axis>', help: 'what to look at: short-axis slices (default) or long axes', choices: ['short', 'long'] },
      oneSeed,
    ],
    example: 'cinelead train-segmenter --out segmenter.safetensors',
    load: () => import('./train-segmenter.ts'),
  },
]
