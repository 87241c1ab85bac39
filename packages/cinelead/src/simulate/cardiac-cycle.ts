// How far the heart has contracted at each moment of a beat: 0 at end-diastole, 1 at end-systole.
// Hands on: CardiacCycle, cardiacCycle, contractionAt.
//
// Phases after Wiggers' diagram: isovolumic contraction, ejection, isovolumic relaxation, rapid filling, diastasis, atrial kick.
// Systole's length follows the rate as Weissler 1968 (Circulation 37:149) describes it: electromechanical systole of men 546 - 2.1
// times the rate in ms (figure from memory); here measured from the QRS to the least volume.
import type { Person } from './person.ts'

export type CardiacCycle = {
  rrMs: number
  ejectionStartMs: number
  endSystoleMs: number
  fillingStartMs: number
  /** Share of the stroke volume that atrial contraction brings back. */
  kickFraction: number
  kickStartMs: number
  kickEndMs: number
}

/** The beat that the scanner saw: its length follows the heart rate of the scan. */
export function cardiacCycle(person: Person): CardiacCycle {
  const rrMs = 60_000 / person.scanHeartRateBpm
  const endSystoleMs = Math.min(0.52 * rrMs, 480 - 2.1 * person.scanHeartRateBpm)
  return {
    rrMs,
    ejectionStartMs: 45,
    endSystoleMs,
    fillingStartMs: endSystoleMs + 65,
    kickFraction: person.pump.atrialKickFraction,
    kickStartMs: rrMs - Math.max(60, person.conduction.prMs - 10),
    kickEndMs: rrMs - 8,
  }
}

function smooth(x: number): number {
  const c = Math.min(1, Math.max(0, x))
  return c * c * (3 - 2 * c)
}

/**
 * Contraction at a moment of the beat.
 *
 * @param ms  Time after the R wave; taken modulo the beat's length.
 * @returns   0 (largest volume) to 1 (smallest).
 */
export function contractionAt(cycle: CardiacCycle, ms: number): number {
  const time = ((ms % cycle.rrMs) + cycle.rrMs) % cycle.rrMs
  if (time <= cycle.ejectionStartMs) return 0
  if (time <= cycle.endSystoleMs) {
    const x = (time - cycle.ejectionStartMs) / (cycle.endSystoleMs - cycle.ejectionStartMs)
    return smooth(x ** 0.82)
  }
  if (time <= cycle.fillingStartMs) return 1
  const rapidMs = Math.max(60, 0.42 * (cycle.kickStartMs - cycle.fillingStartMs))
  const early = (1 - cycle.kickFraction) * smooth(((time - cycle.fillingStartMs) / rapidMs) ** 0.9)
  const late = cycle.kickFraction * smooth((time - cycle.kickStartMs) / (cycle.kickEndMs - cycle.kickStartMs))
  // A short beat leaves no diastasis: what the first wave did not reach the rest of diastole brings.
  const rest = smooth((time - cycle.fillingStartMs) / (cycle.kickEndMs - cycle.fillingStartMs))
  return 1 - Math.min(1, Math.max(early + late, rest * (1 - cycle.kickFraction) + late))
}
