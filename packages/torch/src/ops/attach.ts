// Hangs typed functions on Tensor as methods: the tensor becomes the first argument.
// Hands on: attach.

import { Tensor } from '../tensor.ts'

// biome-ignore lint: the types of each method stand in the interface beside the call of attach
type Attachable = (input: Tensor, ...rest: any[]) => unknown

/** Makes each function a method of its name; at most seven arguments after the tensor. */
export function attach(functions: Record<string, Attachable>): void {
  for (const [name, fn] of Object.entries(functions)) {
    Object.defineProperty(Tensor.prototype, name, {
      value(this: Tensor, a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown, g: unknown) {
        return fn(this, a, b, c, d, e, f, g)
      },
      writable: true,
      configurable: true,
    })
  }
}
