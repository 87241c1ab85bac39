// Seconds a training step of the demo recipe takes here and in eager PyTorch: the same networks, sizes, losses, optimiser and
// augmentation, data in memory, turn by turn in one run. bench/train-step.py is the other side.
//   node bench/train-step.ts [--threads 1] [--cpu] [--rounds 7]
//   --cpu: processor time instead of the clock's, for machines that other work shares
import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as torch from '@cinelead/torch'
import type { ContrastiveArm } from '../packages/cinelead/src/batches/arms.ts'
import { hold } from '../packages/cinelead/src/batches/held.ts'
import { plantedSource } from '../packages/cinelead/src/batches/planted-source.ts'
import { createArmTask } from '../packages/cinelead/src/cli/train-arm-task.ts'
import { createCmrTask } from '../packages/cinelead/src/cli/train-cmr-task.ts'
import { createPretrainTask } from '../packages/cinelead/src/cli/train-pretrain-task.ts'
import { createSelection } from '../packages/cinelead/src/cli/train-selection.ts'
import { createTower } from '../packages/cinelead/src/cli/train-stages.ts'
import { MaskedAutoencoder } from '../packages/cinelead/src/models/masked-autoencoder.ts'
import { PhenotypeRegressor } from '../packages/cinelead/src/models/phenotype-regressor.ts'
import { demo } from '../packages/cinelead/src/recipes/demo.ts'
import type { Task } from '../packages/cinelead/src/train/task.ts'

const { values } = parseArgs({
  options: { threads: { type: 'string', default: '1' }, cpu: { type: 'boolean' }, rounds: { type: 'string', default: '7' } },
})
torch.setNumThreads(Number(values.threads))
const source = plantedSource(1, { numSubjects: 400, numSamples: 5000, numFrames: 16, numSlices: 6, numRows: 64 })
const held = hold(source, demo.ecgInput)
const selection = createSelection(source, demo.selection)
const features = { slice: torch.randn([400, 64]), cine: torch.randn([400, 64]), ed: torch.randn([400, 64]), es: torch.randn([400, 64]) }
const pretrain = createPretrainTask(
  torch.scope(() => new MaskedAutoencoder(demo.pretrain.model)),
  held,
  demo,
  selection,
  1,
)
const cmr = (view: 'slice' | 'cine' | 'ed') => {
  const config = demo.cmr.encoders[view === 'ed' ? 'volume' : view]
  return createCmrTask(
    torch.scope(() => new PhenotypeRegressor(config, 10)),
    view,
    held,
    demo,
    1,
  )
}
const arm = (name: ContrastiveArm) =>
  createArmTask({
    arm: name,
    tower: createTower({ recipe: demo, seed: 1 }, name),
    frozen: features,
    held,
    recipe: demo,
    selection,
    seed: 1,
  })
const cases: Record<string, Task> = {
  'masked autoencoder': pretrain,
  'cmr slice': cmr('slice'),
  'cmr cine': cmr('cine'),
  'cmr volume': cmr('ed'),
  'arm of one view': arm('cl-2d'),
  'arm tcl': arm('tcl'),
}

/** One step as train/loop.ts does it. */
function stepper(task: Task): () => void {
  const parameters = task.module.parameters()
  const groups = [
    { params: parameters.filter(({ ndim }) => ndim > 1), weightDecay: 0.05 },
    { params: parameters.filter(({ ndim }) => ndim <= 1), weightDecay: 0 },
  ]
  const optimiser = new torch.optim.AdamW(groups, { lr: 1e-4, betas: [0.9, 0.95] })
  let step = 0
  return () => {
    const rows = task.rows({ epoch: step++, step: 0 })
    torch.scope(() => {
      optimiser.zeroGrad()
      const { loss, backward = () => loss.backward() } = task.step(rows)
      loss.item()
      backward()
      torch.optim.clipGradNorm(parameters, 1)
      optimiser.step()
    })
  }
}

const twinPath = fileURLToPath(new URL('./train-step.py', import.meta.url))
const twin = spawn('/usr/bin/python3', [twinPath, values.threads, values.cpu ? 'cpu' : 'wall'], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface({ input: twin.stdout })[Symbol.asyncIterator]()
const theirVersion = (await answers.next()).value
const now = () => {
  if (!values.cpu) return performance.now() / 1000
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const REPEATS = 5
for (const [name, task] of Object.entries(cases)) {
  const work = stepper(task)
  work()
  let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < Number(values.rounds); round++) {
    twin.stdin.write(`${name} ${REPEATS}\n`)
    theirs = Math.min(theirs, Number((await answers.next()).value))
    const start = now()
    for (let i = 0; i < REPEATS; i++) work()
    ours = Math.min(ours, (now() - start) / REPEATS)
  }
  console.log(
    `${name.padEnd(20)} ${(ours * 1000).toFixed(1).padStart(8)} ms  ${(theirs * 1000).toFixed(1).padStart(8)} ms  ${(ours / theirs).toFixed(2)}`,
  )
}
twin.stdin.end()
const library = torch.describeLibrary()
console.log(
  `${values.cpu ? 'processor time' : 'wall time'} of a step here, in PyTorch ${theirVersion}, ratio (fastest of ${values.rounds} rounds of ${REPEATS}); ` +
    `${cpus()[0].model}, ${values.threads} thread(s), libtorch ${library.version}, Node ${process.version}`,
)
