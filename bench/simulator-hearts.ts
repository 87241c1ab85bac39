// Cuts slices to the heart, as every network sees them, by one rule for simulated and for Sunnybrook's slices: about the left cavity alone,
// which is all that both have outlined, and of people who are ill as Sunnybrook's are. Hands on: Slice, heartTile, personOfMix, simulatedSlice,
// sunnybrookSlices, tile, sheet, Tile.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'
import { cardiacLabels } from '../packages/cinelead/src/formats/volume.ts'
import { cardiacCycle } from '../packages/cinelead/src/simulate/cardiac-cycle.ts'
import { renderCine } from '../packages/cinelead/src/simulate/cine.ts'
import { drawPerson, type Person } from '../packages/cinelead/src/simulate/person.ts'
import { enrichedPrevalence, type Prevalence } from '../packages/cinelead/src/simulate/population.ts'
import { scannerProfiles } from '../packages/cinelead/src/simulate/scanner.ts'

export type Tile = { size: number; grey_YX: Uint8Array }
/** A picture with the left cavity's mask; `isLeft_YX` and `grey_YX` of shape [numRows, numColumns]. */
export type Slice = { numRows: number; numColumns: number; pixelMm: number; grey_YX: ArrayLike<number>; isLeft_YX: ArrayLike<number> }

/** Sunnybrook's PNGs carry no spacing: a usual field of 350 mm, as `segmenter-judge.ts` takes it. */
const sunnybrookPixelMm = 1.36719
/** Both walls and the right ventricle beside the left cavity, and how much of what lies around is shown: own choice. */
const [besideMm, margin, leftwardsMm] = [50, 1.3, 12]

/** Cuts a square of `spanPixels` about a centre, resamples it and stretches it from one percentile (or zero) to the 99th. */
export function tile(
  pixel: (x: number, y: number) => number,
  centre: readonly [number, number],
  spanPixels: number,
  size = 176,
  darkest = 0,
): Tile {
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
  const sorted = values.slice().sort()
  const high = sorted[Math.floor(0.99 * values.length)]
  const low = darkest === 0 ? 0 : sorted[Math.floor(darkest * values.length)]
  return { size, grey_YX: Uint8Array.from(values, (value) => Math.max(0, Math.min(255, (255 * (value - low)) / (high - low)))) }
}

/** Tiles side by side as one PNG. */
export function sheet(tiles: readonly Tile[], numColumns: number): Uint8Array {
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

/** A slice's pixels, with its edge repeated outside. */
export function pixelsOf({ numRows, numColumns, grey_YX }: Slice): (x: number, y: number) => number {
  const within = (at: number, count: number) => Math.min(count - 1, Math.max(0, at))
  return (x, y) => grey_YX[within(y, numRows) * numColumns + within(x, numColumns)]
}

/** Cuts a slice to its heart: a square about a point left of the cavity's middle, a third wider than cavity, walls and right ventricle. */
export function heartTile(slice: Slice, size = 176): Tile {
  const { numColumns, pixelMm, isLeft_YX } = slice
  let [count, sumX, sumY] = [0, 0, 0]
  for (let at = 0; at < isLeft_YX.length; at++) {
    if (isLeft_YX[at] === 0) continue
    count++
    sumX += at % numColumns
    sumY += Math.floor(at / numColumns)
  }
  const diameterMm = 2 * Math.sqrt(count / Math.PI) * pixelMm
  const span = (margin * (diameterMm + besideMm)) / pixelMm
  return tile(pixelsOf(slice), [sumX / count - leftwardsMm / pixelMm, sumY / count], span, size, 0.01)
}

type Group = { prevalence: Prevalence; isOne: (person: Person) => boolean }
const none: Prevalence = { cad: 0, mi: 0, af: 0, hf: 0, cmp: 0, scd: 0 }
const MOST_DRAWS = 10_000 // hypertrophy that empties well is one in some hundreds of those who are drawn for it
const leanGrams = 83 // of left muscle for each square metre of body

/**
 * Sunnybrook's groups by the bounds that its authors gave: heart failure has an ejection fraction below 40 %, with an infarct or without; hypertrophy one
 * above 55 % and more than 83 g/m² of muscle; the others neither. Of 45 patients 12, 12, 12 and 9 are of these kinds.
 * Source: Radau 2009, MIDAS J, doi 10.54294/g80ruo (bounds from memory).
 */
const groups: Record<'infarct' | 'failure' | 'hypertrophy' | 'normal', Group> = {
  infarct: { prevalence: { ...none, mi: 1, hf: 1, cmp: 0.3 }, isOne: (person) => ejection(person) < 0.4 && person.scars.length > 0 },
  failure: { prevalence: { ...none, hf: 1, cmp: 0.7 }, isOne: (person) => ejection(person) < 0.4 },
  hypertrophy: {
    prevalence: { ...none, cmp: 0.7, hf: enrichedPrevalence.hf },
    isOne: (person) => ejection(person) > 0.55 && person.pump.lvmG > Math.max(leanGrams * person.bsaM2, 1.05 * person.pump.lvedvMl),
  },
  normal: { prevalence: none, isOne: (person) => ejection(person) > 0.55 && person.pump.lvmG <= leanGrams * person.bsaM2 },
}
const rota = ['infarct', 'failure', 'hypertrophy', 'normal'] as const

function ejection({ pump }: Person): number {
  return 1 - pump.lvesvMl / pump.lvedvMl
}

/** A simulated person of Sunnybrook's mix: each fifteen in a row hold four of each kind and three who are well. */
export function personOfMix(seed: string, index: number): Person {
  const { prevalence, isOne } = groups[rota[(index % 15) % 4]]
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const person = drawPerson(seed, MOST_DRAWS * index + draw, { prevalence, prevalentShare: 1 })
    if (isOne(person)) return person
  }
  throw new Error(`none of ${MOST_DRAWS} simulated people is of the kind ${rota[(index % 15) % 4]}: do its prevalences still make it?`)
}

/** A slice of a simulated person of that mix as a hospital's scanner sees it, half-way between base and apex; half of each kind are at end-systole, the rest at end-diastole. */
export function simulatedSlice(seed: string, index: number): Slice {
  const isSystole = ((index % 4) + (index >> 2)) % 2 === 1
  const person = personOfMix(seed, index)
  const { numPhases } = scannerProfiles.clinic
  const cycle = cardiacCycle(person)
  const frame = isSystole ? Math.round((cycle.endSystoleMs / cycle.rrMs) * numPhases) : 0
  const { volume, labels_FZYX } = renderCine(person, scannerProfiles.clinic, { frames: [frame] })
  const [, , numRows, numColumns] = volume.shape
  const numPixels = numRows * numColumns
  const isLeft = labels_FZYX.map((label) => (label === cardiacLabels.lvCavity ? 1 : 0))
  const slices = Array.from({ length: volume.shape[1] }, (_, z) => z).filter((z) => isLeft.indexOf(1, z * numPixels) < (z + 1) * numPixels)
  const from = slices[slices.length >> 1] * numPixels
  return {
    numRows,
    numColumns,
    pixelMm: volume.spacingMm[1],
    grey_YX: volume.voxels_FZYX.subarray(from, from + numPixels),
    isLeft_YX: isLeft.subarray(from, from + numPixels),
  }
}

/**
 * One contoured slice of each of Sunnybrook's patients: the middle one of those contoured, of it the picture with the larger cavity (end-diastole) or, for each second
 * patient, the smaller.
 */
export function sunnybrookSlices(folder: string): Slice[] {
  const files = readdirSync(join(folder, 'labels')).flatMap((part) =>
    readdirSync(join(folder, 'labels', part)).map((name) => ({ part, name })),
  )
  const patients = [...Map.groupBy(files, ({ name }) => name.split('-IM-')[0]).entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  return patients.map(([, pictures], i) => {
    // Pictures of a stack are numbered through, twenty a slice.
    const slices = [...Map.groupBy(pictures, ({ name }) => Math.floor((Number(name.slice(-12, -8)) - 1) / 20)).entries()]
    const [, phases] = slices.sort(([a], [b]) => a - b)[slices.length >> 1]
    const read = phases.map(({ part, name }) => {
      const [image, mask] = ['images', 'labels'].map((kind) => decode(readFileSync(join(folder, kind, part, name))))
      const first = (of: typeof image) => Uint8Array.from({ length: of.width * of.height }, (_, at) => of.data[at * of.channels])
      const isLeft_YX = first(mask)
      return {
        numRows: image.height,
        numColumns: image.width,
        pixelMm: sunnybrookPixelMm,
        grey_YX: first(image),
        isLeft_YX,
        area: isLeft_YX.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0),
      }
    })
    read.sort((a, b) => b.area - a.area)
    return read[i % 2 === 0 ? 0 : read.length - 1]
  })
}
