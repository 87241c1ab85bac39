// Truth: the XML recommendation's own rules on hand-made documents; what a long text hides must read as if it were short.
import { describe, expect, test } from 'vitest'
import { childNamed, descendantsNamed, escapeXml, numberOf, readXml, runOf, textOf, type XmlElement } from './xml.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (text: string): XmlElement => readXml(bytes(text), { where: 'test' })
const long = '1,2,3 '.repeat(100)

describe('readXml', () => {
  test('keeps a long text as the bytes of the file', () => {
    const root = read(`<a><b x="1">${long}</b><c> short </c></a>`)
    expect(new TextDecoder().decode(runOf(root.children[0]))).toBe(long)
    expect(textOf(root.children[0])).toBe(long.trim())
    expect(textOf(childNamed(root, 'c'))).toBe('short')
  })

  test('sees the end of a comment behind a > and a long text', () => {
    const root = read(`<a><!-- p > q ${long} --> <b>7</b><!-- <x> ${long} > --><c>8</c></a>`)
    expect(root.children.map(({ name }) => name)).toEqual(['b', 'c'])
    expect(numberOf(childNamed(root, 'b'))).toBe(7)
  })

  test('reads long texts with character references, in CDATA and around elements as they are', () => {
    expect(textOf(read(`<a>${long}&lt;${long}</a>`))).toBe(`${long}<${long}`.trim())
    expect(textOf(read(`<a><![CDATA[<i>${long}]]></a>`))).toBe(`<i>${long}`.trim())
    const mixed = read(`<a>${long}<b/>${long}</a>`)
    expect(textOf(mixed)).toBe(`${long}${long}`.trim())
  })

  test('gives each long text once, however often a document names it by the mark that stands for it', () => {
    for (const forged of ['\ue0000\ue000', '&#xE000;0&#xE000;']) {
      const root = read(`<a><b>${long}</b><c>x${`${forged} `.repeat(30)}</c><c d="${forged.repeat(9)}"/></a>`)
      expect(JSON.stringify(root.children.slice(1)).length).toBeLessThan(2 * long.length)
    }
  })

  test('knows UTF-8, UTF-16 and ISO-8859-1', () => {
    expect(textOf(read('\ufeff<a>é</a>'))).toBe('é')
    const utf16 = Uint8Array.from([
      0xff,
      0xfe,
      ...Array.from('<?xml version="1.0" encoding="utf-16"?><a>é</a>').flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    ])
    expect(textOf(readXml(utf16, { where: 'test' }))).toBe('é')
    expect(textOf(readXml(utf16.subarray(2), { where: 'test' }))).toBe('é')
    const big = utf16.map((_, at) => utf16[at ^ 1])
    expect(textOf(readXml(big, { where: 'test' }))).toBe('é')
    expect(textOf(readXml(big.subarray(2), { where: 'test' }))).toBe('é')
    const latin = Uint8Array.from(Array.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', (c) => c.charCodeAt(0)))
    expect(textOf(readXml(latin, { where: 'test' }))).toBe('é')
    const long = 'é'.repeat(300)
    const longLatin = Uint8Array.from(Array.from(`<?xml version="1.0" encoding="ISO-8859-1"?><a>${long}</a>`, (c) => c.charCodeAt(0)))
    expect(textOf(readXml(longLatin, { where: 'test' }))).toBe(long)
  })

  test('drops prefixes and finds elements at any depth', () => {
    const root = read('<h:a xmlns:h="x"><h:b xsi:type="T"><h:c/></h:b><c/></h:a>')
    expect(root.name).toBe('a')
    expect(root.children[0].attributes.type).toBe('T')
    expect(descendantsNamed(root, 'c').length).toBe(2)
  })

  const bad: [string, string, Uint8Array][] = [
    ['formats/xml-doctype', 'a DOCTYPE', bytes('<!DOCTYPE a><a/>')],
    ['formats/xml-malformed', 'an entity nobody declared', bytes('<a>&x;</a>')],
    ['formats/xml-malformed', 'two roots', bytes('<a/><b/>')],
    ['formats/xml-malformed', 'no document', bytes('  ')],
    ['formats/xml-depth', '65 levels', bytes('<a>'.repeat(66))],
    ['formats/xml-depth', 'more than 200,000 elements', bytes(`<a>${'<b/>'.repeat(200_001)}</a>`)],
    [
      'formats/xml-depth',
      'more than 256 attributes',
      bytes(`<a ${Array.from({ length: 257 }, (_, index) => `b${index}="1"`).join(' ')}/>`),
    ],
    ['formats/xml-size', 'more than 32 MiB', new Uint8Array(33 * 1024 * 1024)],
  ]
  for (const [code, what, document] of bad) {
    test(`refuses ${what} with ${code}`, () => {
      expect(() => readXml(document, { where: 'test' })).toThrow(expect.objectContaining({ code }))
    })
  }
})

describe('escapeXml', () => {
  test('survives a round through a document', () => {
    expect(textOf(read(`<a>${escapeXml('<&"> é\0')}</a>`))).toBe('<&"> é')
  })
})
