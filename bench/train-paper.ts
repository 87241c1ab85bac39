// The `paper` recipe on one GPU beside a PyTorch twin with a DataLoader (bench/train-paper.py), both from one store on disk, turn by turn in
// one run: subjects a second, memory, share of the time waiting for data, share of the matrix peak, time of an epoch of the abstract's pairs.
//   npx cinelead simulate --as store --out /tmp/bench-store --subjects 800 --seed 5
//   node bench/train-paper.ts --store /tmp/bench-store [--device cuda:0] [--steps 20] [--python python3] [--batch 2 on a CPU, to try it]
// Every case is a process of its own on both sides, so that its peak of memory is its own.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as torch from '@cinelead/torch'
import { storeSource } from '../packages/cinelead/src/batches/store-source.ts'
import { holdRecipe } from '../packages/cinelead/src/cli/hold-recipe.ts'
import { createArmTask } from '../packages/cinelead/src/cli/train-arm-task.ts'
import { createCmrTask } from '../packages/cinelead/src/cli/train-cmr-task.ts'
import { createPretrainTask } from '../packages/cinelead/src/cli/train-pretrain-task.ts'
import { createSelection } from '../packages/cinelead/src/cli/train-selection.ts'
import { createTower } from '../packages/cinelead/src/cli/train-stages.ts'
import { openStore } from '../packages/cinelead/src/cohort/store.ts'
import { MaskedAutoencoder } from '../packages/cinelead/src/models/masked-autoencoder.ts'
import { PhenotypeRegressor } from '../packages/cinelead/src/models/phenotype-regressor.ts'
import { paper } from '../packages/cinelead/src/recipes/paper.ts'
import type { Recipe } from '../packages/cinelead/src/recipes/recipe.ts'
import { trainLoop } from '../packages/cinelead/src/train/loop.ts'
import { readMetrics } from '../packages/cinelead/src/train/metrics.ts'
import type { Task } from '../packages/cinelead/src/train/task.ts'

const PAIRS = 47_527 // training pairs of the abstract
const PEAK_FLOPS = 989e12 // NVIDIA's data sheets of the H100 and H200 (SXM): dense products in bfloat16 a second
const CASES = ['masked autoencoder', 'cmr slice', 'cmr cine', 'cmr volume', 'arm tcl'] as const
type Case = (typeof CASES)[number]

/** What one side says of one case. */
type Measured = { rowsPerSecond: number; loadingFraction: number; memoryBytes: number; flopPerRow?: number; peakFlops?: number }

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '' },
    device: { type: 'string', default: 'cuda:0' },
    steps: { type: 'string', default: '20' },
    python: { type: 'string', default: 'python3' },
    batch: { type: 'string' },
    only: { type: 'string' },
  },
})
const { device, store, batch } = values
const numSteps = Number(values.steps)
const isCuda = device.startsWith('cuda')
const sized = <Stage extends { loop: { batchSize: number } }>(stage: Stage): Stage =>
  batch === undefined ? stage : { ...stage, loop: { ...stage.loop, batchSize: Number(batch) } }
const recipe: Recipe = { ...paper, pretrain: sized(paper.pretrain), cmr: sized(paper.cmr), contrast: sized(paper.contrast) }
const batchOf = (name: Case) =>
  (name === 'masked autoencoder' ? recipe.pretrain : name === 'arm tcl' ? recipe.contrast : recipe.cmr).loop.batchSize

async function measureHere(name: Case): Promise<Measured> {
  const source = storeSource(await openStore(store))
  const held = holdRecipe(source, recipe, device)
  const selection = createSelection(source, recipe.selection)
  const task = taskOf(name, held, selection)
  const folder = mkdtempSync(join(tmpdir(), 'cinelead-paper-'))
  // the first epoch warms up, the second is read
  const timed: Task = {
    ...task,
    stepsPerEpoch: numSteps,
    rows: ({ step }) => task.rows({ epoch: Math.floor(step / task.stepsPerEpoch), step: step % task.stepsPerEpoch }),
    validate: () => ({ score: 0, measures: {} }),
  }
  await trainLoop(timed, { ...recipe.contrast.loop, numEpochs: 2, validateEvery: 1, patience: undefined }, { seed: 1, folder, device })
  const [, last] = readMetrics(folder).filter(({ kind }) => kind === 'validation')
  rmSync(folder, { recursive: true })
  const memoryBytes = isCuda ? torch.cuda.memoryBytes().most : process.resourceUsage().maxRSS * 1024
  return { rowsPerSecond: Number(last.rowsPerSecond), loadingFraction: Number(last.loadingFraction), memoryBytes }
}

function taskOf(name: Case, held: ReturnType<typeof holdRecipe>, selection: ReturnType<typeof createSelection>): Task {
  if (name === 'masked autoencoder') {
    const model = torch.scope(() => new MaskedAutoencoder(recipe.pretrain.model)).to({ device })
    return createPretrainTask(model, held, recipe, selection, 1)
  }
  if (name === 'arm tcl') {
    const tower = createTower({ recipe, seed: 1 }, 'tcl').to({ device })
    const numRows = held.source.subjects.length
    const frozen = { ed: torch.randn([numRows, 768], { device }), es: torch.randn([numRows, 768], { device }) }
    return createArmTask({ arm: 'tcl', tower, frozen, held, recipe, selection, seed: 1 })
  }
  const view = name === 'cmr slice' ? 'slice' : name === 'cmr cine' ? 'cine' : 'ed'
  const model = torch.scope(() => new PhenotypeRegressor(recipe.cmr.encoders[view === 'ed' ? 'volume' : view], 10)).to({ device })
  return createCmrTask(model, view, held, recipe, 1)
}

/** Runs a program that prints one line of JSON last; undefined where it failed, which it says itself: the other side and cases go on. */
function ask(command: string, words: readonly string[]): Measured | undefined {
  const { status, signal, stdout, error } = spawnSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Measured
  console.log(`${command} ended with ${error?.message ?? signal ?? status}`)
  process.exitCode = 1
  return undefined
}

function tell(name: string, side: string, { rowsPerSecond, loadingFraction, memoryBytes, flopPerRow, peakFlops }: Measured): void {
  const shareOf = (peak: number | undefined): string =>
    flopPerRow === undefined || peak === undefined ? '–' : `${((100 * flopPerRow * rowsPerSecond) / peak).toFixed(1)} %`
  const epoch = `${(PAIRS / rowsPerSecond / 60).toFixed(1)} min`
  console.log(
    `${name.padEnd(20)} ${side.padEnd(8)} ${rowsPerSecond.toFixed(1).padStart(9)} subjects/s ${(memoryBytes / 2 ** 30).toFixed(2).padStart(7)} GiB ` +
      `waiting ${(100 * loadingFraction).toFixed(1).padStart(5)} %  of the data sheet's peak ${shareOf(isCuda ? PEAK_FLOPS : undefined)}, ` +
      `of a large product's ${shareOf(peakFlops)}  an epoch ${epoch}`,
  )
}

if (values.only !== undefined) console.log(JSON.stringify(await measureHere(values.only as Case)))
else {
  const self = fileURLToPath(import.meta.url)
  const twin = fileURLToPath(new URL('./train-paper.py', import.meta.url))
  for (const name of CASES) {
    const theirs = ask(values.python, [twin, store, name, device, String(numSteps), String(batchOf(name))])
    const ours = ask(process.execPath, [self, ...process.argv.slice(2), '--only', name])
    // counted and measured by PyTorch for the same networks on the same card
    if (ours !== undefined) tell(name, 'here', { ...ours, flopPerRow: theirs?.flopPerRow, peakFlops: theirs?.peakFlops })
    if (theirs !== undefined) tell(name, 'PyTorch', theirs)
    if (ours !== undefined && theirs !== undefined)
      console.log(`${name.padEnd(20)} subjects a second, here over PyTorch: ${(ours.rowsPerSecond / theirs.rowsPerSecond).toFixed(2)}`)
  }
  console.log(`${device}, libtorch ${torch.describeLibrary().version}, ${numSteps} steps after as many to warm up`)
}
