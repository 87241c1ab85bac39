// Truth: the writer's input (integers on a 5 µV grid), hand-made variants of the container, and the codes of the errors.
import { describe, expect, test } from 'vitest'
import { type CardiosoftOptions, readCardiosoftXml, writeCardiosoftXml } from './cardiosoft-xml.ts'
import { madeRecording } from './ecg-fixture.ts'

const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)
const bytesOf = (xml: string): Uint8Array => new Uint8Array(Buffer.from(xml, 'latin1'))
const changed = (change: (xml: string) => string): Uint8Array => bytesOf(change(text(writeCardiosoftXml(madeRecording()))))

describe('readCardiosoftXml', () => {
  const quirks: [string, CardiosoftOptions][] = [
    ['the plain container', {}],
    ['StripData nested in Strip', { isStripNested: true }],
    ['lower-case lead names', { leadCase: 'lower' }],
    ['upper-case lead names', { leadCase: 'upper' }],
    ['seven samples a line', { samplesPerLine: 7 }],
  ]
  for (const [what, options] of quirks) {
    test(`reads ${what} sample for sample`, () => {
      const made = madeRecording()
      const read = readCardiosoftXml(writeCardiosoftXml(made, options))
      expect(read.leads).toEqual(made.leads)
      expect(read.ecg_LT).toEqual(made.ecg_LT)
      expect(read.rateHz).toBe(500)
      expect(read.resolutionUv).toEqual(made.resolutionUv)
      expect(read.recordedOn).toBe('2019-03-31')
      expect(read.filters).toEqual(made.filters)
      expect(read.printed).toEqual(made.printed)
      expect(read.statements).toEqual(made.statements)
    })
  }

  test('keeps the median beat with its own length', () => {
    const made = madeRecording()
    const median = { rateHz: 500, leads: made.leads, numSamples: 60, beat_LT: madeRecording(60).ecg_LT }
    expect(readCardiosoftXml(writeCardiosoftXml({ ...made, median })).median).toEqual(median)
  })

  test('takes rate and resolution as the file declares them', () => {
    const xml = changed((whole) => whole.replace('>500</SampleRate>', '>250</SampleRate>').replace('>5</Resolution>', '>4.88</Resolution>'))
    const read = readCardiosoftXml(xml)
    expect(read.rateHz).toBe(250)
    expect(read.ecg_LT[1]).toBeCloseTo((madeRecording().ecg_LT[1] / 5) * 4.88, 6)
  })

  test('holds nothing of the person', () => {
    const xml = changed((whole) =>
      whole.replace('<PID>', '<Name><FamilyName>Quux</FamilyName></Name><BirthDateTime><Year>1947</Year></BirthDateTime><PID>987'),
    )
    expect(JSON.stringify({ ...readCardiosoftXml(xml), ecg_LT: 0 })).not.toMatch(/Quux|1947|987/)
  })

  const bad: [string, string, Uint8Array][] = [
    ['formats/cardiosoft-exercise', 'an exercise test', writeCardiosoftXml(madeRecording(), { observationType: 'ExerciseECG' })],
    ['formats/cardiosoft-empty', 'an export without samples', writeCardiosoftXml(madeRecording(), { isWithoutSamples: true })],
    ['formats/xml-malformed', 'a file cut in half', writeCardiosoftXml(madeRecording()).subarray(0, 9000)],
    ['formats/xml-malformed', 'an empty file', new Uint8Array()],
    ['formats/cardiosoft-root', 'other XML', bytesOf('<a/>')],
    ['formats/cardiosoft-length', 'an announced length that is not there', changed((xml) => xml.replaceAll('>400<', '>500<'))],
    ['formats/number-run', 'a word among the samples', changed((xml) => xml.replace('>\r\n\t0,', '>\r\n\tx,'))],
    ['formats/number-run', 'an empty place among the samples', changed((xml) => xml.replace('>\r\n\t0,', '>\r\n\t0,,'))],
    ['formats/rate', 'no rate', changed((xml) => xml.replaceAll(/<SampleRate.*?<\/SampleRate>/g, ''))],
    ['formats/resolution', 'no resolution', changed((xml) => xml.replaceAll(/<Resolution.*?<\/Resolution>/g, ''))],
    ['formats/xml-doctype', 'a DOCTYPE', changed((xml) => xml.replace('<CardiologyXML>', '<!DOCTYPE a [<!ENTITY b "c">]><CardiologyXML>'))],
    ['formats/xml-depth', 'nesting without end', bytesOf('<CardiologyXML>'.repeat(5000))],
  ]
  for (const [code, what, bytes] of bad) {
    test(`refuses ${what} with ${code}`, () => {
      expect(() => readCardiosoftXml(bytes)).toThrow(expect.objectContaining({ code }))
    })
  }

  test('tells the exercise test’s user what to do', () => {
    expect(() => readCardiosoftXml(writeCardiosoftXml(madeRecording(), { observationType: 'ExerciseECG' }))).toThrow(
      'formats/cardiosoft-exercise readCardiosoftXml: expected a resting ECG (UK Biobank field 20205) but received an exercise test (like field 6025). CineLead works on 12-lead resting ECGs only: leave exercise tests out.',
    )
  })
})

describe('writeCardiosoftXml', () => {
  test('refuses a missing sample, for which the container has no mark', () => {
    const made = madeRecording()
    made.ecg_LT[3] = Number.NaN
    expect(() => writeCardiosoftXml(made)).toThrow(expect.objectContaining({ code: 'formats/cardiosoft-missing' }))
  })
})
