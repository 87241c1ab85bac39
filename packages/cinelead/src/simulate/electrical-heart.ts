// The electrical heart of one person: some twenty moving dipoles, one per wall segment, with times and strengths that follow
// from the same walls, scars and chambers that the cine shows.
// Hands on: electricalHeart, scarShare.
//
// Order of activation after Durrer 1970, Circulation 41:899 (septum from the left first, then paraseptal walls and apex, the
// lateral wall, last the posterobasal wall and the pulmonary conus); the millisecond figures are rounded by this project.
// Segments: 16 of the 17-segment model, Cerqueira 2002, Circulation 105:539. A wall's dipole points from blood to epicardium and
// is as strong as its living muscle is thick; how it recovers is wall-recovery.ts.
import { createRandom } from '../base/seed.ts'
import { drawActivationVariation, type Front, frontsOf } from './activation-variation.ts'
import { combine, type HeartAxes, heartAxes, unit, type Vector3 } from './heart-axes.ts'
import type { Person } from './person.ts'
import { massLogPerSd } from './population.ts'
import { type Dipole, fallMs, frontSpreadMs, tangentOfFall, type Wall, withRecovery } from './wall-recovery.ts'

/** Angles in the short-axis picture: 0 lateral, 90 inferior, 180 septal, 270 anterior. Base (0) to apex (1). */
const segments = [
  { name: 'basal anterior', deg: 285, level: 0.2, onsetMs: 38, mass: 0.06 },
  { name: 'basal anteroseptal', deg: 225, level: 0.2, onsetMs: 54, mass: 0.06, septal: true },
  { name: 'basal inferoseptal', deg: 165, level: 0.2, onsetMs: 56, mass: 0.06, septal: true },
  { name: 'basal inferior', deg: 105, level: 0.2, onsetMs: 50, mass: 0.06 },
  { name: 'basal inferolateral', deg: 45, level: 0.2, onsetMs: 58, mass: 0.065 },
  { name: 'basal anterolateral', deg: 345, level: 0.2, onsetMs: 50, mass: 0.065 },
  { name: 'mid anterior', deg: 285, level: 0.5, onsetMs: 29, mass: 0.065 },
  { name: 'mid anteroseptal', deg: 225, level: 0.5, onsetMs: 13, mass: 0.06, septal: true },
  { name: 'mid inferoseptal', deg: 165, level: 0.5, onsetMs: 11, mass: 0.06, septal: true },
  { name: 'mid inferior', deg: 105, level: 0.5, onsetMs: 36, mass: 0.065 },
  { name: 'mid inferolateral', deg: 45, level: 0.5, onsetMs: 43, mass: 0.07 },
  { name: 'mid anterolateral', deg: 345, level: 0.5, onsetMs: 38, mass: 0.07 },
  { name: 'apical anterior', deg: 270, level: 0.85, onsetMs: 27, mass: 0.05 },
  { name: 'apical septal', deg: 180, level: 0.85, onsetMs: 20, mass: 0.045, septal: true },
  { name: 'apical inferior', deg: 90, level: 0.85, onsetMs: 30, mass: 0.05 },
  { name: 'apical lateral', deg: 0, level: 0.85, onsetMs: 33, mass: 0.055 },
] as const

/** The right ventricle's walls: direction in the picture, time normally and beyond a right bundle block, share of muscle. */
const rightSegments = [
  { name: 'right free wall', deg: 200, level: 0.5, onsetMs: 30, blockedMs: 88, mass: 0.055 },
  { name: 'right inferior', deg: 150, level: 0.35, onsetMs: 40, blockedMs: 96, mass: 0.034 },
  { name: 'pulmonary conus', deg: 235, level: 0.05, onsetMs: 62, blockedMs: 112, mass: 0.036 },
] as const

/** QRS that the onset times above add up to, ms. */
const tableQrsMs = 88
/** Share of the wall trait that no electrode sees; sets the ceiling of LV mass. */
const hiddenWall = 0.85
/**
 * The dipoles of one person.
 *
 * @returns  19 dipoles: 16 left, 3 right. The unit of moment is that of lead-field.ts.
 */
export function electricalHeart(person: Person): Dipole[] {
  const { electricPump: pump, conduction, electricTraits } = person
  const axes = heartAxes(person.chest)
  const random = createRandom(`${person.seed}/front/${person.index}`)
  const variation = drawActivationVariation(random.stream('variation'))
  const usual = Math.max(0.6, conduction.qrsMs / tableQrsMs)
  const blockStretch =
    conduction.block === 'lbbb' || conduction.block === 'rbbb' ? Math.max(0.8, (conduction.qrsMs - 42) / tableQrsMs) : usual
  const radiusMm = 6.2 * Math.cbrt(pump.lvedvMl)
  // Part of a thick wall is not muscle that fires: what makes walls differ at equal load and volume hardly shows in voltage.
  const wallMl = (pump.lvmG / 1.05) * Math.exp(-hiddenWall * massLogPerSd.wall * person.electricWall)
  // Brody 1956 (Circ Res 4:731): blood strengthens dipoles that point outward.
  const blood = 1 + 0.35 * (Math.cbrt(pump.lvedvMl / 148) - 1)
  // Fibrosis replaces muscle that would have fired.
  const living = 1 - 0.055 * electricTraits.fibrosis
  const qtPeakMs = conduction.qtMs - tangentOfFall * fallMs * conduction.recoverySpread
  const walls: Wall[] = []
  for (const segment of segments) {
    const isSeptal = 'septal' in segment
    const angle = (segment.deg * Math.PI) / 180
    const radial = combine([Math.cos(angle), axes.lateral], [Math.sin(angle), axes.inferior])
    const tilt = segment.level > 0.8 ? 1.2 : segment.level < 0.3 ? 0.1 : 0.45
    const outward = unit(combine([1, radial], [tilt, axes.apical]))
    const scarred = scarShare(person, angle, segment.level)
    const excess = isSeptal ? pump.septalExcess : 0
    const size = Math.cbrt((segment.mass * wallMl * (1 + excess)) / 4.8) ** 2.2 * living * blood * (1 - 0.95 * scarred)
    const strength = size * variation.wallGain()
    const early = isSeptal && segment.level >= 0.3
    let tableMs = segment.onsetMs * (isSeptal ? 1 + (usual - 1) * 0.5 : blockStretch)
    let moment: Vector3
    if (conduction.block === 'lbbb') {
      // The septum is crossed from the right; the free wall follows late, lateral last.
      tableMs = isSeptal ? 30 + 0.9 * segment.onsetMs : (52 + 0.95 * segment.onsetMs) * (conduction.qrsMs / 138)
      moment = combine([(isSeptal ? -1.15 : 0.92) * strength, outward])
    } else if (isSeptal) {
      // Left to right, then both sides meet: the first part is seen, and at last the base, to the right and back.
      moment = combine([
        (early ? 0.35 * variation.septalGain : 0.38 * variation.conusGain) * strength,
        unit(combine([1, radial], [segment.level > 0.8 ? 0.5 : early ? 0.1 : -0.9, axes.apical], [early ? 0.65 : 0, septalStart])),
      ])
      if (early) tableMs = segment.onsetMs * (0.55 + 0.45 * usual)
    } else {
      if (conduction.block === 'lafb' && segment.deg >= 270) tableMs += 24
      moment = combine([strength, outward])
    }
    // Scarred neighbours conduct late.
    tableMs += 28 * scarred * (1 - scarred)
    walls.push({
      deg: segment.deg,
      level: segment.level,
      positionMm: place(person, axes, radial, segment.level, radiusMm + 4),
      activationMs: tableMs + variation.delayMs(angle, segment.level) * (isSeptal ? 0.4 : 1),
      tableMs,
      lean: early ? 0.12 : 0.3,
      spreadMs: frontSpreadMs * (0.75 + 0.25 * usual) * (conduction.block === 'lbbb' ? 1.7 : 1) * (isSeptal ? 0.85 : 1),
      moment,
      outward,
      apical: axes.apical,
      strength: strength * (isSeptal ? 0.45 : 1),
      qtPeakMs,
      scarred,
    })
  }
  for (const segment of rightSegments) {
    const angle = (segment.deg * Math.PI) / 180
    const radial = combine([Math.cos(angle), axes.lateral], [Math.sin(angle), axes.inferior])
    const outward = unit(combine([1, radial], [segment.level > 0.3 ? 0.15 : -0.45, axes.apical]))
    const rightLoad = Math.cbrt(pump.rvedvMl / 156) * (1 + 0.16 * electricTraits.pulmonary)
    const isLate = conduction.block === 'rbbb'
    const gain = (segment.level < 0.1 ? variation.conusGain : variation.rightGain) * (isLate ? 1.25 : 1)
    const strength = Math.cbrt((segment.mass * 82) / 4.8) ** 2.2 * 0.42 * Math.max(0.4, rightLoad) * gain
    const tableMs = isLate
      ? segment.blockedMs * (conduction.qrsMs / 132)
      : segment.onsetMs * usual * (conduction.block === 'lbbb' ? 0.7 : 1)
    walls.push({
      deg: segment.deg,
      level: segment.level,
      positionMm: place(person, axes, radial, segment.level, radiusMm + 24),
      activationMs: tableMs + (isLate ? 0 : variation.delayMs(angle, segment.level)),
      tableMs,
      lean: 0.18,
      spreadMs: frontSpreadMs * (isLate ? 1.6 : 1),
      moment: combine([strength, outward]),
      outward,
      apical: axes.apical,
      strength: strength * 0.6,
      qtPeakMs: qtPeakMs - 8,
      scarred: 0,
    })
  }
  const pieces = random.stream('pieces')
  const fronts = inTime(
    walls,
    walls.map((wall) => frontsOf(wall, conduction.fragmentation, wall.lean, pieces)),
  )
  return walls.map((wall, i) => turned(withRecovery(person, wall, fronts[i], 5 * random.normal()), conduction.frontalTurnRad, variation))
}

/** Moves all pieces so that the first and the last one come when the table and the person's conduction say: QRS keeps its width. */
function inTime(walls: readonly Wall[], fronts: readonly Front[][]): Front[][] {
  const span = (pieces: readonly { activationMs: number; spreadMs: number }[]): [number, number] => [
    Math.min(...pieces.map(({ activationMs, spreadMs: width }) => activationMs - 2 * width)),
    Math.max(...pieces.map(({ activationMs, spreadMs: width }) => activationMs + 2 * width)),
  ]
  const [first, last] = span(walls.map(({ tableMs, spreadMs: width }) => ({ activationMs: tableMs, spreadMs: width })))
  const [from, to] = span(fronts.flat())
  const stretch = (last - first) / (to - from)
  return fronts.map((pieces) =>
    pieces.map((piece) => ({ ...piece, activationMs: first + stretch * (piece.activationMs - from), spreadMs: stretch * piece.spreadMs })),
  )
}

/** Where the septum's first front tends besides to the right: to the front and up. */
const septalStart: Vector3 = [0, -0.9, 0.45]
/** Turns a dipole in the frontal plane and about the vertical; recovery follows the front only in part. */
function turned(dipole: Dipole, frontalRad: number, { horizontalTurnRad }: { horizontalTurnRad: number }): Dipole {
  const turn = ([x, y, z]: Vector3, part: number): Vector3 => {
    const [cf, sf] = [Math.cos(part * frontalRad), Math.sin(part * frontalRad)]
    const [ch, sh] = [Math.cos(part * horizontalTurnRad), Math.sin(part * horizontalTurnRad)]
    const [left, up] = [x * cf + z * sf, z * cf - x * sf]
    return [left * ch - y * sh, y * ch + left * sh, up]
  }
  return {
    ...dipole,
    fronts: dipole.fronts.map((front) => ({ ...front, moment: turn(front.moment, 1) })),
    recoveryMoment: turn(dipole.recoveryMoment, 0.5),
  }
}

function place(person: Person, axes: HeartAxes, radial: Vector3, level: number, radiusMm: number): Vector3 {
  const along = (level - 0.5) * person.electricPump.lvLengthMm
  return combine([1, person.chest.heartMm], [radiusMm * Math.sqrt(Math.max(0.15, 1 - level ** 2.5)), radial], [along, axes.apical])
}

/** 0..1: how much of a segment a scar takes. */
export function scarShare(person: Person, angleRad: number, level: number): number {
  let share = 0
  for (const scar of person.scars) {
    const away = Math.abs(Math.atan2(Math.sin(angleRad - scar.centreRad), Math.cos(angleRad - scar.centreRad)))
    const across = Math.min(1, Math.max(0, (scar.halfWidthRad + 0.3 - away) / 0.6))
    const along = Math.min(1, Math.max(0, Math.min(level - scar.fromFraction + 0.15, scar.toFraction - level + 0.15) / 0.3))
    share = Math.max(share, across * along * scar.transmuralFraction)
  }
  return share
}
