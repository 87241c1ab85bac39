// A slice in the middle of a heart in which the network saw no left ventricle: its neighbours tell what must be there. Hands on: fillLost.
import { cardiacLabels } from '../../formats/volume.ts'
import { countLabel, type Place, type Plane } from './label-plane.ts'

/**
 * Draws a ring in each slice that has no LV while both its neighbours have: of their mean radii, at their mean place. A heart has no gaps,
 * and a missing slice would be missing from every volume.
 *
 * @param slices_ZYX  Cleaned labels, changed in place.
 * @param places_Z    Centres of the LV; those of drawn rings are set.
 * @returns           The slices in which a ring was drawn.
 */
export function fillLost(slices_ZYX: readonly Uint8Array[], places_Z: (Place | undefined)[], plane: Plane): number[] {
  const { lvCavity, myocardium } = cardiacLabels
  const pixelMm2 = plane.rowMm * plane.columnMm
  const radii_Z = slices_ZYX.map((labels_YX) => {
    const cavity = countLabel(labels_YX, lvCavity)
    const heart = cavity + countLabel(labels_YX, myocardium)
    return { cavityMm: Math.sqrt((cavity * pixelMm2) / Math.PI), heartMm: Math.sqrt((heart * pixelMm2) / Math.PI) }
  })
  const filled: number[] = []
  for (let z = 1; z + 1 < slices_ZYX.length; z++) {
    const [before, after] = [radii_Z[z - 1], radii_Z[z + 1]]
    const [from, to] = [places_Z[z - 1], places_Z[z + 1]]
    const isLost = radii_Z[z].heartMm === 0 && before.heartMm > 0 && after.heartMm > 0
    if (!isLost || from === undefined || to === undefined) continue
    const place = { row: (from.row + to.row) / 2, column: (from.column + to.column) / 2 }
    drawRing(slices_ZYX[z], place, (before.cavityMm + after.cavityMm) / 2, (before.heartMm + after.heartMm) / 2, plane)
    places_Z[z] = place
    filled.push(z)
  }
  return filled
}

function drawRing(labels_YX: Uint8Array, place: Place, cavityMm: number, heartMm: number, plane: Plane): void {
  for (let at = 0; at < labels_YX.length; at++) {
    const column = at % plane.numColumns
    const row = (at - column) / plane.numColumns
    const radius = Math.hypot((row - place.row) * plane.rowMm, (column - place.column) * plane.columnMm)
    if (radius <= cavityMm) labels_YX[at] = cardiacLabels.lvCavity
    else if (radius <= heartMm) labels_YX[at] = cardiacLabels.myocardium
  }
}
