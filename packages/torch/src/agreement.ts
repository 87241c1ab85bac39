// Whether all ranks are about to do the same, asked before a collective.
// Hands on: otherIntent.

import { empty, fromArray } from './creation.ts'
import type { Group, NativeCollectives } from './native.ts'
import { narrow } from './ops/shape.ts'
import { readArray } from './read-array.ts'
import { scope } from './scope.ts'

const NUM_BYTES = 128 // of each rank's words; a longer shape is compared by its start

/** The first rank whose words are others than this one's, and those; undefined where all say the same. */
export function otherIntent(
  calls: NativeCollectives,
  group: Group,
  worldSize: number,
  own: string,
): { rank: number; what: string } | undefined {
  return scope(() => {
    const bytes = new Uint8Array(NUM_BYTES)
    new TextEncoder().encodeInto(own, bytes)
    const all = empty([worldSize * NUM_BYTES], { dtype: 'uint8' })
    const parts = Array.from({ length: worldSize }, (_, rank) => narrow(all, 0, rank * NUM_BYTES, NUM_BYTES).handle)
    calls.waitFor(calls.startCollective(group, 'allGather', fromArray(bytes).handle, 0, parts))
    const said = readArray(all) as Uint8Array
    for (let rank = 0; rank < worldSize; rank++) {
      const words = said.subarray(rank * NUM_BYTES, (rank + 1) * NUM_BYTES)
      if (words.some((byte, index) => byte !== bytes[index])) return { rank, what: new TextDecoder().decode(words).replace(/\0+$/, '') }
    }
    return undefined
  })
}
