// Slices of simulated people as training pictures: any scanner profile, height, moment and disease, turned, moved, scaled and mirrored on to
// the training canvas with their true labels. Hands on: paintPersonSlice, paintPersonLongAxis.
import type { Random } from '../base/seed.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import { planSlices } from './cine.ts'
import { heartShape, heartStateAt } from './heart-shape.ts'
import { longAxisViews } from './long-axis.ts'
import { createLongAxisPainter } from './long-axis-painter.ts'
import { drawPerson } from './person.ts'
import { type Contrast, contrasts, type ScannerProfile, scannerProfiles } from './scanner.ts'
import { type Canvas, noiseField } from './segmentation-anatomy-canvas.ts'
import { createSlicePainter } from './slice-painter.ts'

// Short-axis slices are planned by hand on two long axes and valves are not flat to them: half of all slices are oblique (project's own choice).
const OBLIQUE_SHARE = 0.5
const MOST_OBLIQUE_DEG = { base: 30, elsewhere: 20 } as const
// People differ more than the simulator's do, the right ventricle most: half the pictures are bent, and the side of the right ventricle
// drawn out or pressed together (sizes are the project's own choice).
const BENT_SHARE = 0.5
const BEND = { mm: 5, cells: [3, 6], out: [-0.25, 0.6], fromMm: [18, 42], overMm: 8 } as const
const FIELD_MM = [215, 270] as const // a turned training picture of 192 mm needs up to 272: outside lies nothing, as in a cut picture

/** One of the simulator's contrasts, or as often one about them. */
function sampleContrast(random: Random): Contrast {
  const usual = contrasts[random.integer(contrasts.length)]
  if (random.chance(0.5)) return usual
  return {
    ...usual,
    muscle: random.between(0.2, 0.68),
    fat: random.between(0.4, 1.4),
    lung: random.between(0.02, 0.12),
    liver: random.between(0.2, 0.6),
    spleen: random.between(0.3, 0.7),
    skeletal: random.between(0.18, 0.45),
    marrow: random.between(0.3, 0.7),
    shading: random.between(0.1, 0.8),
  }
}

/** How a slice's height grows along u and v: none, or up to the tangent of an angle in any direction. */
function sampleTilt(random: Random, isAtBase: boolean): readonly [number, number] {
  if (!random.chance(OBLIQUE_SHARE)) return [0, 0]
  const angleDeg = random.between(0, isAtBase ? MOST_OBLIQUE_DEG.base : MOST_OBLIQUE_DEG.elsewhere)
  const towardsRad = random.between(-Math.PI, Math.PI)
  const slope = Math.tan((angleDeg * Math.PI) / 180)
  return [slope * Math.cos(towardsRad), slope * Math.sin(towardsRad)]
}

/** From a pixel of the canvas to the place of the straight picture that it shows, as what is to be added along u and v, mm. */
type Bend = (at: number) => readonly [number, number]

/** Waves as long as a ventricle is wide, and all that lies to the right of the left ventricle stretched along u. In one of twelve a few pixels fold over. */
function sampleBend(canvas: Canvas, random: Random): Bend {
  const [least, most] = BEND.cells
  const cells = least + random.integer(most - least + 1)
  const [along, across] = [noiseField(random, canvas.size, cells), noiseField(random, canvas.size, cells)]
  const waveMm = random.between(0, BEND.mm)
  const out = random.between(...BEND.out)
  const fromMm = random.between(...BEND.fromMm)
  return (at) => {
    const beyondMm = BEND.overMm * Math.log1p(Math.exp((-canvas.u_YX[at] - fromMm) / BEND.overMm))
    return [waveMm * along[at] + (out / (1 + out)) * beyondMm, waveMm * across[at]]
  }
}

/** A profile's slices on a matrix no larger than the picture needs; half the time pixels of another size. */
function sampleScanner(random: Random): ScannerProfile {
  const profiles = Object.values(scannerProfiles)
  const profile: ScannerProfile = profiles[random.integer(profiles.length)]
  const pixelMm = random.chance(0.5) ? profile.pixelMm : random.between(1.4, 2.7)
  const size = Math.ceil(random.between(...FIELD_MM) / pixelMm)
  return {
    ...profile,
    pixelMm,
    numRows: size,
    numColumns: size,
    sliceThicknessMm: random.chance(0.5) ? profile.sliceThicknessMm : random.between(5, 10),
    noiseFraction: profile.noiseFraction * random.between(0.3, 1.5),
  }
}

/**
 * Paints one slice of one person at one moment over an empty canvas, blood about 1, the left ventricle's axis near the canvas's origin.
 *
 * @param name  Which person: another name, another person.
 */
export function paintPersonSlice(canvas: Canvas, name: string, random: Random): void {
  const person = drawPerson(`segmenter/${name}`, 0)
  const scanner = sampleScanner(random)
  const contrast = sampleContrast(random)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const { plane, heightsMm } = planSlices(person, scanner, 2)
  const moment = random.uniform()
  const ms = moment < 0.3 ? 0 : moment < 0.8 ? cycle.endSystoleMs : random.uniform() * (cycle.rrMs - 1)
  const state = heartStateAt(shape, cycle, ms)
  // Where ventricles end above is where volumes go wrong: two pictures in five lie about the base plane of the moment. Of the rest two in
  // five lie in the lower half of the ventricle, where the right one is small. Half show end-systole, when trabeculae close up.
  const place = random.integer(heightsMm.length)
  const isAtBase = random.chance(0.4)
  const isLow = random.stream('low').chance(0.4)
  const lowMm = state.basePlaneMm + (person.pump.lvLengthMm - state.basePlaneMm) * random.stream('low place').between(0.5, 0.95)
  const betweenMm = isLow ? lowMm : heightsMm[place] + scanner.sliceSpacingMm * random.between(-0.3, 0.3)
  const heightMm = isAtBase ? state.basePlaneMm + random.between(-11, 18) : betweenMm
  const { numRows, numColumns } = scanner
  const voxels_YX = new Uint16Array(numRows * numColumns)
  const labels_YX = new Uint8Array(numRows * numColumns)
  const painter = createSlicePainter(person, shape, plane, scanner, contrast, { noise: 1, random: random.stream('paint') })
  painter(heightMm, [0, 0], sampleTilt(random.stream('tilt'), isAtBase))(state, voxels_YX, labels_YX)
  // The heart's axis lies off the middle of the scanner's picture; the canvas's origin is the axis. Half the people change size.
  const scale = random.chance(0.5) ? 1 : Math.exp(random.between(-0.25, 0.2))
  const picture = { voxels_YX, labels_YX, scanner, gain: contrast.gain }
  const bends = random.stream('bend')
  lay(canvas, picture, plane.centreMm, scale, bends.chance(BENT_SHARE) ? sampleBend(canvas, bends) : undefined)
}

/** A scanner's picture with its labels. Shape [Y, X] both. */
type Picture = { voxels_YX: Uint16Array; labels_YX: Uint8Array; scanner: ScannerProfile; gain: number }

/** Lays a picture over the canvas, bilinear; the canvas's origin is the place so far from the picture's middle, across and down. */
function lay(canvas: Canvas, picture: Picture, middleMm: readonly [number, number], scale: number, bend?: Bend): void {
  const { voxels_YX, labels_YX, scanner, gain } = picture
  const { numRows, numColumns, pixelMm } = scanner
  const across = (numColumns - 1) / 2 - middleMm[0] / pixelMm
  const down = (numRows - 1) / 2 - middleMm[1] / pixelMm
  const step = 1 / (scale * pixelMm)
  const chances = new Float64Array(4)
  for (let at = 0; at < canvas.image_YX.length; at++) {
    const [moreU, moreV] = bend?.(at) ?? [0, 0]
    const x = across + (canvas.u_YX[at] + moreU) * step
    const y = down + (canvas.v_YX[at] + moreV) * step
    const [left, top] = [Math.floor(x), Math.floor(y)]
    if (left < 0 || top < 0 || left > numColumns - 2 || top > numRows - 2) continue
    const over = x - left
    const under = y - top
    let value = 0
    chances.fill(0)
    for (let corner = 0; corner < 4; corner++) {
      const weight = ((corner & 1) === 1 ? over : 1 - over) * (corner > 1 ? under : 1 - under)
      const from = (top + (corner >> 1)) * numColumns + left + (corner & 1)
      value += weight * voxels_YX[from]
      chances[labels_YX[from]] += weight
    }
    canvas.image_YX[at] = value / gain
    canvas.labels_YX[at] = chances.indexOf(Math.max(...chances))
  }
}

/**
 * Paints one person's long axis at one moment over an empty canvas, the apex up, the middle of the left ventricle near the canvas's origin.
 *
 * @param name  As for `paintPersonSlice`.
 */
export function paintPersonLongAxis(canvas: Canvas, name: string, random: Random): void {
  const person = drawPerson(`segmenter-long/${name}`, 0)
  const scanner = sampleScanner(random)
  const contrast = sampleContrast(random)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const moment = random.uniform()
  const ms = moment < 0.35 ? 0 : moment < 0.7 ? cycle.endSystoleMs : random.uniform() * (cycle.rrMs - 1)
  const state = heartStateAt(shape, cycle, ms)
  const voxels_YX = new Uint16Array(scanner.numRows * scanner.numColumns)
  const labels_YX = new Uint8Array(scanner.numRows * scanner.numColumns)
  const view = longAxisViews[random.integer(longAxisViews.length)]
  const turnRad = ((view.rightDeg + 8 * random.normal()) * Math.PI) / 180
  const { paint, middle } = createLongAxisPainter(person, shape, scanner, contrast, random.stream('paint'))(turnRad)
  paint(state, voxels_YX, labels_YX)
  const scale = random.chance(0.5) ? 1 : Math.exp(random.between(-0.25, 0.2))
  // Rows run from the apex down; the ventricle's middle lies half way between tip and base of the moment.
  const middleDownMm = middle[1] - (person.pump.lvLengthMm + state.basePlaneMm) / 2
  lay(canvas, { voxels_YX, labels_YX, scanner, gain: contrast.gain }, [middle[0], -middleDownMm], scale)
}
