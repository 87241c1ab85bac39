// Judges a segmenter and everything after it on simulated people: measured against their true volumes.
// Run: node bench/segmenter-simulated.ts [weights.safetensors] [people] [folder for pictures, or -] [demo or ukb]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { loadSegmenter } from '../packages/cinelead/src/models/segmenter.ts'
import { prepareCine } from '../packages/cinelead/src/prepare/cmr/prepare-cine.ts'
import { cineContactSheet } from '../packages/cinelead/src/report/slice-picture.ts'
import { renderCine } from '../packages/cinelead/src/simulate/cine.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'

const weights = process.argv[2] ?? 'packages/cinelead/weights/segmenter.safetensors'
const numPeople = Number(process.argv[3] ?? 20)
const pictures = process.argv[4] === '-' ? undefined : process.argv[4]
const scanner = process.argv[5] === 'ukb' ? scannerProfiles.ukb : scannerProfiles.demo
torch.setNumThreads(1)
const segment = loadSegmenter(weights)

const errors: Record<string, number[]> = {
  lvefPoints: [],
  lvedvPercent: [],
  lvesvPercent: [],
  lvmPercent: [],
  rvedvPercent: [],
  rvesvPercent: [],
  edFrames: [],
  esFrames: [],
}
const biases: Record<string, number[]> = { lvefPoints: [], lvedvPercent: [], lvmPercent: [], rvedvPercent: [] }
let seconds = 0
let failed = 0
for (let index = 0; index < numPeople; index++) {
  const { volume, truth, edFrame, esFrame } = renderCine(drawPerson('judge', index), scanner, { withLabels: true })
  const [numFrames] = volume.shape
  const start = performance.now()
  let found: Awaited<ReturnType<typeof prepareCine>>
  try {
    found = await prepareCine(volume, segment)
  } catch (error) {
    failed++
    console.log(`person ${index}: ${(error as Error).message}`)
    continue
  }
  seconds += (performance.now() - start) / 1000
  const { measured } = found
  const percent = (is: number, ought: number) => 100 * (is / ought - 1)
  const frames = (is: number, ought: number) => Math.min(Math.abs(is - ought), numFrames - Math.abs(is - ought))
  const signed = {
    lvefPoints: 100 * (measured.lvef - truth.lvef),
    lvedvPercent: percent(measured.lvedv, truth.lvedv),
    lvesvPercent: percent(measured.lvesv, truth.lvesv),
    lvmPercent: percent(measured.lvm, truth.lvm),
    rvedvPercent: percent(measured.rvedv, truth.rvedv),
    rvesvPercent: percent(measured.rvesv, truth.rvesv),
    edFrames: frames(found.edFrame, edFrame),
    esFrames: frames(found.esFrame, esFrame),
  }
  for (const [name, value] of Object.entries(signed)) {
    errors[name].push(Math.abs(value))
    biases[name]?.push(value)
  }
  if (pictures !== undefined && index < 4) {
    mkdirSync(pictures, { recursive: true })
    const { numSlices, numRows, numColumns } = found.shape
    writeFileSync(join(pictures, `simulated-${index}.png`), cineContactSheet(found, [numSlices, numRows, numColumns], 3))
  }
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
console.log(`${numPeople} simulated people, ${failed} without a heart found; ${(seconds / (numPeople - failed)).toFixed(2)} s a study`)
for (const [name, values] of Object.entries(errors)) {
  const bias = biases[name] === undefined ? '' : `, bias ${mean(biases[name]).toFixed(2)}`
  console.log(`  ${name.padEnd(14)} mean absolute error ${mean(values).toFixed(2)}, worst ${Math.max(...values).toFixed(2)}${bias}`)
}
