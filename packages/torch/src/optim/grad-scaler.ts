// Scaling of losses, so that gradients in float16 neither vanish nor overflow.
// Hands on: GradScaler. Source: Micikevicius et al. 2018, "Mixed Precision Training", section 3.2; defaults and order as torch.cuda.amp.GradScaler.

import { noGrad } from '../autograd.ts'
import { full, tensor, zeros } from '../creation.ts'
import { fault } from '../errors.ts'
import { hasKernel, operator } from '../operator.ts'
import { scope } from '../scope.ts'
import type { Tensor } from '../tensor.ts'
import type { Optimiser } from './optimiser.ts'

export type ScalerOptions = {
  initScale?: number
  growthFactor?: number
  backoffFactor?: number
  /** How many steps without overflow let the scale grow. */
  growthInterval?: number
  enabled?: boolean
}

type AnyOptimiser = Optimiser<Record<string, unknown>>

const UNSCALE = 'aten::_amp_foreach_non_finite_check_and_unscale_'
const unscaleFused = operator(UNSCALE, 'self found_inf inv_scale')
const foreachMul_ = operator('aten::_foreach_mul_.Scalar', 'self scalar')

/**
 * Multiplies losses by a scale before the backward pass, takes it out of the gradients again, and leaves out steps whose gradients overflowed.
 *
 * The scale is halved after such a step and doubled after many good ones.
 *
 * @example  scaler.scale(loss).backward(); scaler.step(optimiser); scaler.update()
 */
export class GradScaler {
  readonly growthFactor: number
  readonly backoffFactor: number
  readonly growthInterval: number
  readonly enabled: boolean
  #scale: number
  #numGood = 0
  /** Whether gradients overflowed, for each optimiser unscaled since the last update. */
  readonly #found = new Map<AnyOptimiser, boolean>()
  readonly #stepped = new Set<AnyOptimiser>()

  constructor(options: ScalerOptions = {}) {
    this.#scale = options.initScale ?? 65536
    this.growthFactor = options.growthFactor ?? 2
    this.backoffFactor = options.backoffFactor ?? 0.5
    this.growthInterval = options.growthInterval ?? 2000
    this.enabled = options.enabled ?? true
    if (!(this.#scale > 0 && this.growthFactor > 1 && this.backoffFactor < 1 && this.backoffFactor > 0)) {
      const received = `scale ${this.#scale}, factors ${this.growthFactor} and ${this.backoffFactor}`
      throw scalerFault(
        'new',
        'a positive scale, growth above 1 and backoff between 0 and 1',
        received,
        'The defaults suit most trainings.',
      )
    }
  }

  /** The factor of losses now; 1 when disabled. */
  getScale(): number {
    return this.enabled ? this.#scale : 1
  }

  /** The loss times the scale, for its backward pass. */
  scale(loss: Tensor): Tensor {
    return this.enabled ? loss.mul(this.#scale) : loss
  }

  /**
   * Takes the scale out of the gradients, as is needed before they are clipped; `step` does it where nobody has.
   *
   * @throws  torch/scaler on a second call before `update`, and where there is no gradient.
   */
  unscale_(optimiser: AnyOptimiser): void {
    if (!this.enabled) return
    if (this.#found.has(optimiser)) throw scalerFault('unscale_', 'one call between two updates', 'a second', 'Call update() after step().')
    const found = noGrad(() => scope(() => unscale(gradientsOf(optimiser), 1 / this.#scale)))
    this.#found.set(optimiser, found)
  }

  /**
   * Steps the optimiser, unless a gradient overflowed.
   *
   * @returns  Whether it stepped.
   */
  step(optimiser: AnyOptimiser): boolean {
    if (this.#stepped.has(optimiser)) throw scalerFault('step', 'one call between two updates', 'a second', 'Call update() after step().')
    if (this.enabled && !this.#found.has(optimiser)) this.unscale_(optimiser)
    if (this.enabled) this.#stepped.add(optimiser)
    const hasOverflowed = this.#found.get(optimiser) ?? false
    if (!hasOverflowed) optimiser.step()
    return !hasOverflowed
  }

  /** Sets the next scale; once after the steps of all optimisers. */
  update(newScale?: number): void {
    if (!this.enabled) return
    if (newScale !== undefined) this.#scale = newScale
    else if (this.#found.size === 0) throw scalerFault('update', 'a step before it', 'none', 'Call step(optimiser) first.')
    else if ([...this.#found.values()].includes(true)) {
      this.#scale *= this.backoffFactor
      this.#numGood = 0
    } else if (++this.#numGood === this.growthInterval) {
      this.#scale *= this.growthFactor
      this.#numGood = 0
    }
    this.#found.clear()
    this.#stepped.clear()
  }

  /** Scale and count as tensors, ready for saveSafetensors beside the optimiser's state. */
  stateDict(): Record<string, Tensor> {
    return { scale: tensor(this.#scale, { dtype: 'float64' }), growth_tracker: tensor(this.#numGood, { dtype: 'float64' }) }
  }

  loadStateDict(state: Record<string, Tensor>): void {
    const { scale, growth_tracker: numGood } = state
    if (scale === undefined || numGood === undefined) {
      throw scalerFault(
        'loadStateDict',
        'scale and growth_tracker',
        Object.keys(state).join(', ') || 'nothing',
        'Save it with stateDict().',
      )
    }
    this.#scale = scale.item()
    this.#numGood = numGood.item()
  }
}

function gradientsOf(optimiser: AnyOptimiser): Tensor[] {
  const params: readonly Tensor[] = optimiser.paramGroups.flatMap((group) => [...group.params])
  const grads = params.map((param) => param.grad).filter((grad) => grad !== undefined)
  if (grads.length === 0) throw scalerFault('unscale_', 'gradients to unscale', 'none', 'Call scale(loss).backward() first.')
  return grads
}

/** Multiplies all gradients; tells whether one of them was infinite or no number. One device and dtype at a time, as the fused kernel wants. */
function unscale(grads: Tensor[], factor: number): boolean {
  const groups = Map.groupBy(grads, ({ device, dtype }) => `${device} ${dtype}`)
  return [...groups.values()]
    .map((group) => {
      const { device } = group[0]
      if (hasKernel(UNSCALE, device)) {
        const found = zeros([1], { device })
        unscaleFused(group, found, full([1], factor, { device }))
        return found.item() !== 0
      }
      const areFinite = group.map((grad) => grad.isfinite().all().item() === 1)
      foreachMul_(group, factor)
      return areFinite.includes(false)
    })
    .includes(true)
}

function scalerFault(where: string, expected: string, received: string, hint: string) {
  return fault({ code: 'torch/scaler', where: `GradScaler.${where}`, expected, received, hint })
}
