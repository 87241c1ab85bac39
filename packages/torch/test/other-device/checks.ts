// Backward passes through the device of device.cc, one line each: `ok NAME`, or the fault. A hang is for the caller to end.

import * as torch from '../../src/index.ts'

const device = 'privateuseone:0'
const cube = torch.customFunction(
  (saved, x) => {
    saved.x = x
    return x.pow(3)
  },
  (saved, gradient) => [gradient.mul((saved.x as torch.Tensor).square()).mul(3)],
)
/** The cube again, with its gradient from a backward pass inside its backward pass. */
const cubeByGrad = torch.customFunction(
  (saved, x) => {
    saved.x = x
    return x.pow(3)
  },
  (saved, gradient) => {
    const x = (saved.x as torch.Tensor).detach().requiresGrad_()
    return torch.grad(
      torch.enableGrad(() => cube(x)),
      x,
      [gradient],
    )
  },
)
const failing = torch.customFunction(
  (_, x) => x.clone(),
  () => {
    throw new RangeError('mine')
  },
)

/** d/dx Σ f(x) at x = 1, 2 on the device, where x is a leaf of the CPU's, so that its generator is the only one that a checkpoint asks for. */
function gradientOf(body: (x: torch.Tensor) => torch.Tensor): string {
  const x = torch.tensor([1, 2], { requiresGrad: true })
  body(x).sum().backward()
  return String(x.grad?.tolist())
}

const there = (x: torch.Tensor) => x.to({ device })
const CUBED = '3,12' // 3x²

const checks: [name: string, run: () => unknown, expected: string][] = [
  ['root and graph there', () => gradientOf((x) => cube(there(x))), CUBED],
  ['root on the CPU', () => gradientOf((x) => cube(there(x)).cpu()), CUBED],
  ['hooks, root on the CPU', () => torch.detectAnomaly(() => gradientOf((x) => there(x).pow(3).cpu())), CUBED],
  ['grad with its root on the CPU', () => rootGrad(), CUBED],
  ['a backward pass inside one', () => gradientOf((x) => cubeByGrad(there(x))), CUBED],
  ['a checkpoint', () => gradientOf((x) => torch.checkpoint((y) => cube(there(y)), x)), CUBED],
  [
    'a checkpoint in a checkpoint',
    () => gradientOf((x) => torch.checkpoint((y) => torch.checkpoint((z) => cubeByGrad(there(z)), y), x)),
    CUBED,
  ],
  ['checkpoints one after the other', () => gradientOf((x) => chain(x)), '96,96'],
  ['an error inside the inner pass', () => gradientOf((x) => torch.checkpoint((y) => failing(there(y)), x)), 'mine'],
  ['and the next pass after it', () => gradientOf((x) => torch.checkpoint((y) => cube(there(y)), x)), CUBED],
]

function rootGrad(): string {
  const x = torch.tensor([1, 2], { requiresGrad: true })
  return String(torch.grad(cube(there(x)).sum().cpu(), x)[0]?.tolist())
}

/** 2 · 2 · … · 2 (five times) · 3, each product in a checkpoint of its own on the device. */
function chain(x: torch.Tensor): torch.Tensor {
  let y = x
  for (let i = 0; i < 5; i++) y = torch.checkpoint((z) => there(z).mul(2), y).cpu()
  return y.mul(3)
}

for (const [name, run, expected] of checks) {
  const received = told(run)
  console.log(received === expected ? `ok ${name}` : `${name}: expected ${expected} but received ${received}`)
}
console.log('done')

/** What it returns, or what its error says. */
function told(run: () => unknown): string {
  try {
    return String(torch.scope(run))
  } catch (error) {
    return (error as Error).message
  }
}
