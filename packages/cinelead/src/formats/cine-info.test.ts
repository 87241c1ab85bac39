// Truth: made-up side files in the layout that public loaders of ACDC read.
import { describe, expect, it } from 'vitest'
import { readCineInfo } from './cine-info.ts'

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
