// Makes the pictures of docs/simulator.md, and beside them, outside the project, sheets of simulated and real slices to compare by eye.
// Run: node bench/simulator-pictures.ts [folder for comparisons, needs CINELEAD_REAL_DATA or ../shared/data]
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'
import { readEcg } from '../packages/cinelead/src/formats/ecg.ts'
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
  ['left-bundle-branch-block', 1],
] as const) {
  const recording = renderEcg(drawPerson(1, index))
  const title = `simulated person: ${recording.statements.join(', ')}`
  writeFileSync(`docs/img/simulator-ecg-${name}.svg`, ecgPaper(recording.ecg_LT, recording.rateHz, { layout: 'grid', title }))
}

const outside = process.argv[2]
const real = process.env.CINELEAD_REAL_DATA ?? '../shared/data'
if (outside === undefined) console.log('docs/img is made; name a folder for the comparison with real recordings')
else if (!existsSync(real)) console.log('no real recordings found: set CINELEAD_REAL_DATA')
else {
  mkdirSync(outside, { recursive: true })
  const folder = join(real, 'cmr/sunnybrook/images')
  const files = readdirSync(folder).flatMap((part) => readdirSync(join(folder, part)).map((name) => join(folder, part, name)))
  const tiles = Array.from({ length: 10 }, (_, i) => {
    const image = decode(readFileSync(files[Math.floor(((i + 0.5) * files.length) / 10)]))
    return tile((x, y) => image.data[(y * image.width + x) * image.channels], [image.width / 2, image.height / 2], 130)
  })
  writeFileSync(join(outside, 'slices-simulated-above-real.png'), sheet([...simulated, ...tiles], 5))
  for (let i = 1; i <= 10; i++) {
    const name = join(real, `ecg/ludb/${i}.hea`)
    const recording = readEcg(`${i}.hea`, readFileSync(name), () => readFileSync(name.replace('.hea', '.dat')))
    writeFileSync(join(outside, `real-${i}.svg`), ecgPaper(recording.ecg_LT, recording.rateHz, { layout: 'grid' }))
    const made = renderEcg(drawPerson(1, i + 30))
    writeFileSync(join(outside, `simulated-${i}.svg`), ecgPaper(made.ecg_LT, made.rateHz, { layout: 'grid' }))
  }
  console.log(`comparisons are in ${outside}`)
}
