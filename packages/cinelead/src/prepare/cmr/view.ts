// Which cardiac view a plane shows: by its series' name, else by how it lies to the left ventricle's long axis.
// Hands on: viewByName, longAxisView, apexDirection, isDecoy.
// Source: the long-axis views are planes through the LV axis about 60 degrees apart; where they start was measured on one human
// study of known views (4-chamber 33, 2-chamber 92, 3-chamber 154 degrees).
import type { View } from '../../formats/volume.ts'
import { cross, dot, minus, times, unit, type Vector } from './vector.ts'

/** The heart's apex points to the left, the front and the feet: the mean of LPS directions, not of any one heart. */
export const apexDirection: Vector = unit([1, -1, -1])

const ALONG_AXIS = 0.7 // |cos| between a short-axis normal and the usual apex direction: within 45 degrees of it

const NO_LETTER = '(^|[^a-z0-9])'
const NO_MORE = '([^a-z0-9]|$)'

// As they are called in the series names of Siemens, Philips, GE and Canon consoles in English, German, French, Spanish and Italian.
const names: readonly [View, RegExp][] = [
  ['other', /rvot|lvot|aort|pulm|scout|locali[sz]er|survey|tagging|flow|venc|molli|lge|delay|psir|viab|perf/i],
  ['other', new RegExp(`${NO_LETTER}(tag|t[12](w|.?map(ping)?)?|t2.?star|stir|edema|dynamic)${NO_MORE}`, 'i')],
  ['sax', /sax|short.?ax|kurz(e[_ .-]?)?achse|petit.?axe|eje.?corto|asse.?corto/i],
  ['sax', new RegExp(`(^|[^a-z])sa([^a-z]|$)`, 'i')],
  ['4ch', /(4|four)[_ .-]?(ch|kammer|cav|c[aá]m)|4cv|horizontal.?long|(^|[^a-z])hla([^a-z]|$)/i],
  ['3ch', /(3|three)[_ .-]?(ch|kammer|cav|c[aá]m)|3cv/i],
  ['2ch', /(2|two)[_ .-]?(ch|kammer|cav|c[aá]m)|2cv|vertical.?long|(^|[^a-z])vla([^a-z]|$)/i],
]

/** Whether an image is no picture of the heart's shape but of velocities, or many small pictures in one. */
export function isOddKind(imageTypes: readonly string[]): boolean {
  return imageTypes.some((kind) => /^(P|PHASE|PHASE MAP|PHASE CONTRAST P|VELOCITY|VELOCITY MAP|REAL|IMAGINARY|MOSAIC)$/i.test(kind.trim()))
}

/** Whether a series is the scanner's own drawing on a cine (Siemens InlineVF), not a cine. */
export function isDecoy(description: string): boolean {
  return /inline.?vf/i.test(description)
}

/** The view a series' name tells, or undefined where it is silent. */
export function viewByName(description: string): View | undefined {
  return names.find(([, pattern]) => pattern.test(description))?.[0]
}

/** Whether a stack with this normal can be a short-axis stack in a chest of the usual build. */
export function isAlongHeart(normal: Vector): boolean {
  return Math.abs(dot(unit(normal), apexDirection)) > ALONG_AXIS
}

/**
 * The view of a plane that holds the LV's long axis, from its turn about that axis.
 *
 * @param normal    The plane's normal.
 * @param axisUnit  The long axis, towards the apex.
 * @returns         '4ch', '2ch' or '3ch'; 'other' when the plane is more than 30 degrees off the axis.
 */
export function longAxisView(normal: Vector, axisUnit: Vector): View {
  const lineUnit = unit(normal)
  if (Math.abs(dot(lineUnit, axisUnit)) > 0.5) return 'other'
  const head: Vector = [0, 0, 1]
  const up = unit(minus(head, times(axisUnit, dot(head, axisUnit))))
  const side = cross(axisUnit, up)
  const turnDeg = (Math.atan2(dot(lineUnit, side), dot(lineUnit, up)) * 180) / Math.PI
  const lineDeg = ((turnDeg % 180) + 180) % 180
  return lineDeg < 60 ? '4ch' : lineDeg < 120 ? '2ch' : '3ch'
}
