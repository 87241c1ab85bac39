// Judgement of one short-axis study: criteria with names, what was measured and what is allowed. Hands on: judgeCine, lostSlices.
// The thresholds are the project's own unless a source stands beside them; a failed `drop` takes the subject out.
import type { PhenotypeValues } from '../../base/phenotypes.ts'
import type { Verdict } from '../../base/verdict.ts'
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { convexFill } from './components.ts'
import type { Phases } from './phases.ts'

const MIN_SLICES = 6 // public converters of UK Biobank reject stacks of fewer than six or seven
const MIN_LONG_AXES = 1 // of those given; none: the LV ends at the likely valve plane, as in a study without long axes
const MIN_FRAMES = 10 // fewer phases blur end-systole
const MAX_BASE_FRACTION = 0.97 // first slice's LV area over the largest: while it still grows, the base lies outside the stack
const MAX_APEX_FRACTION = 0.5 // last slice's LV area over the largest: beyond it the apex is outside the stack
const MAX_JUMP_MM = 12 // LV centre off the line through its neighbours: breath holds that differ
const MAX_OPEN_FRACTION = 0.3 // cavity rim without wall in the middle slices
const MAX_ROUGHNESS = 2 // path of the volume curve over twice its range; 1 is a single dip
const MIN_KEPT_FRACTION = 0.6 // of the network's LV and wall that cleaning leaves: below it there is more than one heart
const MAX_HOLLOW_FRACTION = 0.1 // of the cavity's convex outline that is not cavity, middle slices
const EF_RANGE = [0.05, 0.85] as const
const ES_PHASE_RANGE = [0.15, 0.65] as const // of the beat after end-diastole
const RV_LV_RANGE = [0.3, 3] as const // RVEDV over LVEDV

type SliceFacts = { lvArea: number; row: number; column: number; openFraction: number; hollowFraction: number }

function factsOf(labels_YX: Uint8Array, numRows: number, numColumns: number): SliceFacts {
  const cavity: number[] = []
  let lvArea = 0
  let rowSum = 0
  let columnSum = 0
  let rim = 0
  let open = 0
  for (let i = 0; i < labels_YX.length; i++) {
    if (labels_YX[i] !== cardiacLabels.lvCavity) continue
    const column = i % numColumns
    const row = (i - column) / numColumns
    lvArea++
    cavity.push(i)
    rowSum += row
    columnSum += column
    const neighbours = [
      column > 0 ? labels_YX[i - 1] : 0,
      column < numColumns - 1 ? labels_YX[i + 1] : 0,
      row > 0 ? labels_YX[i - numColumns] : 0,
      row < numRows - 1 ? labels_YX[i + numColumns] : 0,
    ]
    const outside = neighbours.filter((label) => label !== cardiacLabels.lvCavity)
    rim += outside.length
    open += outside.filter((label) => label !== cardiacLabels.myocardium).length
  }
  const hollowFraction = lvArea === 0 ? 1 : 1 - lvArea / convexFill(Int32Array.from(cavity), numColumns).length
  return { lvArea, row: rowSum / lvArea, column: columnSum / lvArea, openFraction: rim === 0 ? 1 : open / rim, hollowFraction }
}

/** The largest distance of a slice's LV centre from the middle of its two neighbours, mm. */
function largestJumpMm(facts: readonly SliceFacts[], spacingMm: readonly [number, number, number]): number {
  let jumpMm = 0
  for (let z = 1; z + 1 < facts.length; z++) {
    const [before, here, after] = [facts[z - 1], facts[z], facts[z + 1]]
    if (before.lvArea === 0 || here.lvArea === 0 || after.lvArea === 0) continue
    const rowMm = (here.row - (before.row + after.row) / 2) * spacingMm[1]
    const columnMm = (here.column - (before.column + after.column) / 2) * spacingMm[2]
    jumpMm = Math.max(jumpMm, Math.hypot(rowMm, columnMm))
  }
  return jumpMm
}

function roughness(curve_F: Float64Array): number {
  const known = curve_F.filter(Number.isFinite)
  const range = Math.max(...known) - Math.min(...known)
  let path = 0
  for (let frame = 0; frame < known.length; frame++) path += Math.abs(known[frame] - known[(frame + 1) % known.length])
  return range > 0 ? path / (2 * range) : Number.POSITIVE_INFINITY
}

/** Whether the LV was found in every slice within the heart; where it was not, its ring is drawn from the neighbours. */
export function lostSlices(numFilled: number): Verdict {
  return { criterion: 'lost-slices', value: numFilled, threshold: 0, ok: numFilled === 0, onFail: 'flag' }
}

/**
 * Judges a segmented study.
 *
 * @returns  One verdict for each criterion, passed ones too, so that a report can show by how much.
 */
export function judgeCine(volume: Volume, phases: Phases, measured: PhenotypeValues): Verdict[] {
  const [numFrames, numSlices, numRows, numColumns] = volume.shape
  const verdicts: Verdict[] = []
  const say = (criterion: string, value: number, threshold: number, ok: boolean, onFail: Verdict['onFail']) =>
    verdicts.push({ criterion, value, threshold, ok, onFail })
  const within = (criterion: string, value: number, [low, high]: readonly [number, number], onFail: Verdict['onFail']) =>
    say(criterion, value, value < low ? low : high, value >= low && value <= high, onFail)
  const size = numRows * numColumns
  const edFacts = Array.from({ length: numSlices }, (_, z) =>
    factsOf(phases.ed.labels_ZYX.subarray(z * size, (z + 1) * size), numRows, numColumns),
  )
  const largest = Math.max(...edFacts.map(({ lvArea }) => lvArea))
  const filled = edFacts.filter(({ lvArea }) => lvArea > 0)
  const middle = filled.slice(Math.floor(filled.length / 3), Math.ceil((2 * filled.length) / 3))
  const openFraction = middle.reduce((sum, one) => sum + one.openFraction, 0) / middle.length
  const hollowFraction = middle.reduce((sum, one) => sum + one.hollowFraction, 0) / middle.length
  const keptFraction = Math.min(phases.ed.keptFraction, phases.es.keptFraction)
  const esPhase = ((phases.es.frame - phases.ed.frame + numFrames) % numFrames) / numFrames
  say('slice-count', numSlices, MIN_SLICES, numSlices >= MIN_SLICES, 'drop')
  say('phase-count', numFrames, MIN_FRAMES, numFrames >= MIN_FRAMES, 'drop')
  within('ejection-fraction', measured.lvef, EF_RANGE, 'flag')
  within('end-systole-phase', esPhase, ES_PHASE_RANGE, 'flag')
  within('rv-to-lv', measured.rvedv / measured.lvedv, RV_LV_RANGE, 'flag')
  say('wall-closed', openFraction, MAX_OPEN_FRACTION, openFraction <= MAX_OPEN_FRACTION, 'flag')
  say('cavity-convex', hollowFraction, MAX_HOLLOW_FRACTION, hollowFraction <= MAX_HOLLOW_FRACTION, 'flag')
  say('one-heart', keptFraction, MIN_KEPT_FRACTION, keptFraction >= MIN_KEPT_FRACTION, 'flag')
  verdicts.push(lostSlices(phases.ed.numFilled + phases.es.numFilled))
  const { numLongAxesRead } = phases
  if (numLongAxesRead !== undefined) say('long-axes-read', numLongAxesRead, MIN_LONG_AXES, numLongAxesRead >= MIN_LONG_AXES, 'flag')
  say('base-covered', edFacts[0].lvArea / largest, MAX_BASE_FRACTION, edFacts[0].lvArea / largest <= MAX_BASE_FRACTION, 'flag')
  const apexFraction = edFacts[numSlices - 1].lvArea / largest
  say('apex-covered', apexFraction, MAX_APEX_FRACTION, apexFraction <= MAX_APEX_FRACTION, 'flag')
  const jumpMm = largestJumpMm(edFacts, volume.spacingMm)
  say('slice-motion', jumpMm, MAX_JUMP_MM, jumpMm <= MAX_JUMP_MM, 'flag')
  const curveRoughness = roughness(phases.curve_F)
  say('curve-shape', curveRoughness, MAX_ROUGHNESS, curveRoughness <= MAX_ROUGHNESS, 'flag')
  return verdicts
}
