// What the cavities look like: blood with its eddies and jets, trabeculae, papillary muscles, the moderator band, the aortic root.
// Hands on: createBloodLook, BloodLook, Lobe. Sizes by eye from public cines; labels count all of this as cavity.
import { createRandom, type Random } from '../base/seed.ts'
import { angles, numAngles, rootRad } from './heart-grid.ts'
import type { HeartState, Walls } from './heart-shape.ts'
import { smoothCurve } from './heart-variation.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { coverage, grain, step } from './texture.ts'

/** A papillary muscle's head where the slice cuts it: an ellipse, `stretch` times as long towards the wall as across. */
export type Lobe = { u: number; v: number; radiusMm: number; stretch: number; cos: number; sin: number; grey: number }

function angleIndex(rad: number): number {
  return Math.round((rad / (2 * Math.PI)) * numAngles) & (numAngles - 1)
}

export type BloodLook = {
  /** Sets the moment; `turnRad` is how far the heart is twisted here. */
  setMoment(middle: Walls, level: number, state: HeartState, papillary: readonly Lobe[], turnRad: number): void
  /** Signal in the left cavity; `rim` is how far the wall is, mm, `low` the index of the place's angle. */
  left(u: number, v: number, heightMm: number, rim: number, low: number): number
  /** Signal in the right cavity between septum and free wall. */
  right(u: number, v: number, heightMm: number, radius: number, septumMm: number, wallMm: number): number
  /** Signal above the base plane, where the aortic root stands in the middle with the atria behind it. */
  atria(u: number, v: number, heightMm: number): number
}

/** Thickness of the layer of trabeculae at end-diastole by angle, mm: next to none on the septum, patchy on the free wall. Shape [numAngles]. */
function drawFelt(random: Random, trabeculation: number): Float64Array {
  const wholeMm = (2.6 + 7 * trabeculation) * random.between(0.7, 1.3)
  const patch_K = smoothCurve(random, 1, [0.22, 0.24, 0.22, 0.2, 0.16, 0.12])
  const septumRad = (0.98 + 0.06 * random.normal()) * Math.PI
  return patch_K.map((patch, k) => {
    const free = Math.min(1, Math.max(0, 0.72 - Math.cos(angles[k] - septumRad)))
    return wholeMm * (0.1 + 0.9 * free) * Math.max(0.15, 0.75 + patch)
  })
}

/** A papillary muscle or strand of the right ventricle: its direction, where between septum and free wall, its level, size and slant. */
type Strand = { k: number; across: number; level: number; lobe: Omit<Lobe, 'u' | 'v'> }

/** The right ventricle's: small and many, most of them nearer to the free wall. */
function drawStrands(random: Random): Strand[] {
  return Array.from({ length: 2 + random.integer(4) }, () => {
    const rad = (1.06 + 0.3 * random.normal()) * Math.PI
    const leanRad = random.uniform() * Math.PI
    const radiusMm = random.between(1.1, 2.6)
    const lobe = {
      radiusMm,
      stretch: random.between(1.3, 4.5),
      cos: Math.cos(leanRad),
      sin: Math.sin(leanRad),
      grey: random.between(0.35, 0.85),
    }
    return { k: angleIndex(rad), across: random.between(0.35, 1.05), level: random.between(0.1, 0.8), lobe }
  })
}

export function createBloodLook(person: Person, contrast: Contrast, pixelMm: number, lattice: Float32Array): BloodLook {
  const edge = 1 / pixelMm
  const { trabeculation, lvedvMl, lvesvMl } = person.pump
  const efFraction = 1 - lvesvMl / lvedvMl
  let papillary: readonly Lobe[] = []
  let level = 0
  let flow = 0
  let pressed = 0
  let endoMm_K: Float64Array = new Float64Array(numAngles)
  let inflow = 0
  let outflow = 0
  let rightReachMm = 6
  const random = createRandom(`${person.seed}/blood/${person.index}`)
  const bandLevel = random.between(0.3, 0.9)
  const bendMm = 2.5 * random.normal()
  const uneven = random.between(0.6, 1.9)
  const coarseMm = random.between(2, 3.9)
  const wash = random.between(-0.12, 0.3)
  const septumRad = (1.02 + 0.08 * random.normal()) * Math.PI
  const wallRad = septumRad + random.between(-0.7, 0.3)
  const [septumK, wallK, rootK] = [septumRad, wallRad, rootRad].map(angleIndex)
  const rootMm = 13.5 * Math.cbrt(person.pump.lvedvMl / 148) * random.between(0.9, 1.15) // roots of 27 to 37 mm across
  const strands = drawStrands(random)
  const felt_K = drawFelt(random, trabeculation)
  const layerMm_K = new Float64Array(numAngles)
  const cuts: Lobe[] = []
  const band = { u: 0, v: 0, alongU: 0, alongV: 0, share: 0 }
  const root = { u: 0, v: 0, radiusMm: 0 }
  /** 1 in the middle of a stream of blood, 0 outside. */
  const stream = (du: number, dv: number, radiusMm: number, eddy: number): number =>
    step(radiusMm + 3.5 * eddy - Math.sqrt(du * du + dv * dv), 0.6 * radiusMm)
  /** Muscles that stand in the cavity, over the blood. */
  const laidOver = (blood: number, lobes: readonly Lobe[], u: number, v: number, heightMm: number): number => {
    let signal = blood
    for (const lobe of lobes) {
      const du = u - lobe.u
      const dv = v - lobe.v
      const farMm = (lobe.radiusMm + 3) * lobe.stretch
      if (du * du + dv * dv > farMm * farMm) continue
      const along = (du * lobe.cos + dv * lobe.sin) / lobe.stretch
      const across = dv * lobe.cos - du * lobe.sin
      const away = lobe.radiusMm - Math.sqrt(along * along + across * across)
      const waveMm = 0.4 * Math.min(5, lobe.radiusMm)
      const edgeMm = 0.8 * pixelMm + 0.7
      if (away < -waveMm - edgeMm) continue
      const inside = away > waveMm + edgeMm ? 1 : step(away + waveMm * grain(lattice, u, v, heightMm, 3.8), edgeMm)
      signal += (contrast.muscle * 1.05 - signal) * inside * lobe.grey
    }
    return signal
  }
  return {
    setMoment(walls, newLevel, state, newPapillary, turnRad) {
      level = Math.max(0, newLevel)
      papillary = newPapillary
      flow = state.contraction
      inflow = Math.min(1, Math.max(0, -state.flowPerSec / 5))
      outflow = Math.min(1, Math.max(0, state.flowPerSec / 5))
      // The felt keeps its muscle: as the cavity narrows it thickens and what blood it held is pressed out.
      endoMm_K = walls.endo_K
      pressed = flow * Math.min(1, efFraction / 0.6)
      const closer = 1 + 0.8 * pressed
      const turn = Math.round((turnRad / (2 * Math.PI)) * numAngles)
      for (let k = 0; k < numAngles; k++) {
        const mm = felt_K[(k - turn) & (numAngles - 1)] * (0.6 + 0.8 * level) * closer
        layerMm_K[k] = Math.min(mm, 0.6 * walls.endo_K[k])
      }
      rightReachMm = 4 + 17 * trabeculation * (0.3 + level)
      // The moderator band crosses the right cavity from the septum to the corner, half-way down.
      band.share = Math.max(0, 1 - Math.abs(level - bandLevel) / 0.07)
      band.u = walls.epi_K[septumK] * Math.cos(septumRad)
      band.v = walls.epi_K[septumK] * Math.sin(septumRad)
      band.alongU = walls.right_K[wallK] * Math.cos(wallRad) - band.u
      band.alongV = walls.right_K[wallK] * Math.sin(wallRad) - band.v
      cuts.length = 0
      for (const { k, across, level: at, lobe } of strands) {
        const radius = walls.epi_K[k] + across * (walls.right_K[k] - walls.epi_K[k])
        const far = (level - at) / 0.22
        if (far * far >= 1 || walls.right_K[k] - walls.epi_K[k] < 6) continue
        cuts.push({
          ...lobe,
          radiusMm: lobe.radiusMm * Math.sqrt(1 - far * far),
          u: radius * Math.cos(angles[k]),
          v: radius * Math.sin(angles[k]),
        })
      }
      // The root leaves the ventricle in front, beside the septum, and stays within what would be the left atrium's outline.
      root.radiusMm = newLevel < 0.3 ? Math.min(rootMm, 0.62 * walls.epi_K[rootK]) : 0
      const awayMm = Math.max(0, walls.epi_K[rootK] - 0.82 * root.radiusMm)
      root.u = awayMm * Math.cos(rootRad)
      root.v = awayMm * Math.sin(rootRad)
    },
    left(u, v, heightMm, rim, low) {
      // Eddies make blood uneven, and where it rushes its phases part: a dark stream with a ragged edge, from the mitral valve into the
      // cavity while it fills, along the front of the septum to the aorta while it empties. Sizes by eye from public cines.
      const eddy = grain(lattice, u, v + 60 * flow, heightMm, 13)
      let signal = contrast.blood * (0.95 + (0.14 + 0.06 * (inflow + outflow)) * eddy)
      if (inflow > 0.05 && level < 0.65) signal *= 1 - 0.62 * inflow * (1 - level / 0.65) * stream(u - 3, v - 2, 6.5, eddy)
      if (outflow > 0.05 && level < 0.45) signal *= 1 - 0.5 * outflow * (1 - level / 0.45) * stream(u + 11, v + 7, 5, eddy)
      // Fine trabeculae leave no sharp edge, but on the septum, which is smooth.
      const layerMm = layerMm_K[low]
      if (rim < 2.5) signal -= (0.12 + Math.min(0.3, 0.09 * layerMm)) * (1 - Math.max(0, rim) / 2.5) * (signal - contrast.muscle)
      // Trabeculae lie as a felt on the wall: cut across they are lumps and islands, with blood in what is left between them, the fewer the farther in.
      // Where the tip of the cavity ends within the slice there is no layer.
      const inMm = rim + 1.6 * eddy
      if (layerMm > 0 && inMm < layerMm) {
        const far = Math.max(0, inMm) / layerMm
        const fine = grain(lattice, u + 40, v, heightMm, 3.7)
        // A little longer towards the middle than across.
        const onRing = 1 + (0.5 * rim) / Math.max(4, endoMm_K[low] - rim)
        const lump = grain(lattice, u * onRing - 25, v * onRing + 2 * eddy, 0.45 * heightMm, coarseMm)
        const dense = step(0.48 + 0.6 * pressed + 1.05 * lump + 0.3 * fine - 0.95 * far - wash, 0.42)
        signal += (0.72 + 0.28 * pressed) * dense * (contrast.muscle * 1.04 - signal)
      }
      return laidOver(signal, papillary, u, v, heightMm)
    },
    right(u, v, heightMm, radius, septumMm, wallMm) {
      // The right ventricle is coarser and its blood less even.
      const rim = Math.max(0, wallMm - radius)
      const septal = Math.max(0, radius - septumMm)
      const fine = grain(lattice, u, v, 0.5 * heightMm + 40, 4.6)
      const eddy = grain(lattice, u, v + 60 * flow, heightMm + 40, 12)
      let signal = contrast.blood * (0.88 + uneven * (0.17 * eddy + 0.09 * fine))
      if (rim < 3) signal -= Math.max(0, 0.15 + 0.5 * fine) * (1 - rim / 3) * (signal - contrast.muscle)
      // Strands cross the cavity, the more the nearer the apex.
      signal += 0.5 * step(fine - 0.85 + 0.4 * level, 0.35) * (contrast.muscle - signal)
      const reach = Math.max(1, rightReachMm * (0.7 + 0.9 * eddy))
      const near = Math.min(rim / reach, septal / (0.3 * reach))
      if (near < 1) {
        const lump = grain(lattice, u + 2 * eddy, v - 25, 0.4 * heightMm + 90, 4.4)
        signal += (0.52 + 0.25 * fine) * step(0.25 + 1.1 * lump + 0.2 * fine - near, 0.5) * (contrast.muscle - signal)
      }
      signal = laidOver(signal, cuts, u, v, heightMm)
      if (band.share > 0) {
        const du = u - band.u
        const dv = v - band.v
        const part = (du * band.alongU + dv * band.alongV) / (band.alongU * band.alongU + band.alongV * band.alongV + 1e-9)
        if (part < 0 || part > 1) return signal
        const bend = (4 * bendMm * part * (1 - part)) / (Math.hypot(band.alongU, band.alongV) + 1e-9)
        const offU = du - part * band.alongU + bend * band.alongV
        const offV = dv - part * band.alongV - bend * band.alongU
        const wide = 0.9 + 1.6 * Math.abs(part - 0.5) + 1.6 * grain(lattice, u, v, heightMm, 6)
        signal += band.share * 0.8 * coverage((wide - Math.sqrt(offU * offU + offV * offV)) * edge) * (contrast.muscle - signal)
      }
      return signal
    },
    atria(u, v, heightMm) {
      const blood = contrast.blood * (0.88 + 0.16 * grain(lattice, u, v + 60 * flow, heightMm, 15))
      if (root.radiusMm < 3) return blood
      const du = u - root.u
      const dv = v - root.v
      const away = (root.radiusMm - Math.sqrt(du * du + dv * dv)) * edge
      const wall = coverage(away + 1.6 * edge)
      return blood + wall * (contrast.muscle - blood) + coverage(away) * (contrast.blood * 0.97 - contrast.muscle)
    },
  }
}
