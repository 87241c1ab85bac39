// Truth: test/golden/formats/dicom, one made-up image in every transfer syntax, written by pydicom 2.3.1, dcmtk 3.6.7 and gdcm 3.0
// (scripts/make-golden/dicom.py); the pixels are those pydicom wrote, and for lossy streams those that dcmtk and gdcm decode.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { readDicom, readDicomFrames } from './dicom.ts'
import { writeDicom } from './dicom-writer.ts'

const folder = 'test/golden/formats/dicom'
const golden = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`))
const SIZE_BYTES = 20 * 28 * 2

/** pydicom writes pixel data last, little endian: the last bytes of its file are the pixels. */
function pydicomPixels(name: string): number[] {
  const bytes = golden(name)
  return [...new Int16Array(bytes.slice(bytes.length - SIZE_BYTES).buffer)]
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('readDicom', () => {
  it.each([
    'explicit-little',
    'implicit-little',
    'explicit-big',
    'deflated',
    'bare',
    'rle',
    'jpeg-lossless-sv1',
    'jpeg-lossless-14',
    'jpeg-ls',
    'jpeg-2000',
  ])('decodes %s to the very pixels that pydicom wrote', async (name) => {
    const image = await readDicom(golden(`${name}.dcm`))
    expect([image.numRows, image.numColumns]).toEqual([20, 28])
    expect([...image.pixels_YX]).toEqual(pydicomPixels('explicit-little.dcm'))
  })

  it.each(['signed', 'rle-signed', 'jpeg-2000-signed'])('keeps the signs of %s', async (name) => {
    const image = await readDicom(golden(`${name}.dcm`))
    expect(image.pixels_YX).toBeInstanceOf(Int16Array)
    expect([...image.pixels_YX]).toEqual(pydicomPixels('signed.dcm'))
  })

  it.each([
    ['jpeg-ls-near', 'near.raw'],
    ['jpeg-2000-lossy', 'lossy.raw'],
  ])('decodes lossy %s as the reference decoder does', async (name, raw) => {
    const image = await readDicom(golden(`${name}.dcm`))
    expect([...image.pixels_YX]).toEqual([...new Uint16Array(golden(raw).buffer)])
  })

  it('reads the header fields, and no name of a person', async () => {
    const image = await readDicom(golden('explicit-little.dcm'))
    expect(image).toMatchObject({
      seriesDescription: 'CINE_segmented_SAX_b3',
      seriesNumber: 12,
      instanceNumber: 7,
      triggerMs: 123.5,
      nominalIntervalMs: 860,
      cardiacNumberOfImages: 50,
      acquiredOn: '2015-08-30',
      acquisitionSec: 36672.25,
      positionMm: [-10.5, 20.25, 30],
      orientation: [1, 0, 0, 0, 0.6, -0.8],
      pixelSpacingMm: [1.8269230127335, 1.75],
      sliceThicknessMm: 8,
      spacingBetweenSlicesMm: 10,
      rescaleSlope: 2,
      rescaleIntercept: -5,
      bitsStored: 12,
    })
    expect(JSON.stringify({ ...image, pixels_YX: [] })).not.toMatch(/nobody/i)
  })

  it('names the transfer syntax that it cannot decode instead of showing a wrong image', async () => {
    await expect(readDicom(golden('jpeg-12bit.dcm'))).rejects.toThrow(/formats\/dicom-transfer-syntax .*1\.2\.840\.10008\.1\.2\.4\.51/)
  })

  it('refuses what is no DICOM object and an object cut short', async () => {
    expect(await codeOf(() => readDicom(new TextEncoder().encode('x'.repeat(400))))).toBe('formats/dicom-prefix')
    const whole = golden('explicit-little.dcm')
    expect(await codeOf(() => readDicom(whole.subarray(0, whole.length - 100)))).toMatch(/formats\/dicom-(parse|length)/)
  })

  it('gives a coded error or an image of the declared size for any of 3,000 mutated files', async () => {
    const random = createRandom('dicom-fuzz')
    const files = readdirSync(folder).filter((name) => name.endsWith('.dcm'))
    for (let round = 0; round < 3000; round++) {
      const whole = golden(files[round % files.length])
      const bent = whole.slice(0, random.chance(0.2) ? random.integer(whole.length) : whole.length)
      for (let i = 0; i <= random.integer(6) && bent.length > 0; i++) bent[random.integer(bent.length)] = random.integer(256)
      try {
        for (const image of await readDicomFrames(bent)) expect(image.pixels_YX.length).toBe(image.numRows * image.numColumns)
      } catch (error) {
        expect((error as { code?: string }).code ?? String((error as Error).stack)).toMatch(/^formats\/dicom-/)
      }
    }
  })
})

/** The made-up image with one more 16-bit element before its pixels. */
function withElement(name: string, group: number, element: number, vr: 'US' | 'SS', value: number): Uint8Array {
  const file = Buffer.from(golden(name))
  const at = file.length - SIZE_BYTES - 12
  const head = Buffer.from([0, 0, 0, 0, ...Buffer.from(vr), 2, 0, 0, 0])
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(element, 2)
  head.writeUInt16LE(value & 0xffff, 8)
  return new Uint8Array(Buffer.concat([file.subarray(0, at), head, file.subarray(at)]))
}

describe('what a pixel means', () => {
  const plain = pydicomPixels('explicit-little.dcm')

  it('turns MONOCHROME1 over, so that signal is bright', async () => {
    const file = Buffer.from(golden('explicit-little.dcm'))
    file.write('MONOCHROME1', file.indexOf('MONOCHROME2'))
    const { pixels_YX, bitsStored } = await readDicom(new Uint8Array(file))
    expect([...pixels_YX]).toEqual(plain.map((value) => 2 ** bitsStored - 1 - value))
  })

  it('makes padding as dark as the darkest pixel', async () => {
    for (const name of ['explicit-little.dcm', 'signed.dcm']) {
      const stored = pydicomPixels(name)
      const padding = stored[40]
      const { pixels_YX } = await readDicom(withElement(name, 0x28, 0x120, name === 'signed.dcm' ? 'SS' : 'US', padding))
      const darkest = Math.min(...stored.filter((value) => value !== padding))
      expect([...pixels_YX]).toEqual(stored.map((value) => (value === padding ? darkest : value)))
    }
  })

  it("tells GE's phase images, which one private element alone names", async () => {
    const kinds = async (kind: number) => (await readDicom(withElement('explicit-little.dcm', 0x43, 0x102f, 'SS', kind))).imageTypes.at(-1)
    expect([await kinds(0), await kinds(1)]).toEqual(['MAGNITUDE', 'PHASE'])
  })
})

describe('readDicomFrames', () => {
  it.each(['enhanced', 'enhanced-jpeg-ls'])('gives each frame of an %s object its own place and time', async (name) => {
    const images = await readDicomFrames(golden(`${name}.dcm`))
    expect(images.map(({ positionMm, triggerMs }) => [positionMm?.[2], triggerMs])).toEqual([
      [0, 0],
      [0, 40.5],
      [0, 81],
      [10, 0],
      [10, 40.5],
      [10, 81],
    ])
    expect(images[4]).toMatchObject({ pixelSpacingMm: [1.5, 1.5], nominalIntervalMs: 900, rescaleSlope: 3, rescaleIntercept: 1 })
    expect([...images[5].pixels_YX]).toEqual(pydicomPixels('explicit-little.dcm').map((value) => value + 102))
    expect(await codeOf(() => readDicom(golden(`${name}.dcm`)))).toBe('formats/dicom-frames')
  })
})

describe('writeDicom', () => {
  it('writes what readDicom reads back unchanged', async () => {
    for (const name of ['explicit-little.dcm', 'signed.dcm']) {
      const image = await readDicom(golden(name))
      expect(await readDicom(writeDicom(image))).toEqual(image)
    }
  })

  it('keeps odd decimals within the 16 characters of a decimal string', async () => {
    const image = await readDicom(golden('explicit-little.dcm'))
    const positionMm = [-123.456789012345678, 1 / 3, -2.2250738585072e-9] as const
    const back = await readDicom(writeDicom({ ...image, positionMm }))
    for (const [axis, value] of positionMm.entries()) expect(back.positionMm?.[axis]).toBeCloseTo(value, 9)
  })

  it('refuses pixels that do not fill the frame', async () => {
    const image = await readDicom(golden('signed.dcm'))
    expect(() => writeDicom({ ...image, numRows: 21 })).toThrow(/formats\/dicom-length/)
  })
})
