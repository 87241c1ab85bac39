// Truth: the person, read back through the project's own readers, and UK Biobank's naming as public readers rely on it.
import { describe, expect, test } from 'vitest'
import { readCardiosoftXml } from '../formats/cardiosoft-xml.ts'
import { readDicom } from '../formats/dicom.ts'
import { isUkbManifest, readUkbManifest } from '../formats/ukb-manifest.ts'
import { readZip } from '../formats/zip.ts'
import { renderCine } from './cine.ts'
import { renderEcg } from './ecg.ts'
import { drawPerson } from './person.ts'
import { noQuirks, type QuirkRates } from './quirks.ts'
import { type ScannerProfile, scannerProfiles } from './scanner.ts'
import { subjectFiles } from './subject-files.ts'

const small: ScannerProfile = { ...scannerProfiles.demo, numRows: 48, numColumns: 48, pixelMm: 5.2, numPhases: 4 }
const person = drawPerson('files', 0)
const make = (quirks: Partial<QuirkRates>) => subjectFiles(person, { scanner: small, quirks: { ...noQuirks, ...quirks } })

async function openZip(bytes: Uint8Array) {
  const entries = await readZip(bytes)
  const manifest = entries.find(({ name }) => isUkbManifest(name))
  if (manifest === undefined) throw new TypeError('no manifest')
  return { entries, manifest, rows: readUkbManifest(manifest.read()) }
}

describe('subjectFiles', () => {
  test('names the files by eid, field, visit and array', () => {
    expect(make({}).map(({ name }) => name)).toEqual([`${person.eid}_20209_2_0.zip`, `${person.eid}_20205_2_0.xml`])
  })

  test('gives the same bytes again', () => {
    expect(make({})).toEqual(make({}))
  })

  test('holds one series a slice with the true pixels, place and time', async () => {
    const { entries, rows } = await openZip(make({})[0].bytes)
    const cine = renderCine(person, small)
    const [numFrames, numSlices, numRows, numColumns] = cine.volume.shape
    expect(rows).toHaveLength(numFrames * numSlices)
    expect(new Set(rows.map(({ seriesDescription }) => seriesDescription)).size).toBe(numSlices)
    expect(rows[0].date).toBe(person.visitOn)
    const row = rows.filter(({ seriesDescription }) => seriesDescription === 'CINE_segmented_SAX_b3')[1]
    const entry = entries.find(({ name }) => name === row.filename)
    const image = await readDicom(entry?.read() ?? new Uint8Array())
    const at = (1 * numSlices + 2) * numRows * numColumns
    expect([...image.pixels_YX]).toEqual([...cine.volume.voxels_FZYX.subarray(at, at + numRows * numColumns)])
    expect(image.triggerMs).toBeCloseTo(cine.volume.frameMs_F[1], 1)
    expect(image.cardiacNumberOfImages).toBe(numFrames)
    const { affine } = cine.volume
    for (let i = 0; i < 3; i++) expect(image.positionMm?.[i]).toBeCloseTo(affine[i * 4 + 3] + 2 * affine[i * 4 + 2], 4)
  })

  test('holds the ECG sample for sample', () => {
    const read = readCardiosoftXml(make({})[1].bytes)
    const made = renderEcg(person)
    expect(read.rateHz).toBe(500)
    for (let i = 0; i < made.ecg_LT.length; i += 11) expect(read.ecg_LT[i]).toBeCloseTo(made.ecg_LT[i], 4)
    expect(read.printed.qrsMs).toBe(made.printed.qrsMs)
    expect(read.recordedOn).toBe(person.visitOn)
  })

  test.each([
    ['cvsManifest', 1, 'manifest.cvs'],
    ['cvsManifest', 0, 'manifest.csv'],
  ] as const)('spells the manifest as %s = %d says', async (name, rate, spelling) => {
    expect((await openZip(make({ [name]: rate })[0].bytes)).manifest.name).toBe(spelling)
  })

  test('adds a decoy series, a repeated slice, or leaves out a frame', async () => {
    const plain = (await openZip(make({})[0].bytes)).rows
    const decoy = (await openZip(make({ inlineSeries: 1 })[0].bytes)).rows
    expect(decoy.length).toBe(plain.length + 2)
    expect(decoy.some(({ seriesDescription }) => seriesDescription === 'CINE_segmented_SAX_InlineVF')).toBe(true)
    const repeated = (await openZip(make({ duplicateSeries: 1 })[0].bytes)).rows
    expect(repeated.length).toBe(plain.length + small.numPhases)
    const twice = [...new Set(repeated.map(({ seriesId }) => seriesId))].length
    expect(twice).toBe(new Set(repeated.map(({ seriesDescription }) => seriesDescription)).size + 1)
    expect((await openZip(make({ missingFrame: 1 })[0].bytes)).rows.length).toBe(plain.length - 1)
    expect(new Set((await openZip(make({ tooFewSlices: 1 })[0].bytes)).rows.map(({ seriesDescription }) => seriesDescription)).size).toBe(3)
  })

  test('can put all slices into one series', async () => {
    const { rows } = await openZip(make({ mixedSeries: 1 })[0].bytes)
    expect(new Set(rows.map(({ seriesDescription }) => seriesDescription))).toEqual(new Set(['CINE_segmented_SAX']))
    expect(new Set(rows.map(({ seriesId }) => seriesId)).size).toBe(1)
  })

  test('lets the later of two series sort last, as readers expect', async () => {
    const { entries, rows } = await openZip(make({ duplicateSeries: 1 })[0].bytes)
    const bySlice = Map.groupBy(rows, ({ seriesDescription }) => seriesDescription)
    const both = [...bySlice.values()].find((group) => new Set(group.map(({ seriesId }) => seriesId)).size === 2) ?? []
    const [first, last] = [...new Set(both.map(({ seriesId }) => seriesId))].sort()
    const mean = async (seriesId: string): Promise<number> => {
      const row = both.find((each) => each.seriesId === seriesId)
      const image = await readDicom(entries.find(({ name }) => name === row?.filename)?.read() ?? new Uint8Array())
      return [...image.pixels_YX].reduce((sum, value) => sum + value, 0) / image.pixels_YX.length
    }
    // The failed attempt is the dim one.
    expect(await mean(first)).toBeLessThan(0.6 * (await mean(last)))
  })

  test('cuts an archive short so that no reader takes it for whole', async () => {
    await expect(readZip(make({ truncatedZip: 1 })[0].bytes)).rejects.toThrow(/formats\/zip/)
  })

  test('leaves out a file, moves the ECG to another day, or adds a second visit', () => {
    expect(make({ missingZip: 1 }).map(({ name }) => name)).toEqual([`${person.eid}_20205_2_0.xml`])
    expect(make({ missingXml: 1 }).map(({ name }) => name)).toEqual([`${person.eid}_20209_2_0.zip`])
    expect(readCardiosoftXml(make({ differentDay: 1 })[1].bytes).recordedOn).not.toBe(person.visitOn)
    expect(make({ secondVisit: 1 }).map(({ name }) => name)).toEqual([
      `${person.eid}_20209_2_0.zip`,
      `${person.eid}_20205_2_0.xml`,
      `${person.eid}_20209_3_0.zip`,
      `${person.eid}_20205_3_0.xml`,
    ])
  })

  test('writes the three long-axis views into an archive of their own, in the same study', async () => {
    const files = subjectFiles(person, { scanner: small, quirks: noQuirks, hasLongAxis: true })
    expect(files.map(({ name }) => name)).toContain(`${person.eid}_20208_2_0.zip`)
    const long = await openZip(files[1].bytes)
    expect([...new Set(long.rows.map(({ seriesDescription }) => seriesDescription))]).toEqual([
      'CINE_segmented_LAX_2Ch',
      'CINE_segmented_LAX_3Ch',
      'CINE_segmented_LAX_4Ch',
    ])
    const short = await openZip(files[0].bytes)
    const [a, b] = [await readDicom(long.entries[0].read()), await readDicom(short.entries[0].read())]
    expect(a.studyUid).toBe(b.studyUid)
    expect(a.frameOfReferenceUid).toBe(b.frameOfReferenceUid)
    // A long-axis plane stands upright on the short-axis planes.
    const normal = (image: typeof a): number[] => {
      const [rx, ry, rz, cx, cy, cz] = image.orientation ?? [0, 0, 0, 0, 0, 0]
      return [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx]
    }
    expect(Math.abs(normal(a).reduce((sum, value, i) => sum + value * normal(b)[i], 0))).toBeLessThan(1e-6)
  })

  test('writes an export without samples or cut short where asked', () => {
    expect(() => readCardiosoftXml(make({ emptyEcg: 1 })[1].bytes)).toThrow(/formats\/cardiosoft/)
    expect(() => readCardiosoftXml(make({ truncatedXml: 1 })[1].bytes)).toThrow(/formats\//)
    expect(readCardiosoftXml(make({ nestedStrip: 1 })[1].bytes).numSamples).toBe(5000)
  })
})
