// What docs/results.md adds to a run's report: the contrastive arms beside each other, and how well each view of the MRI predicts by itself.
// Run: node bench/results-views.ts RUN STORE [share of labels, 0.1]
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { labelsOf } from '../packages/cinelead/src/cli/evaluate-labels.ts'
import { readTrainedRun } from '../packages/cinelead/src/cli/evaluate-run.ts'
import { openStore } from '../packages/cinelead/src/cohort/store.ts'
import type { Estimate } from '../packages/cinelead/src/evaluate/estimate.ts'
import { evaluateArms } from '../packages/cinelead/src/evaluate/evaluate-arms.ts'
import type { ArmEmbeddings } from '../packages/cinelead/src/evaluate/probes.ts'

const [folder, storeDir, share] = process.argv.slice(2)
using store = await openStore(storeDir)
const run = readTrainedRun(folder, store.rows.length)
const { sources: _, ...labels } = labelsOf(store.rows)
const views = ['cmr-slice', 'cmr-cine', 'cmr-ed', 'cmr-es'].map((id): ArmEmbeddings => {
  const seeds = run.record.seeds.map((seed) => {
    const { features_SD } = torch.loadSafetensors(join(folder, `seed-${seed}`, id, 'features.safetensors'))
    return { seed, numFeatures: features_SD.shape[1], embeddings_SE: Float32Array.from(features_SD.to('float32').toArray(), Number) }
  })
  return { id, numFeatures: seeds[0].numFeatures, seeds }
})
const settings = { labelFraction: Number(share ?? 0.1), curveFractions: [] }
const shown = (found?: Estimate) =>
  found?.value == null ? '–' : `${found.value.toFixed(3)} (${found.ciLow.toFixed(3)} to ${found.ciHigh.toFixed(3)})`
const told = (arms: readonly ArmEmbeddings[], reference: string, what: string) => {
  const { arms: scored, differences } = evaluateArms({ ...labels, arms, reference, settings })
  for (const { id, meanR2, phenotypes } of scored) {
    const gain = differences.find(({ arm, metric }) => arm === id && metric === 'meanR2')
    const some = (['lvedv', 'lvm', 'lvsv', 'lvef'] as const).map((name) => `${name} ${phenotypes[name].r2.value?.toFixed(3) ?? '–'}`)
    console.log(`${what} ${id.padEnd(10)} mean R² ${shown(meanR2)}  minus ${reference}: ${shown(gain?.estimate)}  ${some.join(', ')}`)
  }
}
const contrastive = run.arms.filter(({ id }) => id !== 'ecg-only')
for (const reference of ['cl-2d', 'cl-2dt', 'tcl']) told(contrastive, reference, 'ECG')
told(views, 'cmr-slice', 'MRI')
