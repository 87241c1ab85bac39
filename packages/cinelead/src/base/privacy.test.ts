// Truth: the rule itself (7 free-standing digits), written out on made numbers.
import { describe, expect, it } from 'vitest'
import { hasParticipantNumber, redact } from './privacy.ts'

const eid = String(9_000_000 + 42)

describe('redact', () => {
  it('replaces a participant number in a UK Biobank file name', () => {
    expect(redact(`/data/${eid}_20209_2_0.zip`)).toBe('/data/<subject>_20209_2_0.zip')
  })
  it('uses the project key where one is known', () => {
    expect(redact(`cannot read ${eid}.xml`, (found) => (found === eid ? 's-0123456789ab' : undefined))).toBe(
      'cannot read s-0123456789ab.xml',
    )
  })
  it('replaces every number, not only the first', () => {
    expect(redact(`${eid} and ${eid}`)).toBe('<subject> and <subject>')
  })
  it('leaves a key of the project whole, also when seven decimal digits stand in it', () => {
    expect(redact(`s-4628443d6295 was ${eid}, s-${eid}`)).toBe('s-4628443d6295 was <subject>, s-<subject>')
  })
  it('leaves longer and shorter runs of digits alone', () => {
    const text = `${eid}1 12345 2026-11-22`
    expect(redact(text)).toBe(text)
  })
})

describe('hasParticipantNumber', () => {
  it('tells the same text apart again and again', () => {
    for (let i = 0; i < 3; i++) expect(hasParticipantNumber(`x ${eid}`)).toBe(true)
    expect(hasParticipantNumber('x 123456')).toBe(false)
    expect(hasParticipantNumber('s-4628443d6295')).toBe(false)
    expect(hasParticipantNumber(`s-4628443d6295 ${eid}`)).toBe(true)
  })
})
