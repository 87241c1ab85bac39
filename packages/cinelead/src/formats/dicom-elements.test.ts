// Truth: data elements laid down by hand after PS3.5 section 7 (their bytes stand in the tests), and pydicom's file for a whole object.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDicomElements } from './dicom-elements.ts'

const UNDEFINED = 0xffffffff
const word = (value: number) => [value & 255, (value >>> 8) & 255]
const long = (value: number) => [...word(value & 0xffff), ...word(value >>> 16)]
const tag = (value: number) => [...word(value >>> 16), ...word(value & 0xffff)]
const letters = (text: string) => [...Buffer.from(text, 'latin1')]
const explicit = (at: number, vr: string, value: readonly number[]) => [...tag(at), ...letters(vr), ...word(value.length), ...value]
const implicit = (at: number, value: readonly number[], sizeBytes = value.length) => [...tag(at), ...long(sizeBytes), ...value]
const item = (value: readonly number[], sizeBytes = value.length) => [...tag(0xfffee000), ...long(sizeBytes), ...value]
const itemEnd = [...tag(0xfffee00d), ...long(0)]
const sequenceEnd = [...tag(0xfffee0dd), ...long(0)]

function file(uid: string, ...elements: number[][]): Uint8Array {
  const meta = explicit(0x00020010, 'UI', letters(uid.length % 2 === 0 ? uid : `${uid}\0`))
  return Uint8Array.from([...new Array<number>(128).fill(0), ...letters('DICM'), ...meta, ...elements.flat()])
}

const EXPLICIT = '1.2.840.10008.1.2.1'
const IMPLICIT = '1.2.840.10008.1.2'
const elementsOf = (...elements: number[][]) => readDicomElements(file(EXPLICIT, ...elements)).elements

describe('readDicomElements', () => {
  it('gives text without its padding, numbers only where every part is one', () => {
    const elements = elementsOf(
      explicit(0x00080060, 'CS', letters('MR')),
      explicit(0x0008103e, 'LO', letters(' cine SA ')),
      explicit(0x00180050, 'DS', letters('8.0 ')),
      explicit(0x00200032, 'DS', letters('-1.5\\ 2\\3e1 ')),
      explicit(0x00200037, 'DS', letters('1\\\\0 ')),
    )
    expect([elements.text(0x00080060), elements.text(0x0008103e)]).toEqual(['MR', 'cine SA'])
    expect([elements.numbers(0x00180050), elements.numbers(0x00200032)]).toEqual([[8], [-1.5, 2, 30]])
    expect([elements.numbers(0x00200037), elements.text(0x00080070)]).toEqual([undefined, undefined])
  })

  it('reads names in UTF-8 and in Latin letters', () => {
    const words = [Buffer.from('Kurze Höhe', 'utf8'), Buffer.from('Kurze Höhe', 'latin1')]
    for (const bytes of words) expect(elementsOf(explicit(0x0008103e, 'LO', [...bytes])).text(0x0008103e)).toBe('Kurze Höhe')
  })

  it('lists neither the patient nor private elements', () => {
    const elements = elementsOf(
      explicit(0x00080060, 'CS', letters('MR')),
      explicit(0x00100010, 'PN', letters('Nobody^Made^Up')),
      explicit(0x00290010, 'LO', letters('SIEMENS CSA HEADER')),
      explicit(0x00280010, 'US', word(208)),
    )
    expect([elements.has(0x00100010), elements.text(0x00100010), elements.has(0x00290010)]).toEqual([false, undefined, false])
    expect(elements.uint16(0x00280010)).toBe(208)
  })

  it('opens sequences of declared and of undefined length, one in another', () => {
    const inner = [...explicit(0x00200032, 'DS', letters('1\\2\\3 ')), ...itemEnd]
    const nested = [...tag(0x00209113), ...letters('SQ'), 0, 0, ...long(UNDEFINED), ...item(inner, UNDEFINED), ...sequenceEnd]
    const whole = item(nested)
    const outer = [...tag(0x52009230), ...letters('SQ'), 0, 0, ...long(2 * whole.length), ...whole, ...whole]
    const elements = elementsOf(outer, explicit(0x60000010, 'US', word(9)))
    expect(elements.items(0x52009230)).toHaveLength(2)
    expect(elements.items(0x52009230)[1].items(0x00209113)[0].numbers(0x00200032)).toEqual([1, 2, 3])
    expect([elements.uint16(0x60000010), elements.items(0x00081140)]).toEqual([9, []])
  })

  it('passes over a private sequence of unknown VR and undefined length, whose items are implicit', () => {
    const hidden = [
      ...tag(0x00291010),
      ...letters('UN'),
      0,
      0,
      ...long(UNDEFINED),
      ...item(implicit(0x00080060, letters('XX'))),
      ...sequenceEnd,
    ]
    expect(elementsOf(hidden, explicit(0x00280010, 'US', word(7))).uint16(0x00280010)).toBe(7)
  })

  it('believes the bytes where the transfer syntax is wrong about VRs', () => {
    const asImplicit = readDicomElements(file(IMPLICIT, explicit(0x00080060, 'CS', letters('MR'))))
    expect(asImplicit.elements.text(0x00080060)).toBe('MR')
    expect(elementsOf(implicit(0x00080060, letters('CT')), explicit(0x00280010, 'US', word(5))).uint16(0x00280010)).toBe(5)
  })

  it('stops at the pixel data and keeps what is left of it in a file cut short', () => {
    const pixels = [...tag(0x7fe00010), ...letters('OW'), 0, 0, ...long(400), ...new Array<number>(40).fill(1)]
    expect(elementsOf(explicit(0x00280010, 'US', word(1)), pixels).bytes(0x7fe00010)).toHaveLength(40)
  })

  it.each([
    ['no DICM and no bare tag', letters('just words, and more of them'), 'formats/dicom-prefix'],
    ['an element longer than the file', [...file(EXPLICIT, [...tag(0x00080060), ...letters('CS'), ...word(99)])], 'formats/dicom-parse'],
    ['half an element', [...file(EXPLICIT, [...tag(0x00080060), 67])], 'formats/dicom-parse'],
    [
      'an item longer than its sequence',
      [...file(EXPLICIT, [...tag(0x00081140), ...letters('SQ'), 0, 0, ...long(UNDEFINED), ...item([], 50)])],
      'formats/dicom-parse',
    ],
    [
      'more items in a sequence than any object has',
      (() => {
        const items = Array.from({ length: 65_537 }, () => item([])).flat()
        return file(EXPLICIT, [...tag(0x00081140), ...letters('SQ'), 0, 0, ...long(UNDEFINED)].concat(items))
      })(),
      'formats/dicom-parse',
    ],
    [
      'sequences without end',
      [
        ...file(
          IMPLICIT,
          ...Array.from({ length: 40 }, () => [...tag(0x00081140), ...long(UNDEFINED), ...tag(0xfffee000), ...long(UNDEFINED)]),
        ),
      ],
      'formats/dicom-parse',
    ],
  ])('refuses %s', (_, bytes, code) => {
    expect(() => readDicomElements(Uint8Array.from(bytes))).toThrow(expect.objectContaining({ code }))
  })

  it("finds every public element of pydicom's file", () => {
    const { transferSyntax, elements } = readDicomElements(readFileSync('test/golden/formats/dicom/explicit-big.dcm'))
    expect(transferSyntax).toBe('1.2.840.10008.1.2.2')
    expect([elements.text(0x0008103e), elements.numbers(0x00280030)]).toEqual(['CINE_segmented_SAX_b3', [1.8269230127335, 1.75]])
    expect([elements.uint16(0x00280010), elements.uint16(0x00280011), elements.vr(0x7fe00010)]).toEqual([20, 28, 'OW'])
  })
})
