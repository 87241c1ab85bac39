// Labels of a short-axis stack -> volumes in mL, mass in g, ejection fractions, cardiac output.
// Hands on: volumesOf, measureHeart, HeartVolumes.
// Source: summation of discs (Kramer et al., J Cardiovasc Magn Reson 2020;22:17); myocardial density 1.05 g/mL as in baiwenjia/ukbb_cardiac.
import type { PhenotypeValues } from '../../base/phenotypes.ts'
import { cardiacLabels } from '../../formats/volume.ts'

export type HeartVolumes = { lvMl: number; myocardiumMl: number; rvMl: number }

const DENSITY_G_PER_ML = 1.05 // myocardium
const MM3_PER_ML = 1000

/**
 * Volumes of one phase.
 *
 * @param labels_ZYX  Labels. Any number of slices.
 * @param spacingMm   Distance of slice centres, rows, columns.
 */
export function volumesOf(labels_ZYX: Uint8Array, spacingMm: readonly [number, number, number]): HeartVolumes {
  const counts = [0, 0, 0, 0]
  for (const label of labels_ZYX) counts[label]++
  const voxelMl = (spacingMm[0] * spacingMm[1] * spacingMm[2]) / MM3_PER_ML
  return {
    lvMl: counts[cardiacLabels.lvCavity] * voxelMl,
    myocardiumMl: counts[cardiacLabels.myocardium] * voxelMl,
    rvMl: counts[cardiacLabels.rvCavity] * voxelMl,
  }
}

/** An ejection fraction, NaN where there is no volume to eject. */
function fraction(strokeMl: number, endDiastolicMl: number): number {
  return endDiastolicMl > 0 ? strokeMl / endDiastolicMl : Number.NaN
}

/**
 * The ten phenotypes from the volumes at end-diastole and end-systole.
 *
 * @param heartRateBpm  Undefined where the scanner did not note it: cardiac output is then NaN.
 */
export function measureHeart(ed: HeartVolumes, es: HeartVolumes, heartRateBpm: number | undefined): PhenotypeValues {
  const lvsv = ed.lvMl - es.lvMl
  const rvsv = ed.rvMl - es.rvMl
  return {
    lvedv: ed.lvMl,
    lvesv: es.lvMl,
    lvsv,
    lvef: fraction(lvsv, ed.lvMl),
    lvco: heartRateBpm === undefined ? Number.NaN : (lvsv * heartRateBpm) / 1000,
    lvm: ed.myocardiumMl * DENSITY_G_PER_ML,
    rvedv: ed.rvMl,
    rvesv: es.rvMl,
    rvsv,
    rvef: fraction(rvsv, ed.rvMl),
  }
}
