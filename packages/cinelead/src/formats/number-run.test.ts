// Truth: JavaScript's own reading of the same text, and the plain token by token reader for the fast one.
import { describe, expect, test } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { parseNumberRun, parseNumbers } from './number-run.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (text: string): number[] => Array.from(parseNumberRun(bytes(text), 'test'))

describe('parseNumberRun', () => {
  test.each([
    ['1,-2,+3', [1, -2, 3]],
    ['\r\n\t-1, 0 ,7,\r\n\t12,', [-1, 0, 7, 12]],
    ['5 -6\t7\n8', [5, -6, 7, 8]],
    ['1;2;3;', [1, 2, 3]],
    ['1.5,-.25,2e3,3.', [1.5, -0.25, 2000, 3]],
    ['2147483647,-2147483648,1000000000', [2147483647, -2147483648, 1000000000]],
    ['', []],
    [' \n', []],
  ])('reads %j', (text, numbers) => {
    expect(read(text)).toEqual(numbers)
  })

  test.each(['1,,2', ',1', '1, ,2', '-', '1,-', '- 1', '--1', '1-2', 'x', '1,2x', '1,4294967296', '1e10', '1,0x10', '1;;2', '1.2.3'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'formats/number-run' }))
    },
  )

  test('reads or refuses any text of digits, signs and separators as the plain reader does', () => {
    const random = createRandom(20205)
    const alphabet = '0123456789012345678901234567890123456789,,,,,,  \n-'
    const outcome = (parse: () => ArrayLike<number>): string => {
      try {
        return Array.from(parse(), (value) => value + 0).join()
      } catch {
        return 'refused'
      }
    }
    let numRead = 0
    for (let round = 0; round < 5000; round++) {
      const length = Math.floor(random.between(0, 14))
      const text = bytes(Array.from({ length }, () => alphabet[Math.floor(random.between(0, alphabet.length))]).join(''))
      const plain = outcome(() => parseNumbers(text, 'test'))
      expect(outcome(() => parseNumberRun(text, 'test'))).toBe(plain)
      if (plain !== 'refused') numRead++
    }
    expect(numRead).toBeGreaterThan(1000)
  })

  test('keeps a list longer than its own memory', () => {
    const numbers = Array.from({ length: 1_100_000 }, (_, t) => (t % 2000) - 1000)
    expect(parseNumberRun(bytes(numbers.join()), 'test')).toEqual(Int32Array.from(numbers))
  })
})
