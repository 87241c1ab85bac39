// Truth: sentences and file names as they would leak an id, and numbers that are none; ids are built here, never written.
import { describe, expect, it } from 'vitest'
import { findIds } from './check-privacy.mjs'

const id = String(3 * 10 ** 6 + 456_789)
const count = (text: string): number => findIds(text).length

describe('findIds', () => {
  it.each([
    ['alone in a sentence', `subject ${id} was dropped`],
    ['at the end of a sentence', `dropped ${id}.`],
    ['in a UK Biobank file name', `${id}_20209_2_0.zip`],
    ['in a path', `/data/${id}/ecg.xml`],
    ['after a field name', `eid_${id}`],
    ['straight after the word', `eid${id}`],
    ['in a table', `${id},1,54.2`],
    ['in JSON', `{"eid":${id}}`],
    ['in quotes', `'${id}'`],
  ])('sees an id %s', (_name, text) => expect(count(text)).toBe(1))

  it.each([
    ['a simulated person', String(9 * 10 ** 6 + 1)],
    ['a longer number', `${id}0`],
    ['a decimal fraction', `0.${id}`],
    ['a part of a UID', `1.2.840.${id}.1`],
    ['a part of a digest', `a${id}f3`],
    ['a power of two', String(2 ** 20)],
    ['a grouped number', '1_234_567'],
    ['a code word of bits', "code === '1001001'"],
    ['a number with a fraction', `${id}.5`],
  ])('leaves %s alone', (_name, text) => expect(count(text)).toBe(0))

  it('gives the line and not the number', () => {
    expect(findIds(`a\nb ${id}\n`)).toEqual([{ line: 2 }])
  })
})
