// Truth: made-up side files in the layout that public loaders of ACDC read.
import { describe, expect, it } from 'vitest'
import { readCineInfo, readCineTable } from './cine-info.ts'

const read = (text: string) => readCineInfo(new TextEncoder().encode(text))

describe('readCineInfo', () => {
  it('turns frame numbers counted from one into frames counted from zero', () => {
    expect(read('ED: 1\nES: 12\nGroup: DCM\nHeight: 184.0\nNbFrame: 30\nWeight: 95.0\n')).toEqual({
      edFrame: 0,
      esFrame: 11,
      numFrames: 30,
    })
    expect(read('es = 9\r\ned = 2\r\n')).toEqual({ edFrame: 1, esFrame: 8, numFrames: undefined })
  })

  it('refuses a missing frame, one of zero and one beyond the last', () => {
    for (const text of ['ED: 1\n', 'ED: 0\nES: 4', 'ED: 1\nES: 31\nNbFrame: 30', 'ED: one\nES: 4', ''])
      expect(() => read(text)).toThrow(/formats\/cine-info/)
  })
})

describe('readCineTable', () => {
  const header = ',External code,VendorName,Vendor,Centre,ED,ES,Age,Pathology,Sex,Height,Weight'
  const table = (...lines: string[]) => new TextEncoder().encode(`\uFEFF${[header, ...lines].join('\r\n')}\r\n`)

  it("finds a subject's frames, counted from zero", () => {
    const bytes = table('0,A0S9V9,Philips,B,2,0,9,55,HCM,F,N/A,N/A', '1,"B2C3D4",Siemens,A,1,23,10,61,NOR,M,180,75')
    expect(readCineTable(bytes, 'A0S9V9')).toEqual({ edFrame: 0, esFrame: 9 })
    expect(readCineTable(bytes, 'b2c3d4')).toEqual({ edFrame: 23, esFrame: 10 })
  })

  it('says nothing of a subject it does not have, and of a table of another kind', () => {
    expect(readCineTable(table('0,A0S9V9,Philips,B,2,0,9'), 'Z')).toBeUndefined()
    expect(readCineTable(new TextEncoder().encode('SUBJECT_CODE,DISEASE,VENDOR\n1,NOR,GE\n'), '1')).toBeUndefined()
    expect(readCineTable(new Uint8Array(), 'A0S9V9')).toBeUndefined()
  })

  it('refuses frames that are none and a table that breaks off', () => {
    for (const line of ['0,A,,,,,9', '0,A,,,,0,x', '0,A,,,,-1,3'])
      expect(() => readCineTable(table(line), 'A')).toThrow(expect.objectContaining({ code: 'formats/cine-info' }))
    expect(() => readCineTable(table('0,"A'), 'A')).toThrow(expect.objectContaining({ code: 'formats/cine-info' }))
  })
})
