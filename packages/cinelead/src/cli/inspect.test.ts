// Truth: recordings and images built here with known leads, rate and beats; the facts that `shared/data/README.md` states of the
// real ones (skipped where they are not there).
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Recording, standardLeads } from '../formats/recording.ts'
import { writeWfdb } from '../formats/wfdb.ts'
import { run } from './inspect.ts'
import type { EcgDescription } from '../prepare/ecg/describe.ts'
import type { StudyFacts } from './inspect-study.ts'
import { createSilentReport } from './progress.ts'
import { phantomFiles } from './raw-fixture.ts'

const realData = process.env.CINELEAD_REAL_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
const hasReal = existsSync(realData)
let folder: string

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'inspect-'))))
afterEach(() => rmSync(folder, { recursive: true }))

async function inspect<Facts>(path: string, out?: string): Promise<Facts> {
  const report = createSilentReport()
  await run({ path, out }, report)
  expect(report.answers).toHaveLength(1)
  return report.answers[0] as Facts
}

/** Narrow peaks of 1 mV every second on a faint slow wave, ten seconds at 500 Hz: a heart of 60 beats a minute. */
function beatingRecording(): Recording {
  const numSamples = 5000
  const ecg_LT = new Float32Array(12 * numSamples)
  for (let leadIndex = 0; leadIndex < 12; leadIndex++) {
    for (let t = 0; t < numSamples; t++) {
      const fromPeakMs = ((t + 250) % 500) * 2 - 500
      const beat = Math.exp(-0.5 * (fromPeakMs / 12) ** 2) + 0.2 * Math.exp(-0.5 * ((fromPeakMs - 250) / 40) ** 2)
      ecg_LT[leadIndex * numSamples + t] = (0.5 + leadIndex / 12) * beat
    }
  }
  return {
    format: 'made',
    rateHz: 500,
    leads: standardLeads,
    numSamples,
    ecg_LT,
    resolutionUv: standardLeads.map(() => 1),
    filters: {},
    printed: {},
    statements: [],
  }
}

function writeRecord(name: string): string {
  const { header, signal, signalFileName } = writeWfdb(beatingRecording(), name)
  writeFileSync(join(folder, `${name}.hea`), header)
  writeFileSync(join(folder, signalFileName), signal)
  return join(folder, `${name}.hea`)
}

describe('inspect', () => {
  it('tells leads, rate, length and heart rate of a recording', async () => {
    const facts = await inspect<EcgDescription & { kind: string }>(writeRecord('beats'))
    expect(facts).toMatchObject({ kind: 'ecg', format: 'WFDB', rateHz: 500, leads: [...standardLeads], samples: 5000 })
    expect(facts.heartRateBpm).toBeCloseTo(60, 0)
    expect(facts.rPeaksMs).toHaveLength(10)
  })

  it('draws a recording on paper', async () => {
    const out = join(folder, 'drawings')
    await inspect(writeRecord('beats'), out)
    expect(readFileSync(join(out, 'ecg.svg'), 'utf8')).toMatch(/^<svg [\s\S]*25 mm\/s · 10 mm\/mV/)
    expect(readFileSync(join(out, 'ecg.png')).subarray(1, 4).toString()).toBe('PNG')
  })

  it('counts the recordings of a folder', async () => {
    writeRecord('one')
    writeRecord('two')
    expect(await inspect(folder)).toMatchObject({ kind: 'ecg-files', formats: { wfdb: 2 } })
  })

  it('tells what a single image is, though no cine comes of it', async () => {
    writeFileSync(join(folder, 'image.dcm'), phantomFiles()[0].bytes)
    const facts = await inspect<StudyFacts>(join(folder, 'image.dcm'))
    expect(facts).toMatchObject({ images: 1, volumes: [], firstImage: { modality: 'MR', numRows: 64, numColumns: 72 } })
  })

  it('lists the arrays of a safetensors file', async () => {
    const head = JSON.stringify({ 'encoder.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] } })
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(head.length))
    writeFileSync(join(folder, 'a.safetensors'), Buffer.concat([length, Buffer.from(head), Buffer.alloc(24)]))
    expect(await inspect(join(folder, 'a.safetensors'))).toMatchObject({
      kind: 'tensors',
      tensors: [{ name: 'encoder.weight', dtype: 'F32', shape: [2, 3] }],
    })
  })

  it('refuses what it does not know, what is empty and what is not there', async () => {
    writeFileSync(join(folder, 'a.bin'), 'no recording')
    writeFileSync(join(folder, 'b.bin'), '')
    await expect(inspect(join(folder, 'a.bin'))).rejects.toMatchObject({ code: 'cli/unknown', received: 'a file of another kind' })
    await expect(inspect(join(folder, 'b.bin'))).rejects.toMatchObject({ code: 'cli/unknown', received: 'an empty file' })
    await expect(inspect(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses an archive that is cut short', async () => {
    writeFileSync(join(folder, 'a.zip'), Buffer.from('504b0304140000000800', 'hex'))
    await expect(inspect(join(folder, 'a.zip'))).rejects.toMatchObject({ code: expect.stringMatching(/^formats\/zip-/) })
  })

  it.skipIf(!hasReal)('tells the truth about a real ECG', async () => {
    const facts = await inspect<EcgDescription & { kind: string }>(join(realData, 'ecg/ludb/1.hea'))
    expect(facts).toMatchObject({ rateHz: 500, samples: 5000, leads: [...standardLeads] })
    // The record's own header says sinus bradycardia: below 60 beats a minute.
    expect(facts.heartRateBpm).toBeGreaterThan(40)
    expect(facts.heartRateBpm).toBeLessThan(60)
  })

  it.skipIf(!hasReal)('tells the truth about a real study', async () => {
    const facts = await inspect<StudyFacts>(join(realData, 'cmr/biv-me/dicoms'))
    expect(facts.images).toBe(275)
    expect(facts.volumes[0]).toMatchObject({ view: 'sax', slices: 6, phases: 25, rows: 208, columns: 256, sliceThicknessMm: 6 })
    expect(facts.volumes[0].spacingMm[0]).toBeCloseTo(17.7, 1)
    expect(facts.volumes[0].spacingMm.slice(1)).toEqual([1.40625, 1.40625])
    expect(
      facts.volumes
        .slice(1)
        .map(({ view }) => view)
        .sort(),
    ).toEqual(['2ch', '2ch', '4ch', '4ch', 'other'])
  })
})
