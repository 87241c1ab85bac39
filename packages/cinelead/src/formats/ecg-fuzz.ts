// Test support: damaged ECG files and what may come of them: a sound recording or a coded error, soon.
import { CineLeadError } from '../base/errors.ts'
import { createRandom, type Random } from '../base/seed.ts'
import { readEcg } from './ecg.ts'
import type { EcgSeed } from './ecg-seeds.ts'

const slowestMs = 2000
const oddTexts = ['-1', '0', '99999999999', '1e308', 'NaN', '', '4294967296', '<', '&', ',,', '\0', '../x', '"', 'é', '-32768', '0.0000001']

/** A copy with one to eight pieces of damage. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = new Uint8Array(bytes) // slice of a Node Buffer would share its memory
  const rounds = 1 + random.integer(random.chance(0.5) ? 2 : 8)
  for (let round = 0; round < rounds && out.length > 0; round++) {
    const at = random.integer(out.length)
    const length = 1 + random.integer(Math.min(64, out.length - at))
    switch (random.integer(8)) {
      case 0:
        out[at] ^= 1 << random.integer(8)
        break
      case 1:
        out[at] = random.integer(256)
        break
      case 2:
        out = new Uint8Array(out.subarray(0, at)) // cut short
        break
      case 3:
        out = joined(out.subarray(0, at), out.subarray(at + length))
        break
      case 4:
        out = joined(out.subarray(0, at), out.subarray(at, at + length), out.subarray(at))
        break
      case 5:
        out.fill(random.chance(0.5) ? 0 : 255, at, at + length)
        break
      case 6:
        out = joined(
          out.subarray(0, at),
          new TextEncoder().encode(oddTexts[random.integer(oddTexts.length)]),
          out.subarray(at + random.integer(6)),
        )
        break
      default:
        out = withOtherNumber(out, at, random)
    }
  }
  return out
}

/** Changes the next decimal number of a text. */
function withOtherNumber(bytes: Uint8Array, from: number, random: Random): Uint8Array {
  let at = from
  while (at < bytes.length && !(bytes[at] >= 48 && bytes[at] <= 57)) at++
  let end = at
  while (end < bytes.length && bytes[end] >= 48 && bytes[end] <= 57) end++
  return joined(bytes.subarray(0, at), new TextEncoder().encode(oddTexts[random.integer(oddTexts.length)]), bytes.subarray(end))
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export type FuzzCount = { files: number; read: number; refused: number; slowestMs: number; faults: string[] }

/**
 * Reads so many damaged copies of the seeds (turn by turn, the main file or one beside it).
 *
 * @param clock  Milliseconds of a clock that only rises.
 * @returns      Counts; `faults` names what broke the promise, with the seed that shows it again.
 */
export function fuzz(seeds: readonly EcgSeed[], files: number, seed: number, clock: () => number): FuzzCount {
  const count: FuzzCount = { files, read: 0, refused: 0, slowestMs: 0, faults: [] }
  for (let file = 0; file < files; file++) {
    const random = createRandom(`${seed}/${file}`)
    const chosen = seeds[file % seeds.length]
    const names = Object.keys(chosen.beside)
    const hurt = names.length > 0 && random.chance(0.4) ? names[random.integer(names.length)] : undefined
    const main = hurt === undefined ? damage(chosen.bytes, random) : chosen.bytes
    const beside = hurt === undefined ? chosen.beside : { ...chosen.beside, [hurt]: damage(chosen.beside[hurt], random) }
    const started = clock()
    try {
      const got = readEcg(chosen.name, main, (name) => beside[name] ?? new Uint8Array())
      const isWhole =
        got.ecg_LT.length === got.leads.length * got.numSamples &&
        got.numSamples > 0 &&
        got.rateHz > 0 &&
        got.resolutionUv.length === got.leads.length
      if (isWhole) count.read++
      else count.faults.push(`${chosen.format} ${seed}/${file}: a record of the wrong length`)
    } catch (error) {
      if (error instanceof CineLeadError && /^(formats)\//.test(error.code)) count.refused++
      else count.faults.push(`${chosen.format} ${seed}/${file}: ${String(error).slice(0, 200)}`)
    }
    const tookMs = clock() - started
    count.slowestMs = Math.max(count.slowestMs, tookMs)
    if (tookMs > slowestMs) count.faults.push(`${chosen.format} ${seed}/${file}: ${tookMs.toFixed(0)} ms`)
  }
  return count
}
