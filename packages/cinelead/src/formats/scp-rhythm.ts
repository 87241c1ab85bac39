// The samples of an SCP-ECG file: sections 5 (reference beat) and 6 (rhythm), with differences, reference-beat subtraction and
// bimodal (two-rate) storage undone.
// Source: EN 1064:2005 / ISO 11073-91064, clauses 5.8, 5.9 and annex C.
import { inBytes } from '../base/in-bytes.ts'
import { decodeHuffman, type HuffmanTable, undoDifferences } from './scp-huffman.ts'
import { type BeatTable, byte, type LeadTable, refuse, type Section, where, word } from './scp-sections.ts'
import { checkSize } from './waveform.ts'

/** A section's samples, lead after lead, in steps of `resolutionUv`. */
export type CodedLeads = { resolutionUv: number; rateHz: number; isBimodal: boolean; differences: number; parts: Uint8Array[] }

/** The head of section 5 or 6 and the bytes of each lead. @throws formats/scp-section */
export function readCodedLeads(section: Section | undefined, numLeads: number, number: 5 | 6): CodedLeads | undefined {
  if (section === undefined) return undefined
  const { data } = section
  const intervalUs = word(data, 2)
  const parts: Uint8Array[] = []
  let at = 6 + 2 * numLeads
  for (let leadIndex = 0; leadIndex < numLeads; leadIndex++) {
    const length = word(data, 6 + 2 * leadIndex)
    if (at + length > data.byteLength)
      throw refuse('section', `the samples of ${numLeads} leads in section ${number}`, inBytes(data.byteLength))
    parts.push(new Uint8Array(data.buffer, data.byteOffset + at, length))
    at += length
  }
  const differences = byte(data, 4)
  if (intervalUs === 0 || differences > 2)
    throw refuse(
      'section',
      `a sample interval and a difference order of 0 to 2 in section ${number}`,
      `${intervalUs} µs, order ${differences}`,
    )
  return {
    resolutionUv: word(data, 0) / 1000,
    rateHz: 1e6 / intervalUs,
    isBimodal: number === 6 && byte(data, 5) === 1,
    differences,
    parts,
  }
}

/** One lead's stored numbers with differences undone. */
export function decodePart(
  coded: CodedLeads,
  leadIndex: number,
  tables: readonly HuffmanTable[] | undefined,
  maxSamples: number,
): Int32Array {
  const part = coded.parts[leadIndex]
  if (tables !== undefined) return undoDifferences(decodeHuffman(tables, part, maxSamples, where), coded.differences)
  const count = Math.min(maxSamples, part.length >> 1)
  const values_T = new Int32Array(count)
  for (let t = 0; t < count; t++) values_T[t] = ((part[2 * t] | (part[2 * t + 1] << 8)) << 16) >> 16
  return undoDifferences(values_T, coded.differences)
}

/**
 * The rhythm of each lead at full rate, in steps of section 6.
 *
 * Where the file keeps full rate around QRS only (bimodal), the stretches between are brought back by straight lines between the
 * stored values, each standing for the middle of its group. Where the reference beat was taken away it is added.
 *
 * @param reference  The reference beat, in its own steps; undefined where there is none.
 * @throws           formats/scp-length when a lead holds another number of samples than its definition says.
 */
export function readRhythm(
  coded: CodedLeads,
  table: LeadTable,
  beats: BeatTable | undefined,
  tables: readonly HuffmanTable[] | undefined,
  reference: { resolutionUv: number; rateHz: number; leads: readonly Int32Array[] } | undefined,
): { rateHz: number; leads: Float64Array[] } {
  const isFiner = reference !== undefined && reference.rateHz > coded.rateHz * 1.01 && (coded.isBimodal || table.isBeatSubtracted)
  const factor = isFiner ? Math.round(reference.rateHz / coded.rateHz) : 1
  if (factor > 16) throw refuse('section', 'rates of sections 5 and 6 within a factor of 16', `a factor of ${factor}`)
  const leads = table.leads.map((span, leadIndex) => {
    const numSamples = span.last - span.first + 1
    checkSize(table.leads.length, numSamples, where)
    // A stored bit stands for `factor` samples at most: a lead that announces more is refused before memory is taken for it.
    const most = coded.parts[leadIndex].length * 8 * factor
    if (numSamples > most)
      throw refuse('length', `at most ${most} samples in lead ${leadIndex + 1}`, `${numSamples} announced in section 3`)
    const stored_T = decodePart(coded, leadIndex, tables, numSamples)
    const full_T =
      coded.isBimodal && factor > 1
        ? fromTwoRates(stored_T, numSamples, factor, span.first, beats)
        : factor > 1
          ? stretch(stored_T, numSamples, factor)
          : stored_T
    if (full_T.length !== numSamples)
      throw refuse('length', `${numSamples} samples in lead ${leadIndex + 1}, as section 3 announces`, String(full_T.length))
    const samples_T = Float64Array.from(full_T)
    if (table.isBeatSubtracted && beats !== undefined && reference !== undefined) {
      addReference(samples_T, reference.leads[leadIndex], reference.resolutionUv / coded.resolutionUv, span.first, beats)
    }
    return samples_T
  })
  return { rateHz: isFiner ? reference.rateHz : coded.rateHz, leads }
}

/** Section 4's beats of type 0: the reference beat's samples fall on their fiducials. */
function addReference(samples_T: Float64Array, beat_T: Int32Array | undefined, scale: number, first: number, beats: BeatTable): void {
  if (beat_T === undefined) return
  for (const { type, from, fiducial, to } of beats.subtracted) {
    if (type !== 0) continue
    for (let number = Math.max(from, first); number <= to && number - first < samples_T.length; number++) {
      const at = beats.fiducial - 1 + (number - fiducial)
      if (at >= 0 && at < beat_T.length) samples_T[number - first] += beat_T[at] * scale
    }
  }
}

/** Full rate in the kept stretches, every `factor`-th value between them. */
function fromTwoRates(stored_T: Int32Array, numSamples: number, factor: number, first: number, beats: BeatTable | undefined): Float64Array {
  const kept = (beats?.kept ?? [])
    .map(({ from, to }) => ({ from: Math.max(0, from - first), to: Math.min(numSamples - 1, to - first) }))
    .filter(({ from, to }) => to >= from)
    .sort((p, q) => p.from - q.from)
  const full_T = new Float64Array(numSamples)
  let at = 0
  let t = 0
  const coarse = (end: number): void => {
    const count = Math.ceil((end - t) / factor)
    full_T.set(stretch(stored_T.subarray(at, at + count), end - t, factor), t)
    at += count
    t = end
  }
  for (const { from, to } of kept) {
    if (from > t) coarse(from)
    while (t <= to) full_T[t++] = stored_T[at++]
  }
  if (t < numSamples) coarse(numSamples)
  // Up to one group a stretch may be missing where an encoder rounds down; more means damage.
  if (at > stored_T.length + kept.length + 1) throw refuse('length', `${at} stored samples in a two-rate lead`, String(stored_T.length))
  return full_T.map((value) => (Number.isFinite(value) ? value : 0))
}

/** Straight lines between values that stand in the middle of groups of `factor` samples; level before the first and behind the last. */
function stretch(values_T: Int32Array, numSamples: number, factor: number): Float64Array {
  const out_T = new Float64Array(numSamples)
  const last = values_T.length - 1
  if (last < 0) return out_T
  for (let t = 0; t < numSamples; t++) {
    const place = Math.min(last, Math.max(0, (t - (factor - 1) / 2) / factor))
    const left = Math.floor(place)
    const right = Math.min(last, left + 1)
    out_T[t] = values_T[left] + (place - left) * (values_T[right] - values_T[left])
  }
  return out_T
}
