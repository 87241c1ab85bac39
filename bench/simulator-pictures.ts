// Makes the pictures of docs/simulator.md, and outside the project a blind reading: ten simulated slices (whole and
// cut to the heart) and ECG prints among ten real ones.
// Run: node bench/simulator-pictures.ts [folder for the blind reading, needs CINELEAD_REAL_DATA or ../shared/data] [0, 1 or 2: other people, other patients]

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createRandom } from '../packages/cinelead/src/base/seed.ts'
import { readEcg } from '../packages/cinelead/src/formats/ecg.ts'
import { prepareEcg } from '../packages/cinelead/src/prepare/ecg/prepare-ecg.ts'
import { toSvg } from '../packages/cinelead/src/report/drawing.ts'
import { ecgPaper } from '../packages/cinelead/src/report/ecg-paper.ts'
import { renderCine } from '../packages/cinelead/src/simulate/cine.ts'
import { renderEcg } from '../packages/cinelead/src/simulate/ecg.ts'
import { renderLongAxis } from '../packages/cinelead/src/simulate/long-axis.ts'
import { drawPerson } from '../packages/cinelead/src/simulate/person.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'
import { heartTile, pixelsOf, sheet, simulatedSlice, sunnybrookSlices, type Tile, tile } from './simulator-hearts.ts'

/** The middle slice of a simulated person at end-diastole and end-systole. */
function midSlices(index: number): Tile[] {
  const { volume, esFrame } = renderCine(drawPerson(1, index), scannerProfiles.ukb)
  const [, numSlices, numRows, numColumns] = volume.shape
  return [0, esFrame].map((frame) => {
    const from = (frame * numSlices + Math.floor(0.45 * numSlices)) * numRows * numColumns
    const at = (x: number, y: number) =>
      volume.voxels_FZYX[from + Math.min(numRows - 1, Math.max(0, y)) * numColumns + Math.min(numColumns - 1, Math.max(0, x))]
    return tile(at, [numColumns / 2, numRows / 2], 104)
  })
}

/** Scales each of twelve leads to a range of one mV. */
function eachLeadOneMv(mv_LT: Float32Array): Float32Array {
  const numSamples = mv_LT.length / 12
  const scaled_LT = new Float32Array(mv_LT.length)
  for (let lead = 0; lead < 12; lead++) {
    const lead_T = mv_LT.subarray(lead * numSamples, (lead + 1) * numSamples)
    const sorted_T = lead_T.slice().sort()
    const range = sorted_T[Math.floor(0.999 * numSamples)] - sorted_T[Math.floor(0.001 * numSamples)]
    for (let t = 0; t < numSamples; t++) scaled_LT[lead * numSamples + t] = lead_T[t] / Math.max(0.05, range)
  }
  return scaled_LT
}

/** Ten of each kind, shuffled and numbered, cut to the heart in one folder and whole in another; the key lies beside the folders. */
function blindReading(folder: string, data: string, part: number): void {
  const random = createRandom(randomBytes(8).toString('hex'))
  const ten = Array.from({ length: 10 }, (_, i) => i)
  const real = sunnybrookSlices(join(data, 'cmr/sunnybrook')).filter((_, i) => i % 3 === part)
  const slices = random.shuffle([
    ...ten.map((i) => ({ is: 'simulated', slice: simulatedSlice(`blind ${part}`, i) })),
    ...real.map((slice) => ({ is: 'real', slice })),
  ])
  for (const kind of ['hearts', 'slices']) mkdirSync(join(folder, kind), { recursive: true })
  slices.forEach(({ slice }, i) => {
    const name = `slice-${String(i + 1).padStart(2, '0')}.png`
    const whole = tile(pixelsOf(slice), [slice.numColumns / 2, slice.numRows / 2], 160 / slice.pixelMm, 384, 0.01)
    writeFileSync(join(folder, 'hearts', name), sheet([heartTile(slice, 384)], 1))
    writeFileSync(join(folder, 'slices', name), sheet([whole], 1))
  })
  const prints = random.shuffle([
    ...ten.map((i) => ({ is: 'simulated', recording: renderEcg(drawPerson('blind', i)) })),
    ...ten.map((i) => {
      const name = join(data, `ecg/ludb/${10 * i + 3}.hea`)
      return { is: 'real', recording: readEcg(basename(name), readFileSync(name), () => readFileSync(name.replace('.hea', '.dat'))) }
    }),
  ])
  prints.forEach(({ recording }, i) => {
    // LUDB was published filtered and with each lead scaled to one size: both kinds are printed so.
    const { filteredMv_LT, rateHz } = prepareEcg(recording, { lowPassHz: 40 })
    writeFileSync(join(folder, `blind-ecg-${i + 1}.svg`), toSvg(ecgPaper(eachLeadOneMv(filteredMv_LT), rateHz, { layout: 'grid' })))
  })
  const key = { slices: slices.map((each) => each.is), prints: prints.map((each) => each.is) }
  writeFileSync(join(folder, 'key.json'), `${JSON.stringify(key, null, 2)}\n`)
  console.log(`hearts/ and slices/ with slice-01.png to -20.png, and blind-ecg-1.svg to -20.svg are in ${folder}; key.json has the answers`)
}

const people = [5, 7, 8, 12, 21]
mkdirSync('docs/img', { recursive: true })
const simulated = people.flatMap(midSlices)
writeFileSync('docs/img/simulator-slices.png', sheet(simulated, 5))
const hearts = Array.from({ length: 10 }, (_, i) => heartTile(simulatedSlice('hearts', i)))
writeFileSync('docs/img/simulator-hearts.png', sheet(hearts, 5))

const long = renderLongAxis(drawPerson(1, 12), { ...scannerProfiles.ukb, numPhases: 3 })
const longTiles = [0, 1].flatMap((frame) =>
  long.map(({ volume }) => {
    const [, , numRows, numColumns] = volume.shape
    const from = frame * numRows * numColumns
    return tile((x, y) => volume.voxels_FZYX[from + y * numColumns + x] ?? 0, [numColumns / 2, numRows / 2], 150)
  }),
)
writeFileSync('docs/img/simulator-long-axis.png', sheet(longTiles, 3))

for (const [name, index] of [
  ['normal', 17],
  ['left-bundle-branch-block', 75],
] as const) {
  const recording = renderEcg(drawPerson(1, index))
  const title = `simulated person: ${recording.statements.join(', ')}`
  writeFileSync(`docs/img/simulator-ecg-${name}.svg`, toSvg(ecgPaper(recording.ecg_LT, recording.rateHz, { layout: 'grid', title })))
}

const outside = process.argv[2]
const real = process.env.CINELEAD_REAL_DATA ?? '../shared/data'
if (outside === undefined) console.log('docs/img is made; name a folder for the blind reading beside real recordings')
else if (!existsSync(real)) console.log('no real recordings found: set CINELEAD_REAL_DATA')
else blindReading(outside, real, Number(process.argv[3] ?? 0))
