// What the reference contours of the biv-me heart come to when only their short-axis slices are summed as discs, as a segmenter of short-axis
// slices must: its mesh also goes through valve points that were found in long-axis views. What carrying the uppermost LV area on to the mean
// height of its mitral points would make of it stands beside.
// Run: node bench/contour-discs.ts (needs CINELEAD_REAL_DATA or ../shared/data)
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Point = readonly [number, number, number]

const folder = join(process.env.CINELEAD_REAL_DATA ?? '../shared/data', 'cmr/biv-me/guidepoints')
const sliceMm = 17.7 // distance of the six slices' positions
const phases = { ED: 0, ES: 9 } // the frames that `cinelead measure` finds

const apart = (p: Point, q: Point) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
const last = <T>(items: readonly T[]): T => items[items.length - 1]

/** Mean of points. */
const middleOf = (points: readonly Point[]): Point => {
  const sum = (axis: number) => points.reduce((total, point) => total + point[axis], 0) / points.length
  return [sum(0), sum(1), sum(2)]
}

/** An open line may begin anywhere in the file: it is turned until its widest gap lies between its end and its start. */
function unrolled(line: readonly Point[]): Point[] {
  const gaps = line.map((point, i) => apart(point, line[(i + 1) % line.length]))
  const cut = gaps.indexOf(Math.max(...gaps)) + 1
  return [...line.slice(cut), ...line.slice(0, cut)]
}

/** Sum of the cross products of a flat polygon's edges: across it, twice its area long. */
function across(polygon: readonly Point[]): Point {
  const [x, y, z] = polygon[0]
  const sum = [0, 0, 0]
  for (let i = 1; i + 1 < polygon.length; i++) {
    const p = [polygon[i][0] - x, polygon[i][1] - y, polygon[i][2] - z]
    const q = [polygon[i + 1][0] - x, polygon[i + 1][1] - y, polygon[i + 1][2] - z]
    for (let axis = 0; axis < 3; axis++) {
      const [a, b] = [(axis + 1) % 3, (axis + 2) % 3]
      sum[axis] += p[a] * q[b] - p[b] * q[a]
    }
  }
  return [sum[0], sum[1], sum[2]]
}

/** Area of a flat polygon in space, mm². */
const areaOf = (polygon: readonly Point[]): number => Math.hypot(...across(polygon)) / 2

/** Direction across a slice, of length one, away from a point below it. */
function towardsBase(slice: readonly Point[], below: Point): Point {
  const [x, y, z] = across(slice)
  const middle = middleOf(slice)
  const along = x * (middle[0] - below[0]) + y * (middle[1] - below[1]) + z * (middle[2] - below[2])
  const length = Math.sign(along) * Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}

for (const [phase, frame] of Object.entries(phases)) {
  const lines = new Map<string, Point[]>()
  const text = readFileSync(join(folder, `GPFile_${String(frame).padStart(3, '0')}.txt`), 'utf8')
  for (const row of text.trim().split('\n').slice(1)) {
    const [x, y, z, kind, slice] = row.split('\t')
    const key = `${kind} ${slice}`
    lines.set(key, [...(lines.get(key) ?? []), [Number(x), Number(y), Number(z)]])
  }
  const areas = { LV: [] as number[], RV: [] as number[] }
  const left = (slice: number) => lines.get(`SAX_LV_ENDOCARDIAL ${slice}`)
  const shown = [1, 2, 3, 4, 5, 6].filter((slice) => left(slice) !== undefined)
  const [top, bottom] = [shown[0], last(shown)].map((slice) => middleOf(left(slice) ?? []))
  const axis = towardsBase(left(shown[0]) ?? [], bottom)
  const mitral = middleOf([...lines].filter(([key]) => key.startsWith('MITRAL_VALVE')).flatMap(([, points]) => points))
  const aboveMm = axis.reduce((sum, part, i) => sum + part * (mitral[i] - top[i]), 0)
  for (let slice = 1; slice <= 6; slice++) {
    const [outline, free, septum] = ['SAX_LV_ENDOCARDIAL', 'SAX_RV_FREEWALL', 'SAX_RV_SEPTUM'].map((kind) => lines.get(`${kind} ${slice}`))
    areas.LV.push(outline === undefined ? 0 : areaOf(outline))
    if (free === undefined || septum === undefined) {
      areas.RV.push(0)
      continue
    }
    const [out, back] = [unrolled(free), unrolled(septum)]
    const isJoined = apart(last(out), back[0]) <= apart(last(out), last(back))
    areas.RV.push(areaOf([...out, ...(isJoined ? back : back.reverse())]))
  }
  const tell = (name: 'LV' | 'RV') => {
    const mL = (sliceMm * areas[name].reduce((sum, area) => sum + area, 0)) / 1000
    return `${name} ${mL.toFixed(1)} mL (cm² by slice: ${areas[name].map((area) => (area / 100).toFixed(1)).join(' ')})`
  }
  const moreMl = ((aboveMm - sliceMm / 2) * (areas.LV.find((area) => area > 0) ?? 0)) / 1000
  const wholeMl = (sliceMm * areas.LV.reduce((sum, area) => sum + area, 0)) / 1000 + moreMl
  console.log(`${phase}, frame ${frame}: ${tell('LV')}, ${tell('RV')}`)
  console.log(`  mitral points ${aboveMm.toFixed(1)} mm above the uppermost LV contour; LV carried on to there ${wholeMl.toFixed(1)} mL`)
}
