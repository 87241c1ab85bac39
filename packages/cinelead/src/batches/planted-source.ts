// A cohort in memory with a link we planted: each subject has a few hidden numbers, and both the ECG's spikes and the size of a bright
// ring in the CMR follow from them. For tests and for trying a recipe in seconds; it looks like no patient and claims nothing.
import { phenotypeIds } from '../base/phenotypes.ts'
import type { PhenotypeId } from '../base/phenotypes.ts'
import { createRandom } from '../base/seed.ts'
import type { ArrayName, Source, SplitName } from './source.ts'
import { leadGroupEnds } from './standard.ts'

export type PlantedShape = { numSubjects: number; numSamples: number; numFrames: number; numSlices: number; numRows: number }

const NUM_HIDDEN = 4
const NUM_LEADS = 12

type Planted = { ecg_LT: Float32Array; ecgMv_LT: Float32Array; radius: (frameFraction: number, slice: number) => number; hidden: number[] }

function plantSubject(seed: number | string, subject: number, shape: PlantedShape): Planted {
  const random = createRandom(seed).stream(`subject/${subject}`)
  const hidden = Array.from({ length: NUM_HIDDEN }, () => random.normal())
  const [size, squeeze, mass, tilt] = hidden
  const periodSamples = Math.round(shape.numSamples / (6 + 0.5 * squeeze))
  const start = random.integer(periodSamples)
  const width = 4 + 0.8 * mass
  const ecg_LT = new Float32Array(NUM_LEADS * shape.numSamples)
  for (let lead = 0; lead < NUM_LEADS; lead++) {
    const angle = (Math.PI * lead) / NUM_LEADS
    const spike = 1 + 0.35 * size * Math.cos(angle) + 0.35 * tilt * Math.sin(angle)
    const wave = 0.4 + 0.2 * squeeze * Math.cos(angle)
    for (let t = 0; t < shape.numSamples; t++) {
      const phase = (t + start) % periodSamples
      const value = spike * Math.exp(-(((phase - 20) / width) ** 2)) + wave * Math.exp(-(((phase - 60) / 12) ** 2))
      ecg_LT[lead * shape.numSamples + t] = value + 0.05 * random.normal()
    }
  }
  const radius = (frameFraction: number, slice: number) => {
    const contraction = 1 - (0.25 + 0.08 * squeeze) * Math.sin(Math.PI * frameFraction)
    const taper = 1 - 0.25 * Math.abs(slice / Math.max(1, shape.numSlices - 1) - 0.4 - 0.1 * tilt)
    return shape.numRows * (0.25 + 0.03 * size) * contraction * taper
  }
  const ecgMv_LT = ecg_LT.slice()
  normaliseGroups(ecg_LT, shape.numSamples)
  return { ecg_LT, ecgMv_LT, radius, hidden }
}

/** Group-wise z-normalisation in place, as ECG preparation does. */
function normaliseGroups(ecg_LT: Float32Array, numSamples: number): void {
  leadGroupEnds.forEach((to, index) => {
    const group = ecg_LT.subarray((index === 0 ? 0 : leadGroupEnds[index - 1]) * numSamples, to * numSamples)
    let mean = 0
    for (const value of group) mean += value / group.length
    let variance = 0
    for (const value of group) variance += (value - mean) ** 2 / group.length
    for (let i = 0; i < group.length; i++) group[i] = (group[i] - mean) / Math.sqrt(variance)
  })
}

function drawRing(image: Float32Array, offset: number, numRows: number, innerRadius: number, wall: number): void {
  const centre = (numRows - 1) / 2
  for (let y = 0; y < numRows; y++) {
    for (let x = 0; x < numRows; x++) {
      const distance = Math.hypot(y - centre, x - centre)
      image[offset + y * numRows + x] = distance < innerRadius ? 0.9 : distance < innerRadius + wall ? 0.3 : 0.1
    }
  }
}

/**
 * Makes the cohort.
 *
 * @param seed   Same seed, same cohort.
 * @param shape  Sizes; rows and columns are equal. Split 70/15/15 in order.
 */
export function plantedSource(seed: number | string, shape: PlantedShape): Source {
  const { numSubjects, numSamples, numFrames, numSlices, numRows } = shape
  const planted = Array.from({ length: numSubjects }, (_, subject) => plantSubject(seed, subject, shape))
  const image = numRows * numRows
  const stack = (count: number, radiusOf: (index: number) => (p: Planted) => number) => (p: Planted) => {
    const out = new Float32Array(count * image)
    for (let index = 0; index < count; index++) drawRing(out, index * image, numRows, radiusOf(index)(p), numRows * 0.06 + p.hidden[2])
    return out
  }
  const makers: Record<ArrayName, (p: Planted) => ArrayLike<number>> = {
    ecg: (p) => p.ecg_LT,
    ecgMv: (p) => p.ecgMv_LT,
    cine: stack(numFrames, (frame) => (p) => p.radius(frame / numFrames, numSlices >> 1)),
    ed: stack(numSlices, (slice) => (p) => p.radius(0, slice)),
    es: stack(numSlices, (slice) => (p) => p.radius(0.5, slice)),
  }
  const shapes: Record<ArrayName, number[]> = {
    ecg: [NUM_LEADS, numSamples],
    ecgMv: [NUM_LEADS, numSamples],
    cine: [numFrames, numRows, numRows],
    ed: [numSlices, numRows, numRows],
    es: [numSlices, numRows, numRows],
  }
  const measuredOf = (k: number) =>
    Float64Array.from(planted, ({ hidden }) => 100 + 10 * (hidden[k % NUM_HIDDEN] + 0.5 * hidden[(k + 1) % NUM_HIDDEN]))
  const split = planted.map((_, subject): SplitName => {
    const share = (subject + 0.5) / numSubjects
    return share < 0.7 ? 'train' : share < 0.85 ? 'validation' : 'test'
  })
  return {
    subjects: planted.map((_, subject) => `s-planted-${subject}`),
    split,
    shapes,
    read(name, rows) {
      const size = shapes[name].reduce((product, side) => product * side, 1)
      const values = new Float32Array(rows.length * size)
      rows.forEach((row, place) => values.set(makers[name](planted[row]), place * size))
      return values
    },
    measured: Object.fromEntries(phenotypeIds.map((id, k) => [id, measuredOf(k)])) as Record<PhenotypeId, Float64Array>,
  }
}
