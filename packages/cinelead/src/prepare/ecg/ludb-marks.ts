// Test support: manual marks of LUDB (WFDB annotation files, MIT format), where the real recordings are at hand.
// Source: annot(5) of the WFDB Applications Guide; LUDB 1.0.1 (marks of P, QRS and T for each lead).
import type { Recording } from '../../formats/recording.ts'

/** One wave as marked: sample indices; NaN where an edge was not marked. */
export type MarkedWave = { kind: 'P' | 'QRS' | 'T'; onset: number; peak: number; offset: number }

const kinds: Readonly<Record<number, MarkedWave['kind']>> = { 24: 'P', 1: 'QRS', 27: 'T' }
const [opening, closing] = [39, 40]

export function readMarks(bytes: Uint8Array): MarkedWave[] {
  const marks: { t: number; code: number }[] = []
  let t = 0
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const word = bytes[at] | (bytes[at + 1] << 8)
    const [code, step] = [word >> 10, word & 0x3ff]
    if (word === 0) break
    if (code === 59) {
      t += ((bytes[at + 2] | (bytes[at + 3] << 8)) << 16) | bytes[at + 4] | (bytes[at + 5] << 8)
      at += 4
    } else if (code === 63) at += step + (step & 1)
    else if (code < 60) {
      t += step
      marks.push({ t, code })
    }
  }
  return marks.flatMap(({ t: peak, code }, index) => {
    const kind = kinds[code]
    if (kind === undefined) return []
    const [before, after] = [marks[index - 1], marks[index + 1]]
    return [{ kind, peak, onset: before?.code === opening ? before.t : Number.NaN, offset: after?.code === closing ? after.t : Number.NaN }]
  })
}

/** The recording with left and right arm electrode exchanged. */
export function swapArms(recording: Recording): Recording {
  const n = recording.numSamples
  const lead = (index: number): Float32Array => recording.ecg_LT.subarray(index * n, (index + 1) * n)
  const swapped_LT = recording.ecg_LT.slice()
  swapped_LT.set(
    lead(0).map((mv) => -mv),
    0,
  )
  for (const [from, to] of [[2, 1], [1, 2], [4, 3], [3, 4]]) swapped_LT.set(lead(from), to * n) // biome-ignore format: pairs
  return { ...recording, ecg_LT: swapped_LT }
}
