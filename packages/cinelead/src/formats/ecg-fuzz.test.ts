// Truth: the promise itself. A damaged file ends in a whole recording or in a coded error within two seconds.
// A small share runs here; 20,000 files of each format: node bench/fuzz-ecg.ts
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readEcg, recogniseEcg } from './ecg.ts'
import { madeCount } from './ecg-fixture.ts'
import { fuzz } from './ecg-fuzz.ts'
import { aecgXml, dicomFile, ecgSeeds, museXml, philipsXml } from './ecg-seeds.ts'

const seeds = ecgSeeds(readFileSync(join(import.meta.dirname, '../../../../test/golden/formats/made.edf')))
const formats = [...new Set(seeds.map(({ format }) => format))]

describe('readEcg', () => {
  for (const seed of seeds) {
    test(`recognises and reads the made ${seed.format} file of ${seed.bytes.length} bytes`, () => {
      expect(recogniseEcg(seed.name, seed.bytes)).toBe(seed.format)
      const read = readEcg(seed.name, seed.bytes, (name) => seed.beside[name])
      expect(read.ecg_LT.length).toBe(read.leads.length * read.numSamples)
    })
  }

  for (const format of formats) {
    test(`ends in a record or a coded error for 300 damaged ${format} files`, () => {
      const count = fuzz(
        seeds.filter((seed) => seed.format === format),
        300,
        1,
        () => performance.now(),
      )
      expect(count.faults).toEqual([])
      expect(count.read + count.refused).toBe(300)
      expect(count.refused).toBeGreaterThan(20)
    })
  }

  const dicoms = [
    {},
    { isDeflated: true },
    { isBare: true },
    { isBig: true },
    { interpretation: 'US' },
    { interpretation: 'SB' },
    { interpretation: 'SL' },
    { isBig: true, interpretation: 'SL' },
  ] as const
  for (const options of dicoms) {
    test(`reads DICOM samples ${JSON.stringify(options)}`, () => {
      const read = readEcg('x.dcm', dicomFile(options))
      const kind = 'interpretation' in options ? options.interpretation : 'SS'
      const stored = (count: number): number => (kind === 'US' ? count + 32768 : kind === 'SB' ? count >> 2 : count)
      expect(read.leads).toEqual(['I', 'II', 'V1'])
      expect(read.recordedOn).toBe('2019-03-31')
      expect(read.filters.notchHz).toEqual([50])
      for (let t = 0; t < 120; t++)
        for (let lead = 0; lead < 3; lead++) expect(read.ecg_LT[lead * 120 + t]).toBe(Math.fround(stored(madeCount(lead, t)) * 0.0025))
    })
  }

  test('takes a DICOM unit by its meaning and leaves out channels that are no voltage', () => {
    const read = readEcg(
      'x.dcm',
      dicomFile({
        units: [
          ['x', 'millivolt'],
          ['mmHg', 'millimetre of mercury'],
        ],
      }),
    )
    expect(read.leads).toEqual(['I', 'V1'])
    expect(read.ecg_LT[5]).toBe(Math.fround(madeCount(0, 5) * 2.5))
    expect(() => readEcg('x.dcm', dicomFile({ units: Array(3).fill(['mmHg', '']) }))).toThrow(
      expect.objectContaining({ code: 'formats/dicom-units' }),
    )
  })

  const sides = [{ leads: [0] }, { leads: [1, 2] }] as const
  test.each([
    ['of groups recorded together', sides, ['II', 'V1', 'I']],
    ['of a derived rhythm behind its median beat', [{ leads: [2], label: 'MEDIAN BEAT' }, { leads: [0, 1] }], ['I', 'II']],
    ['of two groups with one lead in both', [{ leads: [0, 1] }, { leads: [1] }], ['I', 'II']],
  ] as const)('takes the DICOM leads %s', (what, groups, leads) => {
    const originality = what.includes('derived') ? 'DERIVED' : 'ORIGINAL'
    const read = readEcg('x.dcm', dicomFile({ groups: groups.map((group) => ({ ...group, originality })) }))
    expect(read.leads).toEqual(leads)
    expect(read.median?.leads).toEqual(originality === 'DERIVED' ? ['V1'] : undefined)
    expect(read.ecg_LT[7]).toBe(Math.fround(madeCount(leads[0] === 'II' ? 1 : 0, 7) * 0.0025))
  })

  test('refuses plain Philips samples of another number than announced, which would run from lead to lead', () => {
    const wrong = philipsXml('1.03', false).replace('durationperchannel="240"', 'durationperchannel="232"')
    expect(() => readEcg('x.xml', new TextEncoder().encode(wrong))).toThrow(expect.objectContaining({ code: 'formats/philips-length' }))
  })

  test('joins the leads of an aECG that gives each a sequence set, and knows both letters mu', () => {
    const text = (content: string): Uint8Array => new TextEncoder().encode(content)
    const whole = readEcg('x.xml', text(aecgXml()))
    for (const unit of ['\u00b5V', '\u03bcV']) expect(readEcg('x.xml', text(aecgXml(unit, true)))).toEqual(whole)
    expect(whole.leads).toEqual(['I', 'II', 'V1'])
  })

  test('warns of a MUSE lead whose CRC does not fit', () => {
    const read = readEcg('x.xml', new TextEncoder().encode(museXml(12345)))
    expect(read.warnings).toContain('the samples of lead I do not fit their CRC')
  })

  test('takes a DICOM channel’s baseline and padding', () => {
    const read = readEcg('x.dcm', dicomFile({ baseline: 100, paddingAt: 3 }))
    expect(read.ecg_LT[0]).toBeCloseTo(0.1 + madeCount(0, 0) * 0.0025, 6)
    expect(read.ecg_LT[1]).toBeNaN()
  })

  test('reads plain and XLI-compressed Philips samples alike in the leads that are stored as they are', () => {
    const [plain, packed] = [false, true].map((isXli) => readEcg('x.xml', new TextEncoder().encode(philipsXml('1.03', isXli))))
    for (const lead of [0, 1, 6, 7, 8, 9, 10, 11]) {
      expect(Array.from(packed.ecg_LT.slice(lead * 120, lead * 120 + 120))).toEqual(
        Array.from(plain.ecg_LT.slice(lead * 120, lead * 120 + 120)),
      )
    }
    for (let t = 0; t < 120; t++) {
      // III is stored as what Einthoven's law leaves over: here -1, 0, 1 in turn.
      expect(packed.ecg_LT[240 + t]).toBeCloseTo((madeCount(1, t) - madeCount(0, t) - ((t % 3) - 1)) * 0.005, 6)
    }
  })
})
