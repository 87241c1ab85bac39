// Calls every exported function and method with arguments that make no sense; anything but a result or a JavaScript Error is a defect.
//   node test/fuzz.ts <seed> <calls per function> [name]
// Prints "call <name> <arguments>" before each call when FUZZ_VERBOSE is set, so that a crash shows its cause; prints a count at the end.

import { writeSync } from 'node:fs'
import * as torch from '../src/index.ts'

type Callable = (...args: unknown[]) => unknown

const seed = Number(process.argv[2] ?? 1)
const numCalls = Number(process.argv[3] ?? 20)
const only = process.argv[4]

/** A class whose constructor is the package's own; then what changes state for all that follows, takes the process's own time, or takes a callback that runs forever: not for random calls. */
const LEFT_OUT = new Set([
  'Tensor',
  'setNumThreads',
  'saveSafetensors',
  'loadSafetensors',
  'readSafetensorsMetadata',
  'scope',
  'keep',
  'free',
  'live',
  'operatorNames',
])

let state = seed
function draw(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0 // Numerical Recipes' generator: repeatable, good enough to choose
  return Math.floor((state / 2 ** 32) * below)
}

function freed(): torch.Tensor {
  const x = torch.ones([2])
  x.free()
  return x
}

function detachedArray(): Float32Array {
  const array = new Float32Array(4)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

const makers: (() => unknown)[] = [
  () => torch.randn([2, 3]),
  () => torch.randn([3, 3]),
  () => torch.randn([1, 2, 4, 4]),
  () => torch.randn([1, 2, 4]),
  () => torch.randint(0, 3, [2, 3]),
  () => torch.tensor([true, false]),
  () => torch.ones([]),
  () => torch.zeros([0]),
  () => torch.zeros([0, 3]),
  () => torch.tensor([Number.NaN, Number.POSITIVE_INFINITY]),
  () => torch.randn([2, 3], { dtype: 'float64', requiresGrad: true }),
  () => torch.randn([2, 3]).bfloat16(),
  freed,
  () => [torch.randn([2, 3]), torch.randn([2, 3])],
  () => [freed()],
  () => undefined,
  () => null,
  () => 0,
  () => 1,
  () => -1,
  () => 2,
  () => 1.5,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 2 ** 40,
  () => -(2 ** 40),
  () => 2 ** 62,
  () => [0],
  () => [1, 1],
  () => [-1, -1],
  () => [2, 3],
  () => [2 ** 40, 2 ** 40],
  () => [],
  () => [1.5],
  () => ['a'],
  () => 'mean',
  () => 'a,b->c',
  () => 'float32',
  () => true,
  () => false,
  () => ({}),
  () => ({ dtype: 'float33' }),
  () => ({ device: 'cuda:9' }),
  () => ({ device: 'nonsense' }),
  () => 10n,
  () => Symbol('s'),
  () => () => 1,
  () => new Float32Array(6),
  () => new Uint16Array(2),
  detachedArray,
  () => new Map(),
]

const targets = new Map<string, Callable>()
function add(prefix: string, space: object, isMethod = false): void {
  for (const name of isMethod ? Object.getOwnPropertyNames(space) : Object.keys(space)) {
    if (LEFT_OUT.has(name) || name === 'constructor') continue
    const descriptor = Object.getOwnPropertyDescriptor(space, name)
    const value: unknown = descriptor?.get !== undefined ? undefined : (space as Record<string, unknown>)[name]
    if (typeof value !== 'function') continue
    const isClass = /^class\b/.test(Function.prototype.toString.call(value))
    if (isClass) targets.set(`new ${prefix}${name}`, (...args) => Reflect.construct(value, args))
    else if (isMethod) targets.set(`${prefix}${name}`, (self, ...args) => value.apply(self, args))
    else targets.set(`${prefix}${name}`, value as Callable)
  }
}
add('torch.', torch)
add('linalg.', torch.linalg)
add('F.', torch.nn.functional)
add('nn.', torch.nn)
add('init.', torch.nn.init)
add('optim.', torch.optim)
add('x.', torch.Tensor.prototype, true)

const NUM_TENSORS = 12 // the makers at the head of the list; calls begin with one of these mostly, to get past the first checks
let numErrors = 0
const poor: string[] = []
for (const [name, call] of targets) {
  if (only !== undefined && name !== only) continue
  for (let round = 0; round < numCalls; round++) {
    const args = Array.from({ length: 1 + draw(6) }, (_, index) => draw(draw(10) < (index === 0 ? 8 : 3) ? NUM_TENSORS : makers.length))
    if (process.env.FUZZ_VERBOSE) writeSync(1, `call ${name} ${args}\n`)
    try {
      torch.scope(() => {
        const values = args.map((index) => makers[index]())
        if (name.startsWith('x.') && !(values[0] instanceof torch.Tensor)) values[0] = torch.randn([2, 3])
        const result = call(...values)
        if (result instanceof torch.Tensor && !result.isFreed) String(result)
      })
    } catch (error) {
      numErrors++
      if (!(error instanceof Error)) poor.push(`${name} threw ${typeof error}`)
      else if (!(error instanceof torch.TorchError) && !(error instanceof TypeError) && !(error instanceof RangeError))
        poor.push(`${name}: ${error.message.slice(0, 150)}`)
    }
  }
}
torch.noGrad(() => undefined)
writeSync(1, `${JSON.stringify({ functions: targets.size, errors: numErrors, poor: poor.slice(0, 10), numPoor: poor.length })}\n`)
