// Test support: a small SCP-ECG encoder, written from the clauses of EN 1064 and not from the reader.
import { createRandom } from '../base/seed.ts'

export type ScpPlan = {
  /** Integers of each lead at full rate. */
  leads: { id: number; counts_T: number[] }[]
  coding: 'plain' | 'default' | 'own'
  differences: 0 | 1 | 2
  /** A beat taken away at these fiducials (sample numbers from 1), `fiducial` within the beat. */
  beat?: { leads: number[][]; fiducial: number; at: number[] }
  /** Every fourth sample outside of these stretches (sample numbers from 1, multiples of four between them). */
  kept?: { from: number; to: number }[]
  isCrcWrong?: boolean
}

export const scpStepNv = 2500
const intervalUs = 2000
const coarse = 4

export function encodeScp(plan: ScpPlan): Uint8Array {
  const numSamples = plan.leads[0].counts_T.length
  const residuals = plan.leads.map(({ counts_T }, leadIndex) => {
    const rest = [...counts_T]
    for (const at of plan.beat?.at ?? []) {
      const beat = plan.beat?.leads[leadIndex] ?? []
      for (const [k, value] of beat.entries()) {
        const place = at - 1 + (k - ((plan.beat?.fiducial ?? 1) - 1))
        if (place >= 0 && place < numSamples) rest[place] -= value
      }
    }
    return plan.kept === undefined ? rest : thin(rest, plan.kept)
  })
  const sections = new Map<number, number[]>()
  sections.set(1, [25, 4, 0, ...u16(2002), 11, 22, 27, 2, 0, ...u16(5), 28, 2, 0, ...u16(150), 29, 1, 0, 2, 255, 0, 0])
  if (plan.coding !== 'plain') sections.set(2, plan.coding === 'default' ? u16(19999) : ownTables())
  sections.set(3, [
    plan.leads.length,
    (plan.beat === undefined ? 0 : 1) | 4 | (plan.leads.length << 3),
    ...plan.leads.flatMap(({ id }) => [...u32(1), ...u32(numSamples), id]),
  ])
  if (plan.beat !== undefined || plan.kept !== undefined) sections.set(4, beatTable(plan))
  const beats = plan.beat?.leads ?? (plan.kept === undefined ? undefined : plan.leads.map(() => [0, 0, 0, 0, 0]))
  if (beats !== undefined) sections.set(5, coded(beats, plan, intervalUs, 0))
  sections.set(6, coded(residuals, plan, plan.kept === undefined ? intervalUs : intervalUs * coarse, plan.kept === undefined ? 0 : 1))
  return assemble(sections, plan.isCrcWrong === true)
}

function thin(samples: number[], kept: { from: number; to: number }[]): number[] {
  const out: number[] = []
  let t = 0
  while (t < samples.length) {
    const zone = kept.find(({ from, to }) => t + 1 >= from && t + 1 <= to)
    if (zone !== undefined) out.push(samples[t++])
    else {
      const next = Math.min(samples.length, ...kept.map(({ from }) => from - 1).filter((start) => start > t))
      const group = samples.slice(t, Math.min(t + coarse, next))
      out.push(Math.round(group.reduce((sum, value) => sum + value, 0) / group.length))
      t += group.length
    }
  }
  return out
}

function beatTable(plan: ScpPlan): number[] {
  const length = plan.beat?.leads[0].length ?? 5
  const at = plan.beat?.at ?? plan.kept?.map(({ from }) => from) ?? []
  const fiducial = plan.beat?.fiducial ?? 1
  const isTaken = plan.beat !== undefined
  return [
    ...u16((length * intervalUs) / 1000),
    ...u16(fiducial),
    ...u16(at.length),
    ...at.flatMap((place) => [
      ...u16(isTaken ? 0 : 1),
      ...u32(Math.max(1, place - fiducial + 1)),
      ...u32(place),
      ...u32(place - fiducial + length),
    ]),
    ...at.flatMap((_, index) => [...u32(plan.kept?.[index]?.from ?? 0), ...u32(plan.kept?.[index]?.to ?? 0)]),
  ]
}

function coded(leads: readonly number[][], plan: ScpPlan, interval: number, bimodal: number): number[] {
  const parts = leads.map((samples) => {
    const rest = differences(samples, plan.differences)
    const bytes =
      plan.coding === 'plain'
        ? rest.flatMap((value) => u16(value & 0xffff))
        : pack(rest.map(plan.coding === 'default' ? defaultBits : ownBits))
    return bytes.length % 2 === 0 ? bytes : [...bytes, 0]
  })
  return [...u16(scpStepNv), ...u16(interval), plan.differences, bimodal, ...parts.flatMap((part) => u16(part.length)), ...parts.flat()]
}

function differences(samples: readonly number[], order: number): number[] {
  if (order === 0) return [...samples]
  if (order === 1) return samples.map((value, t) => (t === 0 ? value : value - samples[t - 1]))
  return samples.map((value, t) => (t < 2 ? value : value - 2 * samples[t - 1] + samples[t - 2]))
}

function twos(value: number, bits: number): string {
  return (value < 0 ? value + 2 ** bits : value).toString(2).padStart(bits, '0')
}

function defaultBits(value: number): string {
  const size = Math.abs(value)
  if (value === 0) return '0'
  if (size <= 8) return `${'1'.repeat(size)}0${value < 0 ? 1 : 0}`
  return size < 128 ? `1111111110${twos(value, 8)}` : `1111111111${twos(value, 16)}`
}

// Own tables: in the first, 0 is `0`, `10` switches to the second, `11` and 16 bits is anything. In the second 0 is `1`,
// 5 is `01`, `001` switches back, `000` and 8 bits added to 300.
function ownTables(): number[] {
  const code = (prefixBits: number, codeBits: number, mode: number, value: number, bits: string): number[] => [
    prefixBits, codeBits, mode, ...u16(value & 0xffff), ...u32(Number.parseInt([...bits].reverse().join(''), 2)),
  ] // biome-ignore format: one code a line
  return [
    ...u16(2),
    ...u16(3),
    ...code(1, 1, 1, 0, '0'),
    ...code(2, 2, 0, 2, '10'),
    ...code(2, 18, 1, 0, '11'),
    ...u16(4),
    ...code(1, 1, 1, 0, '1'),
    ...code(2, 2, 1, 5, '01'),
    ...code(3, 3, 0, 1, '001'),
    ...code(3, 11, 1, 300, '000'),
  ]
}

/** Each number stands by itself, so that any order decodes: into table 2 and back where that is possible. */
function ownBits(value: number): string {
  if (value === 0) return '0'
  if (value === 5) return '1001001'
  if (value >= 172 && value <= 427) return `10000${twos(value - 300, 8)}001`
  return `11${twos(value, 16)}`
}

function pack(codes: readonly string[]): number[] {
  const bits = codes.join('')
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).padEnd(8, '0'), 2),
  )
}

function assemble(sections: ReadonlyMap<number, number[]>, isCrcWrong: boolean): Uint8Array {
  const ids = [0, ...sections.keys()]
  const pointerData = 12 * 10
  let at = 6 + 16 + pointerData
  const pointers = Array.from({ length: 12 }, (_, id) => {
    if (id === 0) return [...u16(0), ...u32(16 + pointerData), ...u32(7)]
    const data = sections.get(id)
    if (data === undefined) return [...u16(id), ...u32(0), ...u32(0)]
    const length = 16 + data.length + (data.length % 2)
    const entry = [...u16(id), ...u32(length), ...u32(at + 1)]
    at += length
    return entry
  })
  const body = ids.flatMap((id) => {
    const data = id === 0 ? pointers.flat() : (sections.get(id) ?? [])
    const even = data.length % 2 === 0 ? data : [...data, 0]
    const name = id === 0 ? [...'SCPECG'].map((letter) => letter.charCodeAt(0)) : [0, 0, 0, 0, 0, 0]
    return [0, 0, ...u16(id), ...u32(16 + even.length), 20, 20, ...name, ...even]
  })
  const bytes = Uint8Array.from([0, 0, ...u32(6 + body.length), ...body])
  const crc = crcCcitt(bytes.subarray(2)) ^ (isCrcWrong ? 1 : 0)
  bytes[0] = crc & 0xff
  bytes[1] = crc >> 8
  return bytes
}

function crcCcitt(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const value of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const top = ((crc >> 15) & 1) ^ ((value >> bit) & 1)
      crc = (crc << 1) & 0xffff
      if (top === 1) crc ^= 0x1021
    }
  }
  return crc
}

function u16(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff]
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff]
}

/** A wandering integer signal with steps of many sizes, so that every branch of a coding is used. */
export function wanderingCounts(seed: number, numSamples: number): number[] {
  const random = createRandom(seed)
  let value = 0
  return Array.from({ length: numSamples }, () => {
    const step = random.chance(0.05) ? random.integer(4000) - 2000 : random.integer(21) - 10
    value = Math.max(-15000, Math.min(15000, value + step))
    return value
  })
}
