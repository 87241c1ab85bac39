// XML bytes to a small tree with limits on size, depth and count. Nothing is fetched, no entity is declared or expanded beyond XML's five.
// Hands on: readXml, textOf, runOf, childrenNamed, childNamed, descendantsNamed, numberOf, and the writers' escapeXml.
import { isAscii } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'

/**
 * One element. Names and attribute names come without their namespace prefix. A long text of plain ASCII (a waveform
 * as numbers or base64) is kept as `run`, the file's own bytes, and `text` is empty then.
 */
export type XmlElement = {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
  run?: Uint8Array
}

export type XmlLimits = {
  /** The reader that asks, for the error's sentence. */
  where: string
  /** A DOCTYPE is refused; `bare` lets one without internal declarations pass (GE MUSE writes it) and ignores it. */
  doctype?: 'refuse' | 'bare'
}

// Limits: a 12-lead aECG of ten seconds is 0.5 MB, 20 deep and has 500 elements; these are 60, 3 and 400 times that.
export const maxXmlBytes = 32 * 1024 * 1024
const maxDepth = 64
const maxElements = 200_000
const maxAttributes = 256 // of one element: Philips writes some thirty
const shortestRun = 256

/**
 * The root element of an XML document.
 *
 * Encodings: UTF-8, UTF-16 with and without a byte-order mark, and ISO-8859-1 / windows-1252 where the declaration says so.
 *
 * @throws formats/xml-size, -doctype, -depth, -malformed.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits): XmlElement {
  const { where } = limits
  if (bytes.length > maxXmlBytes) {
    throw fault({
      code: 'formats/xml-size',
      where,
      expected: `at most ${inBytes(maxXmlBytes)} of XML`,
      received: inBytes(bytes.length),
      hint: 'A 12-lead recording is far smaller: is this another kind of file?',
    })
  }
  const { skeleton, runs, decoder } = hollow(bytes)
  // Each run is given out once: a text that names runs of itself, as no recorder's does, cannot grow.
  const take = (index: number): Uint8Array | undefined => {
    const run = runs[index]
    runs[index] = undefined
    return run
  }
  const restore = (text: string): string =>
    text.includes(mark)
      ? text.replace(marked, (whole, index) => {
          const run = take(index)
          return run === undefined ? whole : decoder.decode(run)
        })
      : text
  const holder: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const stack: XmlElement[] = [holder]
  let numElements = 0
  let numAttributes = 0
  const parser = new SaxesParser({ xmlns: false, position: true })
  parser.on('doctype', (doctype) => {
    if (limits.doctype !== 'bare' || doctype.includes('[') || doctype.length > 512) {
      throw fault({
        code: 'formats/xml-doctype',
        where,
        expected: 'XML without a document type declaration',
        received: `a DOCTYPE of ${doctype.length} characters`,
        hint: 'Declarations can hide endless expansions, so they are refused: remove the DOCTYPE if you trust the file.',
      })
    }
  })
  parser.on('attribute', () => {
    if (++numAttributes > maxAttributes) {
      throw fault({
        code: 'formats/xml-depth',
        where,
        expected: `at most ${maxAttributes} attributes of one element`,
        received: 'more',
        hint: 'No recorder writes so many: the file is damaged or hostile.',
      })
    }
  })
  parser.on('opentag', (tag) => {
    numAttributes = 0
    if (stack.length > maxDepth || ++numElements > maxElements) {
      throw fault({
        code: 'formats/xml-depth',
        where,
        expected: `at most ${maxDepth} levels and ${maxElements} elements`,
        received: `${stack.length} levels, ${numElements} elements`,
        hint: 'No recorder nests so deep: the file is damaged or hostile.',
      })
    }
    const attributes: Record<string, string> = Object.create(null)
    for (const [key, value] of Object.entries(tag.attributes as Record<string, string>)) attributes[localName(key)] = restore(value)
    const element: XmlElement = { name: localName(tag.name), attributes, children: [], text: '' }
    stack[stack.length - 1].children.push(element)
    stack.push(element)
  })
  parser.on('text', (text) => {
    const element = stack[stack.length - 1]
    const run = element.run === undefined && text.startsWith(mark) && text.endsWith(mark) ? take(Number(text.slice(1, -1))) : undefined
    if (run === undefined) element.text += restore(text)
    else if (isAscii(run)) element.run = run
    else element.text += decoder.decode(run)
  })
  parser.on('cdata', (text) => {
    stack[stack.length - 1].text += restore(text)
  })
  parser.on('closetag', () => {
    stack.pop()
  })
  try {
    parser.write(skeleton).close()
  } catch (error) {
    if (error instanceof Error && error.name === 'CineLeadError') throw error
    throw fault({
      code: 'formats/xml-malformed',
      where,
      expected: 'a whole, well-formed XML document',
      received: `text that breaks at line ${parser.line}, column ${parser.column}`,
      hint: 'The file is cut short or damaged: export or copy it again.',
      cause: error,
    })
  }
  if (holder.children.length !== 1) {
    throw fault({
      code: 'formats/xml-malformed',
      where,
      expected: 'one root element',
      received: `${holder.children.length}`,
      hint: 'The file is empty or not XML.',
    })
  }
  return holder.children[0]
}

const mark = '\ue000' // first private-use character: stands around a run's number in the skeleton
const marked = /\ue000(\d{1,6})\ue000/g

type Decoder = InstanceType<typeof TextDecoder>

/**
 * Cuts the long texts out of the bytes, so that the XML parser walks over the skeleton only. A text with a character reference stays.
 */
function hollow(source: Uint8Array): { skeleton: string; runs: (Uint8Array | undefined)[]; decoder: Decoder } {
  const bytes = toByteText(source)
  const decoder = decoderFor(bytes)
  const runs: Uint8Array[] = []
  const parts: string[] = []
  let copied = 0
  let reference = bytes.indexOf(0x26)
  let start = bytes.indexOf(0x3e) + 1
  let end = 0
  while (start > 0) {
    if (end < start) end = bytes.indexOf(0x3c, start)
    if (end < 0) break
    const close = bytes.indexOf(0x3e, start)
    // A second > before the next < means a comment or the like, whose end must stay in sight.
    if (end - start >= shortestRun && (close < 0 || close > end)) {
      while (reference >= 0 && reference < start) reference = bytes.indexOf(0x26, start)
      if (reference < 0 || reference >= end) {
        parts.push(decoder.decode(bytes.subarray(copied, start)), mark, String(runs.length), mark)
        runs.push(bytes.subarray(start, end))
        copied = end
      }
    }
    start = close + 1
  }
  parts.push(decoder.decode(bytes.subarray(copied)))
  return { skeleton: parts.join(''), runs, decoder }
}

/** UTF-16 (with a byte-order mark, or told by the `<` of a first tag) as UTF-8; everything else as it is. */
function toByteText(bytes: Uint8Array): Uint8Array {
  const isLittle = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0)
  const isBig = (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0 && bytes[1] === 0x3c)
  if (isLittle || isBig) {
    const text = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes)
    return new TextEncoder().encode(text.replace(/^(<\?xml[^>]{0,200}encoding=["'])[^"']{0,40}/i, '$1utf-8'))
  }
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

function decoderFor(bytes: Uint8Array): Decoder {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared = /^\s*<\?xml[^>]*encoding=["']([\w-]{1,30})["']/.exec(head)?.[1]?.toLowerCase()
  const isLatin = declared !== undefined && /^(iso-?8859-1|latin-?1|windows-1252|cp1252|us-ascii)$/.test(declared)
  return new TextDecoder(isLatin ? 'windows-1252' : 'utf-8')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The element's own text, trimmed. */
export function textOf(element: XmlElement | undefined): string {
  if (element === undefined) return ''
  return (element.run === undefined ? element.text : new TextDecoder('utf-8').decode(element.run) + element.text).trim()
}

/** The element's own text as bytes, for long lists. */
export function runOf(element: XmlElement): Uint8Array {
  return element.run !== undefined && element.text.trim() === '' ? element.run : new TextEncoder().encode(textOf(element))
}

/** The element's text as a number; undefined where it holds none. */
export function numberOf(element: XmlElement | undefined): number | undefined {
  const text = textOf(element)
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element === undefined ? [] : element.children.filter((child) => child.name === name)
}

/** Follows a path of names, the first child of each. */
export function childNamed(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let here = element
  for (const name of path) here = here?.children.find((child) => child.name === name)
  return here
}

/** All elements of a name below this one, in document order. */
export function descendantsNamed(element: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = []
  const visit = (here: XmlElement): void => {
    for (const child of here.children) {
      if (child.name === name) found.push(child)
      visit(child)
    }
  }
  visit(element)
  return found
}

/** Text made safe to stand in an element or attribute; characters XML forbids are dropped. */
export function escapeXml(text: string): string {
  return Array.from(text)
    .filter((character) => character >= ' ' || character === '\t' || character === '\n')
    .join('')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}
