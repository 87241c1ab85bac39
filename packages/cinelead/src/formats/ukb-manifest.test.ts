// Truth: made-up manifests with the quirks that public converters repair; the participant's number is a simulated one.
import { describe, expect, it } from 'vitest'
import { isUkbManifest, readUkbManifest, writeUkbManifest } from './ukb-manifest.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const eid = String(9_000_001)

describe('readUkbManifest', () => {
  it('repairs the unquoted date so that later columns do not shift', () => {
    const text = `filename,patientid,seriesid,series discription,date,modality\n1.dcm,${eid},1.2.3,CINE_segmented_SAX_b1,Aug 3, 2015,MR\n`
    expect(readUkbManifest(encode(text))).toEqual([
      { filename: '1.dcm', patientId: eid, seriesId: '1.2.3', seriesDescription: 'CINE_segmented_SAX_b1', date: '2015-08-03' },
    ])
  })

  it('reads quoted dates, other spellings of the columns, a byte order mark and Windows line ends', () => {
    const text = `\uFEFFFilename,PatientID,SeriesID,Series Description,Date\r\na.dcm,${eid},1.2,CINE_segmented_LAX_4Ch,"Dec 31, 2019"\r\n`
    expect(readUkbManifest(encode(text))[0]).toMatchObject({ seriesDescription: 'CINE_segmented_LAX_4Ch', date: '2019-12-31' })
  })

  it('reads back what it wrote', () => {
    const rows = [
      { filename: 'x.dcm', patientId: eid, seriesId: '1.2.3', seriesDescription: 'CINE_segmented_SAX_b10', date: '2016-02-09' },
      { filename: 'y.dcm', patientId: eid, seriesId: '1.2.4', seriesDescription: 'CINE_segmented_SAX_InlineVF' },
    ]
    expect(readUkbManifest(writeUkbManifest(rows))).toEqual(rows)
    expect(new TextDecoder().decode(writeUkbManifest(rows))).toContain('Feb 9, 2016')
  })

  it('says which column is missing, without a participant in the message', () => {
    expect(() => readUkbManifest(encode(`a,b\n1,${eid}\n`))).toThrow(/formats\/manifest-columns .*filename, seriesDescription/)
    expect(() => readUkbManifest(encode(`a,b\n1,${eid}\n`))).not.toThrow(new RegExp(eid))
  })

  it('refuses an unclosed quote', () => {
    expect(() => readUkbManifest(encode('filename,"series discription\n1.dcm,x'))).toThrow(/formats\/manifest-parse/)
  })
})

describe('isUkbManifest', () => {
  it('knows both spellings and nothing else', () => {
    expect(['manifest.csv', 'manifest.cvs', 'deep/Manifest.CVS', 'my-manifest.csv', 'manifest.txt'].map(isUkbManifest)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})
