// Truth: bytes packed by hand after signal(5) for every storage format; the writer's input; checksums in the headers of real records.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { madeRecording } from './ecg-fixture.ts'
import { readWfdb, writeWfdb } from './wfdb.ts'
import { wfdbChecksum } from './wfdb-signal.ts'

const header = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (head: string, bytes: number[]) => readWfdb(header(head), () => Uint8Array.from(bytes))
const counts = (head: string, bytes: number[]): number[] => Array.from(read(head, bytes).ecg_LT, (mv) => Math.round(mv * 200))
const real = process.env.CINELEAD_REAL_DATA ?? join(import.meta.dirname, '../../../../../shared/data')

describe('readWfdb', () => {
  // Each row: format, bytes, the samples that signal(5) says they hold (200 integers make 1 mV).
  const packed: [number, number[], number[]][] = [
    [16, [0x01, 0x00, 0xff, 0xff, 0x00, 0x81], [1, -1, -32512]],
    [61, [0x00, 0x01, 0xff, 0xff, 0x81, 0x00], [1, -1, -32512]],
    [24, [0x01, 0x00, 0x00, 0xff, 0xff, 0xff, 0x00, 0x00, 0x81], [1, -1, -8323072]],
    [32, [0x01, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0], [1, -1, 65536]],
    [80, [0x81, 0x7f, 0xff], [1, -1, 127]],
    [160, [0x01, 0x80, 0xff, 0x7f, 0xff, 0xff], [1, -1, 32767]],
    [212, [0x01, 0xf0, 0xff, 0x00, 0x07], [1, -1, 1792]],
    [310, [0x02, 0x08, 0xfe, 0x07], [1, -1, 1]],
    [311, [0x01, 0xfc, 0x1f, 0x20], [1, -1, -511]],
  ]
  for (const [format, bytes, samples] of packed) {
    test(`unpacks format ${format}`, () => {
      expect(counts(`r 1 500 3\nr.dat ${format} 200\n`, bytes)).toEqual(samples)
    })
  }

  test('adds up the differences of format 8 from the initial value', () => {
    expect(counts('r 1 500 4\nr.dat 8 200 8 0 10\n', [0, 5, 0xfe, 127])).toEqual([10, 15, 13, 140])
  })

  test('reads several signals, several files, offsets, baselines and units', () => {
    const files: Record<string, number[]> = { 'a.dat': [9, 9, 1, 0, 2, 0, 3, 0, 4, 0], 'b.dat': [5, 0, 6, 0] }
    const head = 'r 3 500 2\na.dat 16+2 1(1)/uV 16 0 1 4 0 II\na.dat 16+2 200/mV 16 0 2 6 0 I\nb.dat 16 200(5)/mV 16 0 5 11 0 V1\n'
    const got = readWfdb(header(head), (name) => Uint8Array.from(files[name]))
    expect(got.leads).toEqual(['II', 'I', 'V1'])
    expect(Array.from(got.ecg_LT)).toEqual([0, 2e-3, 0.01, 0.02, 0, 0.005].map(Math.fround))
  })

  test('takes several samples per frame as a higher rate and leaves out what is no voltage', () => {
    const head = 'r 2 250 2\nr.dat 16x2 200/mV 16 0 1 10 0 II\nr.dat 16 10/mmHg 16 0 7 15 0 ABP\n'
    const got = readWfdb(header(head), () => Uint8Array.from([1, 0, 2, 0, 7, 0, 3, 0, 4, 0, 8, 0]))
    expect(got.rateHz).toBe(500)
    expect(got.leads).toEqual(['II'])
    expect(Array.from(got.ecg_LT, (mv) => Math.round(mv * 200))).toEqual([1, 2, 3, 4])
  })

  test('takes back the skew of a signal', () => {
    expect(counts('r 1 500 3\nr.dat 16:1 200\n', [1, 0, 2, 0, 3, 0])).toEqual([2, 3, Number.NaN])
  })

  test('marks the format’s missing value as NaN', () => {
    expect(counts('r 1 500 2\nr.dat 212 200\n', [0x00, 0x18, 0x02])).toEqual([Number.NaN, 258])
  })

  const bad: [string, string, number[]][] = [
    ['formats/wfdb-short', 'r 1 500 3\nr.dat 16 200\n', [1, 0]],
    ['formats/wfdb-checksum', 'r 1 500 1\nr.dat 16 200 16 0 1 2\n', [1, 0]],
    ['formats/wfdb-format', 'r 1 500 1\nr.dat 17 200\n', [1, 0]],
    ['formats/wfdb-segments', 'r/2 1 500 1\n', []],
    ['formats/wfdb-file-name', 'r 1 500 1\n../r.dat 16 200\n', [1, 0]],
    ['formats/wfdb-header', 'r 2 500 1\nr.dat 16 200\n', [1, 0]],
    ['formats/wfdb-header', '', []],
    ['formats/rate', 'r 1 0 1\nr.dat 16 200\n', [1, 0]],
    ['formats/leads', 'r 1 500 1\nr.dat 16 200/mmHg\n', [1, 0]],
  ]
  for (const [code, head, bytes] of bad) {
    test(`refuses ${JSON.stringify(head)} with ${code}`, () => {
      expect(() => read(head, bytes)).toThrow(expect.objectContaining({ code }))
    })
  }

  for (const folder of ['ludb', 'cinc2021', 'ptb']) {
    const at = join(real, 'ecg', folder)
    test.skipIf(!existsSync(at))(`reads every record of ${folder} with matching checksums (skipped without the real recordings)`, () => {
      const names = readdirSync(at).filter((name) => name.endsWith('.hea'))
      for (const name of names) {
        const got = readWfdb(readFileSync(join(at, name)), (file) => readFileSync(join(at, file)))
        expect(got.leads.slice(0, 12)).toEqual(['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'])
        expect(got.numSamples).toBe(folder === 'ptb' ? 38400 : 5000)
      }
      expect(names.length).toBe({ ludb: 100, cinc2021: 25, ptb: 1 }[folder])
    })
  }
})

describe('writeWfdb', () => {
  test('comes back sample for sample, with missing ones', () => {
    const made = madeRecording()
    made.ecg_LT[7] = Number.NaN
    const { header: head, signal, signalFileName } = writeWfdb(made, 'made')
    const got = readWfdb(head, (name) => (name === signalFileName ? signal : new Uint8Array()))
    expect(got.ecg_LT).toEqual(made.ecg_LT)
    expect(got.leads).toEqual(made.leads)
    expect(got.recordedOn).toBe(made.recordedOn)
  })

  test('takes more bits where the amplitudes need them', () => {
    const made = madeRecording(30)
    made.ecg_LT[0] = 40000 * 0.005
    const { header: head, signal } = writeWfdb(made, 'made')
    expect(signal.length).toBe(12 * 30 * 3)
    expect(readWfdb(head, () => signal).ecg_LT).toEqual(made.ecg_LT)
  })

  test('refuses a name that is a path', () => {
    expect(() => writeWfdb(madeRecording(), '../made')).toThrow(expect.objectContaining({ code: 'formats/wfdb-name' }))
  })
})

describe('wfdbChecksum', () => {
  test('wraps at 16 bits', () => {
    expect(wfdbChecksum([32767, 1])).toBe(-32768)
  })
})
