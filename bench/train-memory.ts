// Whether a long training grows: 10,000 steps of `tcl` with small networks through the real loop, with its record, validations and
// checkpoints; resident memory, JavaScript's heap and live tensors along the way.
//   node bench/train-memory.ts [--steps 10000]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as torch from '@cinelead/torch'
import { plantedSource } from '../packages/cinelead/src/batches/planted-source.ts'
import { holdRecipe } from '../packages/cinelead/src/cli/hold-recipe.ts'
import { createArmTask } from '../packages/cinelead/src/cli/train-arm-task.ts'
import { createSelection } from '../packages/cinelead/src/cli/train-selection.ts'
import { createTower } from '../packages/cinelead/src/cli/train-stages.ts'
import { demo } from '../packages/cinelead/src/recipes/demo.ts'
import type { Recipe } from '../packages/cinelead/src/recipes/recipe.ts'
import { trainLoop } from '../packages/cinelead/src/train/loop.ts'

const { values } = parseArgs({ options: { steps: { type: 'string', default: '10000' } } })
const numSteps = Number(values.steps)
const BATCH = 16
const STEPS_AN_EPOCH = 4
torch.setNumThreads(1)
const source = plantedSource(1, { numSubjects: 96, numSamples: 600, numFrames: 4, numSlices: 6, numRows: 16 }) // 67 to train: 4 steps
const { model } = demo.pretrain
const recipe: Recipe = {
  ...demo,
  pretrain: {
    ...demo.pretrain,
    model: { ...model, encoder: { ...model.encoder, numSamples: 300, patch: [12, 50], width: 16, depth: 1, numHeads: 2 } },
  },
  contrast: {
    ...demo.contrast,
    ecgAugmentation: { ...demo.contrast.ecgAugmentation, cropSamples: 300 },
    loop: { ...demo.contrast.loop, batchSize: BATCH, numEpochs: numSteps / STEPS_AN_EPOCH, validateEvery: 25 },
  },
}
const held = holdRecipe(source, recipe, 'cpu')
const frozen = { ed: torch.randn([96, 64]), es: torch.randn([96, 64]) }
const selection = createSelection(source, recipe.selection)
const task = createArmTask({ arm: 'tcl', tower: createTower({ recipe, seed: 1 }, 'tcl'), frozen, held, recipe, selection, seed: 1 })
const folder = mkdtempSync(join(tmpdir(), 'cinelead-memory-'))
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(8)
console.log('   steps  resident MiB  heap MiB  tensors  tensor MiB')
try {
  await trainLoop(task, recipe.contrast.loop, {
    seed: 1,
    folder,
    onEpoch: ({ epoch }) => {
      const step = epoch * task.stepsPerEpoch
      if (step % (numSteps / 10) !== 0 && step !== 100) return
      globalThis.gc?.()
      const { rss, heapUsed } = process.memoryUsage()
      const { handles, bytes } = torch.live()
      console.log(`${String(step).padStart(8)}      ${mib(rss)}  ${mib(heapUsed)}  ${String(handles).padStart(7)}    ${mib(bytes)}`)
    },
  })
} finally {
  rmSync(folder, { recursive: true })
}
