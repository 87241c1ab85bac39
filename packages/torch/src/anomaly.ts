// Where a gradient became NaN: the line of the forward call whose backward pass made it.
// Hands on: detectAnomaly.

import { expectDone, noGrad } from './autograd.ts'
import { fault } from './errors.ts'
import { native } from './native.ts'
import { watchOperators } from './operator.ts'
import { callerLine, type Site, scope, siteOf } from './scope.ts'
import { Tensor } from './tensor.ts'

const NUM_FRAMES = 60 // enough to reach the user's line through nested modules

/**
 * Runs a synchronous function and stops at the first gradient that is NaN, with the line of the forward call it comes from.
 *
 * Both the forward and the backward pass belong inside. Every operator is looked at, so that it costs several times the work: for finding
 * a fault, not for training.
 *
 * @throws   torch/anomaly from the backward pass inside.
 * @example  torch.detectAnomaly(() => lossOf(batch).backward())
 */
export function detectAnomaly<Result>(body: () => Result): Result {
  return expectDone('detectAnomaly', watchOperators(watch, body))
}

function watch(name: string, run: () => unknown): unknown {
  const since = native.graphPosition()
  const result = run()
  for (const tensor of Array.isArray(result) ? result : [result]) {
    if (!(tensor instanceof Tensor) || !tensor.requiresGrad || tensor.isLeaf) continue
    const site = deepSite()
    native.watchGradients(tensor.handle, since, (handles) => {
      noGrad(() =>
        scope(() => {
          const gradients = handles.map((handle) => (handle === null ? undefined : new Tensor(handle)))
          const index = gradients.findIndex((gradient) => gradient?.isnan().any().item() === 1)
          if (index >= 0) throw anomalyFault(name, index, site)
        }),
      )
    })
  }
  return result
}

function deepSite(): Site {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = NUM_FRAMES
  const site = siteOf('it was called', watch)
  void site.stack // written out now: the limit holds for the taking, not for the reading
  Error.stackTraceLimit = before
  return site
}

function anomalyFault(name: string, index: number, site: Site) {
  return fault({
    code: 'torch/anomaly',
    where: name,
    expected: 'gradients that are numbers',
    received: `NaN in the gradient that ${name} hands to its input ${index + 1}; ${site.what}${callerLine(site)}`,
    hint: 'Look there for a root or logarithm of 0, 0 / 0, or a product of 0 and infinity.',
  })
}
