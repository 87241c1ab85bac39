// The chest of one person and how the heart lies in it: what stands between the heart and the electrodes.
// Hands on: Chest, drawChest. Sizes are argued from ordinary anatomy; no source could be checked.
import type { Random } from '../base/seed.ts'
import type { Pump } from './pump.ts'

/** Chest and the heart's place in it. Directions as DICOM: x left, y back, z up, from the middle of the chest. */
export type Chest = {
  halfWidthMm: number
  halfDepthMm: number
  fatMm: number
  heartMm: readonly [number, number, number]
  /** How well lungs, muscle and blood of this chest conduct, against the usual: every voltage is multiplied by it. */
  voltageGain: number
  /** Turns of the heart from its usual posture: about the vertical, and of the apex up (horizontal heart). */
  yawRad: number
  pitchRad: number
  rollRad: number
}

/** Draws chest and posture; a heavy body is wide and lays the heart down. */
export function drawChest(sex: 0 | 1, heightCm: number, bmi: number, pump: Pump, random: Random): Chest {
  const frame = heightCm / (sex === 1 ? 176 : 163)
  const extra = bmi - (sex === 1 ? 27.1 : 26.2)
  const swelling = Math.cbrt(pump.lvedvMl / 148) - 1
  return {
    halfWidthMm: (sex === 1 ? 165 : 145) * frame + 2.6 * extra + 4 * random.normal(),
    halfDepthMm: (sex === 1 ? 113 : 102) * frame + 2.9 * extra + 4 * random.normal(),
    fatMm: Math.max(4, (sex === 1 ? 14 : 19) + 1.9 * extra + 3 * random.normal()),
    heartMm: [27 + 6 * random.normal() + 25 * swelling, -31 + 5 * random.normal(), 0.8 * extra + 7 * random.normal()],
    voltageGain: Math.exp(0.17 * random.normal() - (sex === 1 ? 0 : 0.05)), // between-person spread of voltage at equal mass; size argued
    // A heavy body and a high diaphragm lay the heart down; a dilated one turns to the left and back.
    yawRad: 0.07 * random.normal() + 0.5 * swelling,
    pitchRad: 0.024 * extra + 0.1 * random.normal() + 0.4 * swelling,
    rollRad: 0.08 * random.normal(),
  }
}
