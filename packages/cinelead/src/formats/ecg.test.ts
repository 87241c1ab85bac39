// Truth: one recording in three formats decodes to one set of integers, also against biosig and pydicom (digests made by
// /usr/bin/python3 scripts/make-golden/ecg.py REAL_DATA); EDF+ and BDF+ that the same script packs; closed forms; error codes.
// Tests of real recordings are skipped without them.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeBase64 } from './base64.ts'
import { expectEcg, readEcg, recogniseEcg } from './ecg.ts'
import { writeEcgCsv } from './ecg-csv.ts'
import { madeRecording } from './ecg-fixture.ts'
import { leadName } from './lead-names.ts'
import { type Recording, standardLeads } from './recording.ts'
import { tidyStatements } from './waveform.ts'

const real = join(process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../../../../shared/data'), 'ecg')
const hasReal = existsSync(join(real, 'ecgtoolkit'))
const golden = join(import.meta.dirname, '../../../../test/golden/formats')
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const read = (folder: string, name: string): Recording =>
  readEcg(name, readFileSync(join(real, folder, name)), (file) => readFileSync(join(real, folder, file)))

function digest(recording: Recording, leads: readonly string[], stepUv: number): string {
  const counts = new Int16Array(leads.length * recording.numSamples)
  for (const [index, lead] of leads.entries()) {
    const from = recording.leads.indexOf(lead) * recording.numSamples
    for (let t = 0; t < recording.numSamples; t++)
      counts[index * recording.numSamples + t] = Math.round((recording.ecg_LT[from + t] * 1000) / stepUv)
  }
  return createHash('sha256').update(new Uint8Array(counts.buffer)).digest('hex')
}

describe('readEcg', () => {
  test.skipIf(!hasReal)('decodes one recording in three formats to the integers biosig and pydicom find (skipped without it)', () => {
    const wanted = JSON.parse(readFileSync(join(golden, 'ecg-digests.json'), 'utf8'))
    for (const [name, id] of [
      ['Example.scp', 'scp'],
      ['Example.dcm', 'dicom-waveform'],
      ['Example.xml', 'aecg'],
    ]) {
      expect(recogniseEcg(name, readFileSync(join(real, 'ecgtoolkit', name)))).toBe(id)
      const recording = read('ecgtoolkit', name)
      expect(digest(recording, wanted.pydicom.leads, 2.5)).toBe(wanted.pydicom.sha256)
      expect(digest(recording, wanted.biosig.leads, 2.5)).toBe(wanted.biosig.sha256)
      expect(recording.recordedOn).toBe('2002-11-22')
      expect(recording.printed).toMatchObject({ prMs: 148, qrsMs: 120, qtMs: 420, qrsAxisDeg: -61 })
      expect(JSON.stringify({ ...recording, ecg_LT: 0, median: 0 })).not.toMatch(/Clark|SBJ|1953|JMK|KAB/)
    }
  })

  test.skipIf(!hasReal)('reads every real file of an ECG format, or refuses it with a code (skipped without them)', () => {
    const found: Record<string, number> = {}
    for (const folder of readdirSync(real)) {
      for (const name of readdirSync(join(real, folder)).filter((file) => !/\.(dat|mat|ii|v2|xyz|txt|csv)$|README/.test(file))) {
        if (folder === 'aecg' && name === 'empty.xml')
          expect(() => read(folder, name)).toThrow(expect.objectContaining({ code: 'formats/aecg-empty' }))
        else {
          const { format, leads, numSamples, ecg_LT } = read(folder, name)
          expect(ecg_LT.length).toBe(leads.length * numSamples)
          found[format] = (found[format] ?? 0) + 1
        }
      }
    }
    expect(found).toEqual({ WFDB: 126, 'MUSE XML': 2, 'HL7 aECG': 6, 'Philips Sierra XML': 2, 'DICOM waveform': 1, 'SCP-ECG': 1 })
  })

  test.skipIf(!hasReal)('keeps what a MUSE file prints, with leads, filters and median beat (skipped without it)', () => {
    const muse = read('muse', 'example1.xml')
    expect(muse.leads).toEqual(['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'])
    expect([muse.numSamples, muse.rateHz, muse.resolutionUv[0], muse.median?.numSamples]).toEqual([5000, 500, 4.88, 600])
    expect(muse.filters).toEqual({ notchHz: [60], lowPassHz: 150, highPassHz: 0.16 })
    expect(muse.printed).toMatchObject({ heartRateBpm: 48, prMs: 138, qrsMs: 96, qtMs: 452, qrsAxisDeg: 20 })
  })

  test.skipIf(!hasReal)('unpacks Philips’ XLI as an independent decoder does (skipped without the files)', () => {
    const wanted = JSON.parse(readFileSync(join(golden, 'ecg-digests.json'), 'utf8')).philips
    for (const name of readdirSync(join(real, 'philips'))) {
      const recording = read('philips', name)
      const { leads, numSamples, statements } = recording
      expect(digest(recording, standardLeads, 5)).toBe(wanted[name])
      expect(leads).toEqual([...standardLeads])
      expect(numSamples).toBe(5500)
      expect(statements.length).toBeGreaterThan(2)
    }
  })

  for (const kind of ['edf', 'bdf']) {
    test(`reads ${kind.toUpperCase()}+ packed from the specification`, () => {
      const recording = readEcg(`made.${kind}`, readFileSync(join(golden, `made.${kind}`)))
      expect(recording.leads).toEqual(['I', 'aVR', 'V1'])
      expect([recording.rateHz, recording.numSamples, recording.version]).toEqual([500, 500, `${kind.toUpperCase()}+`])
      expect(recording.filters).toEqual({ highPassHz: 0.05, lowPassHz: 150, notchHz: [50] })
      expect(recording.recordedOn).toBe('2019-03-31')
      for (let t = 0; t < 500; t++) {
        const count = (lead: number): number => Math.round(300 * Math.sin(t / (5 + lead)) + 10 * lead)
        expect(recording.ecg_LT[t]).toBe(Math.fround(count(0) / 200))
        expect(recording.ecg_LT[500 + t]).toBeCloseTo((count(1) + 500) / 1000, 6)
        expect(recording.ecg_LT[1000 + t]).toBe(Math.fround(count(2) / 200))
      }
    })
  }

  test('reads back the CSV it writes, sample for sample, with missing ones', () => {
    const made = madeRecording()
    made.ecg_LT[17] = Number.NaN
    const csv = writeEcgCsv(made)
    expect(recogniseEcg('made.csv', csv)).toBe('csv')
    expect(new TextDecoder().decode(csv).split('\n')[0]).toBe(standardLeads.join(','))
    const got = readEcg('made.csv', csv)
    expect(got.ecg_LT).toEqual(made.ecg_LT)
    expect(got.warnings).toHaveLength(1)
    expect(got.resolutionUv[0]).toBe(5 >= got.resolutionUv[0] ? got.resolutionUv[0] : Number.NaN)
  })

  test('takes rate and units of a CSV from its columns', () => {
    for (const unit of ['uV', '\u00b5V', '\u03bcV']) {
      const micro = readEcg('x.csv', text(`time (ms);I [${unit}]\n0;100\n4;200\n`))
      expect(Array.from(micro.ecg_LT)).toEqual([0.1, 0.2].map(Math.fround))
    }
    const latin = Uint8Array.from('I [\u00b5V],II [\u00b5V]\n100,0\n', (letter) => letter.charCodeAt(0))
    expect(readEcg('x.csv', latin).ecg_LT[0]).toBe(Math.fround(0.1))
    const got = readEcg('x.csv', text('time (ms);I [uV];V1 [mV];note\n0;100;0,5;1\n4;200;-0,25;2\n8;;1;3\n'))
    expect(got.rateHz).toBe(250)
    expect(got.leads).toEqual(['I', 'V1'])
    expect(Array.from(got.ecg_LT)).toEqual([0.1, 0.2, Number.NaN, 0.5, -0.25, 1].map(Math.fround))
  })

  test('reads a CSV in UTF-16, and the whole rate that rounded times leave room for', () => {
    const rows = Array.from({ length: 3600 }, (_, t) => `${(t / 360).toFixed(3)}\t${t % 7}`)
    for (const encoding of ['utf-16le', 'utf-16be']) {
      const bytes = Buffer.from(`\ufefftime\tV1 [µV]\r\n${rows.join('\r\n')}\r\n`, 'utf16le')
      const got = readEcg('x.csv', encoding === 'utf-16be' ? bytes.swap16() : bytes)
      expect([got.rateHz, got.leads, got.numSamples]).toEqual([360, ['V1'], 3600])
      expect(got.ecg_LT[6]).toBe(Math.fround(0.006))
    }
  })

  test('refuses a file that is too large for its format by its beginning', () => {
    const start = text('<?xml version="1.0"?><CardiologyXML>')
    expect(() => expectEcg('x.xml', start, 1e9)).toThrow(expect.objectContaining({ code: 'formats/ecg-size' }))
    expect(() => expectEcg('x.csv', text('I,II\n1,2\n'), 1e9)).toThrow(expect.objectContaining({ code: 'formats/ecg-size' }))
    expect(() => expectEcg('x.txt', text('words'), 1e9)).toThrow(expect.objectContaining({ code: 'formats/ecg-unknown' }))
  })

  const bad: [string, string, Uint8Array][] = [
    ['formats/ecg-unknown', 'x.bin', Uint8Array.from([1, 2, 3])],
    ['formats/ecg-unknown', 'x.xml', new Uint8Array()],
    ['formats/csv-cell', 'x.csv', text('I,II\n1,2\n3\n')],
    ['formats/csv-times', 'x.csv', text('time,I\n0,1\n1,1\n9,1\n')],
    ['formats/ecg-companion', 'x.hea', text('x 1 500 1\nx.dat 16 200\n')],
    ['formats/muse-empty', 'x.xml', text('<RestingECG></RestingECG>')],
    ['formats/xml-doctype', 'x.xml', text('<!DOCTYPE RestingECG [<!ENTITY a "b">]><RestingECG></RestingECG>')],
    [
      'formats/philips-version',
      'x.xml',
      text('<restingecgdata><documentinfo><documentversion>1.01</documentversion></documentinfo></restingecgdata>'),
    ],
    ['formats/dicom-malformed', 'x.dcm', Uint8Array.from([...new Uint8Array(128), 0x44, 0x49, 0x43, 0x4d, 9, 9, 9, 9, 9, 9])],
  ]
  for (const [code, name, bytes] of bad) {
    test(`refuses ${name} of ${bytes.length} bytes with ${code}`, () => {
      expect(() => readEcg(name, bytes)).toThrow(expect.objectContaining({ code }))
    })
  }
})

describe('tidyStatements', () => {
  test('leaves out what names a person, in the words recorders use for it', () => {
    const personal = ['Confirmed by DOE', 'Reviewed: DOE, JOHN', 'Befundet von Dr. Muster', 'Validated DOE', 'Patient: Doe', 'Arzt: Muster']
    const cardiac = ['Sinus rhythm', 'Unconfirmed', 'T axis abnormal by itself', 'Marked sinus bradycardia']
    expect(tidyStatements([...personal, ...cardiac])).toEqual(cardiac)
  })
})

describe('leadName', () => {
  test('knows a lead by any of its names', () => {
    for (const name of ['avr', 'AVR', 'Lead aVR', 'ECG aVR', 'MDC_ECG_LEAD_AVR', ' aVR ']) expect(leadName(name)).toBe('aVR')
    for (const name of ['v1', 'C1', 'ECGV1', 'EKG V1', 'ECG V1', 'MDC_ECG_LEAD_V1']) expect(leadName(name)).toBe('V1')
    for (const name of ['D2', 'ii', 'MDC_ECG_LEAD_II', 'LEAD II']) expect(leadName(name)).toBe('II')
    expect(leadName('MDC_ECG_LEAD_AVRneg')).toBe('-aVR')
    expect([leadName('Resp'), leadName('ECG1')]).toEqual(['Resp', 'ECG1'])
  })
})

describe('decodeBase64', () => {
  test('equals Node’s decoder and refuses what is no base64', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 37) & 0xff)
    for (const size of [0, 1, 2, 3, 299, 300]) {
      expect(decodeBase64(text(Buffer.from(bytes.subarray(0, size)).toString('base64')), 'test')).toEqual(bytes.slice(0, size))
    }
    expect(() => decodeBase64(text('AA*A'), 'test')).toThrow(expect.objectContaining({ code: 'formats/base64' }))
    expect(() => decodeBase64(text('AA==AA'), 'test')).toThrow(expect.objectContaining({ code: 'formats/base64' }))
  })
})
