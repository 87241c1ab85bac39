// Truth: simulated people whose stacks are painted oblique to the heart's axis. Their true labels end in half-open rings at the base,
// which cleaning must leave and the cut at the valve plane must measure.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/seed.ts'
import { cardiacLabels } from '../../formats/volume.ts'
import { cardiacCycle } from '../../simulate/cardiac-cycle.ts'
import { planSlices } from '../../simulate/cine.ts'
import { heartShape, heartStateAt } from '../../simulate/heart-shape.ts'
import { drawPerson } from '../../simulate/person.ts'
import { contrasts, scannerProfiles } from '../../simulate/scanner.ts'
import { createSlicePainter } from '../../simulate/slice-painter.ts'
import { cleanLabels, countLabel } from './clean-labels.ts'
import { cutVolumes } from './valve-plane.ts'

const NUM_PEOPLE = 8
const scanner = scannerProfiles.demo
const size = scanner.numRows * scanner.numColumns

/** True labels of a stack at end-diastole and end-systole, from two slices above the planned ones to two below. Shape [Z, Y, X] each. */
function obliqueStack(index: number, tiltDeg: number) {
  const person = drawPerson('oblique', index)
  const random = createRandom(`tilt/${index}`)
  const towardsRad = random.between(0, 2 * Math.PI)
  const slope = Math.tan((tiltDeg * Math.PI) / 180)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const { plane, heightsMm } = planSlices(person, scanner, 2)
  const painter = createSlicePainter(person, shape, plane, scanner, contrasts[0], { noise: 0, random })
  const numSlices = heightsMm.length + 4
  const unseen_YX = new Uint16Array(size)
  const phases = [0, cycle.endSystoleMs].map((ms) => {
    const labels_ZYX = new Uint8Array(numSlices * size)
    for (let z = 0; z < numSlices; z++) {
      const heightMm = heightsMm[0] + (z - 2) * scanner.sliceSpacingMm
      const paint = painter(heightMm, [0, 0], [slope * Math.cos(towardsRad), slope * Math.sin(towardsRad)])
      paint(heartStateAt(shape, cycle, ms), unseen_YX, labels_ZYX.subarray(z * size, (z + 1) * size))
    }
    return labels_ZYX
  })
  return { phases, numSlices, pump: person.pump }
}

describe('an oblique stack', () => {
  it.each([15, 25])('tilted by %i degrees keeps its half-open rings and its ejection fraction', (tiltDeg) => {
    const { pixelMm, sliceSpacingMm } = scanner
    const apart: number[] = []
    for (let index = 0; index < NUM_PEOPLE; index++) {
      const { phases, numSlices, pump } = obliqueStack(index, tiltDeg)
      const cleaned = phases.map((labels_ZYX) =>
        cleanLabels(labels_ZYX, [numSlices, scanner.numRows, scanner.numColumns], [pixelMm, pixelMm], { sliceMm: sliceSpacingMm }),
      )
      for (const [phase, labels_ZYX] of cleaned.entries())
        for (const [label, share] of [
          [cardiacLabels.lvCavity, 0.01],
          [cardiacLabels.myocardium, 0.06],
          [cardiacLabels.rvCavity, 0.04],
        ])
          expect(Math.abs(countLabel(labels_ZYX, label) / countLabel(phases[phase], label) - 1)).toBeLessThan(share)
      const cut = cutVolumes(cleaned[0], cleaned[1], numSlices, [sliceSpacingMm, pixelMm, pixelMm])
      apart.push(Math.abs(cut.es.lvMl / cut.ed.lvMl - pump.lvesvMl / pump.lvedvMl))
    }
    expect(apart.reduce((sum, one) => sum + one, 0) / NUM_PEOPLE).toBeLessThan(0.02)
  })
})
