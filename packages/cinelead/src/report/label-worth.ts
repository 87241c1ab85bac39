// How many labels an arm saves: where the reference's label curve reaches what the best arm has at the label budget.
import type { LabelCurveJson } from './report-json.ts'
import { armLook, count, decimal } from './words.ts'

/**
 * One sentence on what pre-training with MRI is worth in labels, or none where it is worth none.
 *
 * Read off the curve, linear in the logarithm of the number of labels; without an interval.
 *
 * @param labelFraction  The comparison's own budget; the nearest point of the curve stands for it.
 */
export function labelWorth(curve: readonly LabelCurveJson[], reference: string, labelFraction: number): string | undefined {
  const budget = curve.toSorted((a, b) => Math.abs(a.labelFraction - labelFraction) - Math.abs(b.labelFraction - labelFraction))[0]
  const at = (point: LabelCurveJson, id: string) => point.arms.find((arm) => arm.id === id)?.meanR2.value ?? Number.NaN
  const best = budget?.arms.toSorted(
    (a, b) => (b.meanR2.value ?? Number.NEGATIVE_INFINITY) - (a.meanR2.value ?? Number.NEGATIVE_INFINITY),
  )[0]
  if (budget === undefined || best === undefined || best.id === reference) return undefined
  const reached = at(budget, best.id)
  if (!(reached > 0) || !(reached > at(budget, reference))) return undefined
  const start = `With ${count(budget.numLabelled)} labels ${armLook(best.id).name} reaches a mean R² of ${decimal(reached, 2)}`
  const later = curve.filter((point) => point.numLabelled >= budget.numLabelled)
  const end = later.findIndex((point) => at(point, reference) >= reached)
  const most = later[later.length - 1].numLabelled
  if (end < 0) return `${start}; ${armLook(reference).name} does not with ${count(most)}.`
  const [low, high] = [later[end - 1], later[end]]
  const share = (reached - at(low, reference)) / (at(high, reference) - at(low, reference))
  const needed = Math.exp(Math.log(low.numLabelled) + share * (Math.log(high.numLabelled) - Math.log(low.numLabelled)))
  return `${start}; ${armLook(reference).name} needs about ${count(needed)} for it.`
}
