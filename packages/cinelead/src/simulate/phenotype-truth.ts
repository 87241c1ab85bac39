// The ten phenotypes of a simulated person as they truly are.
// Hands on: truePhenotypes.
import type { PhenotypeValues } from '../base/phenotypes.ts'
import type { Person } from './person.ts'

/** True volumes (mL), ejection fractions (fraction), mass (g) and cardiac output (L/min) on the day of the scan. */
export function truePhenotypes(person: Person): PhenotypeValues {
  const { lvedvMl, lvesvMl, lvmG, rvedvMl, rvesvMl } = person.pump
  return {
    lvedv: lvedvMl,
    lvesv: lvesvMl,
    lvsv: lvedvMl - lvesvMl,
    lvef: 1 - lvesvMl / lvedvMl,
    lvco: ((lvedvMl - lvesvMl) * person.scanHeartRateBpm) / 1000,
    lvm: lvmG,
    rvedv: rvedvMl,
    rvesv: rvesvMl,
    rvsv: rvedvMl - rvesvMl,
    rvef: 1 - rvesvMl / rvedvMl,
  }
}
