// Judges a segmenter and everything after it on simulated people: against their true volumes, frames and labels.
// Run: node bench/segmenter-simulated.ts [weights.safetensors] [people] [folder for pictures, or -] [demo, ukb or clinic] [seed] [long-axis weights]
// With long-axis weights each person's long axes are made and read as well; what comes of it stands beside, as `long axes`.
// `floor` is what the true labels of the same slices give, measured in the same way: no segmenter can be better but by chance.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { loadSegmenter } from '../packages/cinelead/src/models/segmenter.ts'
import { endedVolumes } from '../packages/cinelead/src/prepare/cmr/base-plane.ts'
import { measureHeart } from '../packages/cinelead/src/prepare/cmr/measure.ts'
import { findPhases } from '../packages/cinelead/src/prepare/cmr/phases.ts'
import { prepareCine } from '../packages/cinelead/src/prepare/cmr/prepare-cine.ts'
import { cutVolumes } from '../packages/cinelead/src/prepare/cmr/valve-plane.ts'
import { cineContactSheet } from '../packages/cinelead/src/report/slice-picture.ts'
import { renderCine } from '../packages/cinelead/src/simulate/cine.ts'
import { renderLongAxis } from '../packages/cinelead/src/simulate/long-axis.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'

const weights = process.argv[2] ?? 'packages/cinelead/weights/segmenter.safetensors'
const numPeople = Number(process.argv[3] ?? 20)
const pictures = process.argv[4] === '-' ? undefined : process.argv[4]
const scanner = scannerProfiles[(process.argv[5] ?? 'demo') as keyof typeof scannerProfiles]
const seed = process.argv[6] ?? 'judge'
const longAxisWeights = process.argv[7]
const NUM_PICTURES = 4
torch.setNumThreads(1)
const segment = loadSegmenter(weights)
const alongHeart = longAxisWeights === undefined ? undefined : loadSegmenter(longAxisWeights)

const signed: Record<string, number[]> = {}
const note = (name: string, value: number) => (signed[name] ??= []).push(value)

/** Dice of each label over a whole stack. */
function diceOf(found_ZYX: Uint8Array, true_ZYX: Uint8Array): number[] {
  return [1, 2, 3].map((label) => {
    let [both, sum] = [0, 0]
    for (let at = 0; at < true_ZYX.length; at++) {
      const [is, ought] = [found_ZYX[at] === label, true_ZYX[at] === label]
      if (is && ought) both++
      sum += Number(is) + Number(ought)
    }
    return (2 * both) / sum
  })
}

let seconds = 0 // of processor time
let failed = 0
for (let index = 0; index < numPeople; index++) {
  const person = drawPerson(seed, index)
  const { volume, labels_FZYX, truth, edFrame, esFrame } = renderCine(person, scanner, { withLabels: true })
  const [numFrames, numSlices, numRows, numColumns] = volume.shape
  const size = numSlices * numRows * numColumns
  const trueLabels = (frame: number) => labels_FZYX.subarray(frame * size, (frame + 1) * size)
  const start = process.cpuUsage()
  let found: Awaited<ReturnType<typeof findPhases>>
  try {
    found = await findPhases(volume, segment, { search: 'middle' })
  } catch (error) {
    failed++
    console.log(`person ${index}: ${(error as Error).message}`)
    continue
  }
  const used = process.cpuUsage(start)
  seconds += (used.user + used.system) / 1e6
  const measured = measureHeart(found.ed.volumes, found.es.volumes, volume.heartRateBpm)
  const cut = cutVolumes(trueLabels(edFrame), trueLabels(esFrame), numSlices, volume.spacingMm)
  const floor = measureHeart(cut.ed, cut.es, volume.heartRateBpm)
  note('LVEF, points', 100 * (measured.lvef - truth.lvef))
  note('LVEF, points: floor', 100 * (floor.lvef - truth.lvef))
  for (const name of ['lvedv', 'lvesv', 'lvm', 'rvedv', 'rvesv'] as const) {
    note(`${name.toUpperCase()}, %`, 100 * (measured[name] / truth[name] - 1))
    note(`${name.toUpperCase()}, %: floor`, 100 * (floor[name] / truth[name] - 1))
  }
  if (alongHeart !== undefined) {
    const longAxes = renderLongAxis(person, scanner).map((one) => one.volume)
    const ended = await endedVolumes(volume, found, longAxes, alongHeart)
    const seen = measureHeart(ended?.ed ?? found.ed.volumes, ended?.es ?? found.es.volumes, volume.heartRateBpm)
    note('long axes read', ended?.numViews ?? 0)
    note('LVEF, points: long axes', 100 * (seen.lvef - truth.lvef))
    for (const name of ['lvedv', 'lvesv', 'lvm'] as const) note(`${name.toUpperCase()}, %: long axes`, 100 * (seen[name] / truth[name] - 1))
  }
  const apart = (is: number, ought: number) => ((is - ought + 1.5 * numFrames) % numFrames) - numFrames / 2
  note('end-diastole, frames', apart(found.ed.frame, edFrame))
  note('end-systole, frames', apart(found.es.frame, esFrame))
  for (const [phase, { frame, labels_ZYX }] of [
    ['ED', found.ed],
    ['ES', found.es],
  ] as const)
    for (const [at, dice] of diceOf(labels_ZYX, trueLabels(frame)).entries())
      note(`Dice ${phase} ${['LV cavity', 'myocardium', 'RV cavity'][at]}`, dice)
  if (pictures !== undefined && index < NUM_PICTURES) {
    mkdirSync(pictures, { recursive: true })
    const cine = await prepareCine(volume, segment, { edFrame: found.ed.frame, esFrame: found.es.frame })
    const { shape } = cine
    writeFileSync(join(pictures, `simulated-${index}.png`), cineContactSheet(cine, [shape.numSlices, shape.numRows, shape.numColumns], 3))
  }
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const number = numPeople - failed
console.log(`${numPeople} simulated people, ${failed} without a heart found; ${(seconds / number).toFixed(2)} s of processor time a study`)
for (const [name, values] of Object.entries(signed).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  if (name.startsWith('Dice')) {
    console.log(`  ${name.padEnd(22)} mean ${mean(values).toFixed(3)}, least ${Math.min(...values).toFixed(3)}`)
    continue
  }
  const away = values.map(Math.abs)
  const near = name.endsWith('frames') ? `, within 1: ${((100 * away.filter((one) => one <= 1).length) / number).toFixed(0)} %` : ''
  const worst = `worst ${Math.max(...away).toFixed(2)} (${away.indexOf(Math.max(...away))}), bias ${mean(values).toFixed(2)}`
  console.log(`  ${name.padEnd(22)} mean absolute error ${mean(away).toFixed(2)}, ${worst}${near}`)
}
