// Wall thickness, strain and atrial volumes of a simulated person, from the very walls that the cine shows.
// Hands on: regionalTruth, RegionalTruth. Segments: the 16 wall segments of the 17-segment model, Cerqueira 2002, Circulation 105:539.
import { cardiacCycle } from './cardiac-cycle.ts'
import { emptyWalls, type HeartShape, type HeartState, heartShape, heartStateAt, numAngles, wallsAt } from './heart-shape.ts'
import type { Person } from './person.ts'

export type RegionalTruth = {
  /** End-diastolic thickness by segment, AHA 1 to 16 in order. */
  wallMm_16: Float64Array
  globalWallMm: number
  /** Circumferential strain of the middle of the wall and radial strain at end-systole, by segment and over all; fractions. */
  circumferential_16: Float64Array
  globalCircumferential: number
  radial_16: Float64Array
  globalRadial: number
  /** Longitudinal shortening of the cavity, fraction. */
  longitudinal: number
  leftAtrium: { maxMl: number; minMl: number }
  rightAtrium: { maxMl: number; minMl: number }
}

/** Middle of each segment in the short-axis picture (0 lateral, 90 inferior, 180 septal, 270 anterior) and its level. */
const rings = [
  { level: 0.18, degrees: [285, 225, 165, 105, 45, 345], width: 60 },
  { level: 0.5, degrees: [285, 225, 165, 105, 45, 345], width: 60 },
  { level: 0.8, degrees: [270, 180, 90, 0], width: 90 },
] as const

type Segment = { wallMm: number; midWallMm: number }

function segmentsAt(shape: HeartShape, state: HeartState): Segment[] {
  const walls = emptyWalls()
  return rings.flatMap(({ level, degrees, width }) => {
    wallsAt(shape, state, state.basePlaneMm + level * (state.apexMm - state.basePlaneMm), walls)
    return degrees.map((middle) => {
      const from = Math.round(((middle - width / 2) / 360) * numAngles)
      const count = Math.round((width / 360) * numAngles)
      let wallMm = 0
      let midWallMm = 0
      for (let step = 0; step < count; step++) {
        const k = (((from + step) % numAngles) + numAngles) % numAngles
        wallMm += (walls.epi_K[k] - walls.endo_K[k]) / count
        midWallMm += (walls.epi_K[k] + walls.endo_K[k]) / (2 * count)
      }
      return { wallMm, midWallMm }
    })
  })
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Regional and atrial truth of one person.
 *
 * Circumference goes with radius, so strain is the change of a segment's mid-wall radius. The left atrium empties by what its conduit and kick
 * give, less in fibrillation.
 */
export function regionalTruth(person: Person): RegionalTruth {
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const ed = heartStateAt(shape, cycle, 0)
  const es = heartStateAt(shape, cycle, cycle.endSystoleMs)
  const [before, after] = [segmentsAt(shape, ed), segmentsAt(shape, es)]
  const wallMm_16 = Float64Array.from(before, ({ wallMm }) => wallMm)
  const circumferential_16 = Float64Array.from(before, ({ midWallMm }, i) => after[i].midWallMm / midWallMm - 1)
  const radial_16 = Float64Array.from(before, ({ wallMm }, i) => after[i].wallMm / wallMm - 1)
  const { leftAtriumMaxMl, rightAtriumMaxMl, atrialKickFraction } = person.pump
  // Emptying of about 60 % in sinus rhythm [order of Petersen 2017, JCMR 19:18; memory], half of that without a kick.
  const emptying = 0.3 + 1.1 * atrialKickFraction
  return {
    wallMm_16,
    globalWallMm: mean(wallMm_16),
    circumferential_16,
    globalCircumferential: mean(circumferential_16),
    radial_16,
    globalRadial: mean(radial_16),
    longitudinal: (es.apexMm - es.basePlaneMm) / (ed.apexMm - ed.basePlaneMm) - 1,
    leftAtrium: { maxMl: leftAtriumMaxMl, minMl: leftAtriumMaxMl * (1 - Math.min(0.75, emptying)) },
    rightAtrium: { maxMl: rightAtriumMaxMl, minMl: rightAtriumMaxMl * (1 - Math.min(0.7, 0.8 * emptying)) },
  }
}
