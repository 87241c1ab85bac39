// Makes the pictures of docs/simulator.md, and outside the project a blind reading: ten simulated slices and ECG prints among ten real ones.
// Run: node bench/simulator-pictures.ts [folder for the blind reading, needs CINELEAD_REAL_DATA or ../shared/data]
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { decode, encode } from 'fast-png'
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

type Tile = { size: number; grey_YX: Uint8Array }

/** Cuts a square of `spanMm` about a centre, resamples it and stretches it to its 99th percentile. */
function tile(pixel: (x: number, y: number) => number, centre: readonly [number, number], spanPixels: number, size = 176): Tile {
  const values = new Float32Array(size * size)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const fx = centre[0] + ((x + 0.5) / size - 0.5) * spanPixels
      const fy = centre[1] + ((y + 0.5) / size - 0.5) * spanPixels
      const [ix, iy] = [Math.floor(fx), Math.floor(fy)]
      const [a, b] = [fx - ix, fy - iy]
      const top = (1 - a) * pixel(ix, iy) + a * pixel(ix + 1, iy)
      values[y * size + x] = (1 - b) * top + b * ((1 - a) * pixel(ix, iy + 1) + a * pixel(ix + 1, iy + 1))
    }
  }
  const high = values.slice().sort()[Math.floor(0.99 * values.length)]
  return { size, grey_YX: Uint8Array.from(values, (value) => Math.min(255, (255 * value) / high)) }
}

function sheet(tiles: readonly Tile[], numColumns: number): Uint8Array {
  const { size } = tiles[0]
  const width = numColumns * size
  const height = Math.ceil(tiles.length / numColumns) * size
  const data = new Uint8Array(width * height)
  tiles.forEach(({ grey_YX }, i) => {
    const left = (i % numColumns) * size
    const top = Math.floor(i / numColumns) * size
    for (let y = 0; y < size; y++) data.set(grey_YX.subarray(y * size, (y + 1) * size), (top + y) * width + left)
  })
  return encode({ width, height, data, channels: 1 })
}

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

/** A mid-slice of a simulated person as a hospital's scanner sees it, at end-diastole or end-systole. */
function clinicSlice(index: number): Tile {
  const { volume } = renderCine(drawPerson('blind', index), scannerProfiles.clinic, { frames: [index % 2 === 0 ? 0 : 9] })
  const [, numSlices, numRows, numColumns] = volume.shape
  const from = Math.floor((0.35 + 0.03 * index) * numSlices) * numRows * numColumns
  const at = (x: number, y: number) =>
    volume.voxels_FZYX[from + Math.min(numRows - 1, Math.max(0, y)) * numColumns + Math.min(numColumns - 1, Math.max(0, x))]
  return tile(at, [numColumns / 2, numRows / 2], 120)
}

/** Ten contoured slices of ten Sunnybrook patients, each from the middle of what is there of the patient. */
function realSlices(folder: string): Tile[] {
  const files = readdirSync(folder).flatMap((part) => readdirSync(join(folder, part)).map((name) => join(folder, part, name)))
  const patients = Map.groupBy(files, (file) => basename(file).split('-IM-')[0])
  const all = [...patients.values()]
  return Array.from({ length: 10 }, (_, i) => {
    const slices = all[Math.floor(((i + 0.5) * all.length) / 10)]
    const image = decode(readFileSync(slices[slices.length >> 1]))
    return tile((x, y) => image.data[(y * image.width + x) * image.channels], [image.width / 2, image.height / 2], 120)
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

/** Ten of each kind, shuffled, numbered; the key lies in a file of its own. */
function blindReading(folder: string, data: string): void {
  mkdirSync(folder, { recursive: true })
  const random = createRandom(randomBytes(8).toString('hex'))
  const ten = Array.from({ length: 10 }, (_, i) => i)
  const slices = random.shuffle([
    ...ten.map((i) => ({ is: 'simulated', tile: clinicSlice(i) })),
    ...realSlices(join(data, 'cmr/sunnybrook/images')).map((each) => ({ is: 'real', tile: each })),
  ])
  const slicesOf = slices.map((each) => each.tile)
  writeFileSync(join(folder, 'blind-slices.png'), sheet(slicesOf, 5))
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
  console.log(`blind-slices.png (numbered by row, 1 to 20) and blind-ecg-1.svg to -20.svg are in ${folder}; key.json has the answers`)
}

const people = [5, 7, 8, 12, 21]
mkdirSync('docs/img', { recursive: true })
const simulated = people.flatMap(midSlices)
writeFileSync('docs/img/simulator-slices.png', sheet(simulated, 5))

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
else blindReading(outside, real)
