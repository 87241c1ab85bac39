// How the impulse travels through one person's heart: durations, blocks, and what repolarisation looks like afterwards.
// Hands on: Conduction, drawConduction, Block, drawBlock.
//
// Directions of the effects (the sizes are argued, no source could be checked): a longer path and scarred or fibrotic muscle
// widen the QRS; a large or fibrotic left atrium lengthens the P wave; sympathetic tone shortens PR and QT and flattens T;
// pressure load gives strain; weak calcium handling lowers the ventricular gradient.
import type { Random } from '../base/seed.ts'
import { type Disease, severityOf, type Traits } from './disease.ts'
import type { Vector3 } from './heart-axes.ts'
import { intervals } from './population.ts'
import type { Pump } from './pump.ts'

/** Where the impulse is held up: nowhere, the left or right bundle branch, the left anterior fascicle. */
export type Block = 'none' | 'lbbb' | 'rbbb' | 'lafb'

export type Conduction = {
  pMs: number
  prMs: number
  qrsMs: number
  /** From the QRS onset to the T wave's end at this heart rate. */
  qtMs: number
  block: Block
  /** Size of the ventricular gradient relative to the usual: scales T. */
  gradientFraction: number
  /** How spread in time recovery is relative to the usual: the width of T. */
  recoverySpread: number
  /** Which way recovery goes beside the walls' own directions: to the left and front, and in each person a little elsewhere. */
  recoveryTilt: Vector3
  /** Normal ST elevation in front, as a share of the wall's moment; U after T, as a share of T. */
  stFraction: number
  uFraction: number
  /** Turn of the atrial waves in the frontal plane; positive is downward. */
  atrialTurnRad: number
  /** 0..1: ST depression and T inversion over the lateral wall. */
  strainFraction: number
  /** 0..1: flat or inverted T from ischaemia, about `ischaemiaRad` in the short-axis picture. */
  ischaemiaFraction: number
  ischaemiaRad: number
  /** Share of beats that are premature, from the ventricle or the atrium. */
  ventricularEctopyFraction: number
  atrialEctopyFraction: number
  /** Turn of the front in the frontal plane by the balance of the fascicles; positive is downward. */
  frontalTurnRad: number
  /** Depolarisation front's raggedness, gives notches. */
  fragmentation: number
}

/** Draws the block, before the pump: a heart whose left bundle is blocked contracts out of step. Chances argued. */
export function drawBlock(ageYears: number, diseases: readonly Disease[], random: Random): Block {
  const infarcted = diseases.some(({ id, isPrevalent }) => id === 'mi' && isPrevalent) ? severityOf(diseases, 'mi') : 0
  const chances: readonly [Block, number][] = [
    ['lbbb', 0.008 + 0.15 * severityOf(diseases, 'hf', 'reduced') + 0.16 * severityOf(diseases, 'cmp', 'dilated') + 0.03 * infarcted],
    ['rbbb', 0.022 + 0.0012 * Math.max(0, ageYears - 60)],
    ['lafb', 0.02 + 0.05 * infarcted],
  ]
  let left = random.uniform()
  for (const [block, chance] of chances) {
    if (left < chance) return block
    left -= chance
  }
  return 'none'
}

/** Draws conduction from the heart it belongs to; `traits` are those that the electrodes meet. */
export function drawConduction(
  sex: 0 | 1,
  ageYears: number,
  traits: Traits,
  pump: Pump,
  diseases: readonly Disease[],
  block: Block,
  heartRateBpm: number,
  random: Random,
): Conduction {
  const failing = severityOf(diseases, 'hf', 'reduced')
  const dilated = severityOf(diseases, 'cmp', 'dilated')
  const thick = severityOf(diseases, 'cmp', 'hypertrophic')
  const infarcted = diseases.some(({ id, isPrevalent }) => id === 'mi' && isPrevalent) ? severityOf(diseases, 'mi') : 0
  const coronary = severityOf(diseases, 'cad')
  const doomed = severityOf(diseases, 'scd')
  const draws = {
    p: random.normal(),
    pr: random.normal(),
    qrs: random.normal(),
    qt: random.normal(),
    vg: random.normal(),
    st: random.normal(),
  }
  const girth = Math.log(Math.cbrt((pump.lvedvMl + pump.lvmG) / (sex === 1 ? 271 : 195)))
  const narrow =
    intervals.qrsMs.mean[sex] +
    65 * girth +
    2.4 * traits.fibrosis +
    5 * failing +
    4 * dilated +
    5 * infarcted +
    3 * thick +
    intervals.qrsMs.sd * 0.75 * draws.qrs
  const qrsMs =
    block === 'lbbb' ? 134 + 0.6 * (narrow - 88) : block === 'rbbb' ? 130 + 0.5 * (narrow - 88) : block === 'lafb' ? narrow + 7 : narrow
  const qtcMs =
    intervals.qtcMs.mean[sex] +
    0.25 * (ageYears - 61) +
    4 * traits.fibrosis -
    5 * traits.coupling -
    3 * traits.tone +
    10 * failing +
    8 * doomed +
    6 * thick +
    0.55 * Math.max(0, qrsMs - 100) +
    intervals.qtcMs.sd * 0.7 * draws.qt
  const kickAge = 0.35 * (ageYears - 61)
  const ischaemic = Math.max(0, 0.75 * coronary + 0.18 * draws.st)
  const recovery = random.stream('recovery')
  const waves = random.stream('waves')
  const atrialLog = Math.log(pump.leftAtriumMaxMl / 70)
  return {
    pMs: Math.max(78, intervals.pMs.mean[sex] + 22 * atrialLog + 2.5 * traits.fibrosis + intervals.pMs.sd * 0.7 * draws.p),
    prMs: Math.max(
      112,
      intervals.prMs.mean[sex] +
        kickAge +
        10 * atrialLog -
        5 * traits.tone +
        4 * traits.fibrosis +
        8 * failing +
        intervals.prMs.sd * draws.pr,
    ),
    qrsMs: Math.max(70, qrsMs),
    qtMs: qtcMs * Math.cbrt(60 / heartRateBpm), // Fridericia 1920
    block,
    gradientFraction: Math.max(
      0.18,
      1 -
        0.12 * traits.fibrosis +
        0.16 * traits.coupling -
        0.12 * traits.tone -
        0.22 * failing -
        0.15 * dilated -
        0.12 * coronary +
        0.08 * draws.vg,
    ),
    recoverySpread: Math.exp(0.14 * recovery.normal() + 0.08 * failing),
    recoveryTilt: [0.35 + 0.4 * recovery.normal(), -0.4 + 0.4 * recovery.normal(), -0.12 + 0.4 * recovery.normal()],
    // Men have more of it, the young most (Surawicz 2009, Circulation 119:e235, from memory: 0.2 mV in men over 40, 0.15 in women); sizes argued.
    stFraction: (sex === 1 ? 0.016 : 0.009) * Math.exp(0.5 * waves.normal() - 0.012 * (ageYears - 61)),
    // Seen mostly at slow rates (Rautaharju 2009, Circulation 119:e241, from memory); sizes argued.
    uFraction: 0.07 * Math.exp(0.6 * waves.normal()) * (60 / heartRateBpm) ** 2,
    atrialTurnRad: 0.3 * waves.normal(),
    strainFraction: Math.min(1, Math.max(0, 0.16 * traits.load + 0.26 * Math.log(pump.lvmG / 86) + 0.95 * thick + 0.15 * failing - 0.05)),
    ischaemiaFraction: Math.min(1, coronary > 0 ? ischaemic : 0.4 * Math.max(0, ischaemic - 0.2)),
    ischaemiaRad: random.uniform() * 2 * Math.PI,
    ventricularEctopyFraction: random.chance(0.06 + 0.12 * failing + 0.1 * dilated + 0.2 * doomed) ? 0.03 + 0.12 * random.uniform() : 0,
    atrialEctopyFraction: random.chance(0.06 + 0.2 * severityOf(diseases, 'af')) ? 0.03 + 0.1 * random.uniform() : 0,
    frontalTurnRad: 0.3 * random.normal() - 0.009 * (ageYears - 61) - (block === 'lafb' ? 0.5 : 0),
    fragmentation: Math.max(0, 0.12 + 0.08 * traits.fibrosis + 0.25 * infarcted + 0.1 * random.normal()),
  }
}
