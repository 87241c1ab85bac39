// Truth: csv-parse, a general reader, on the same text; and rows written out by hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { readHeader, scanTable } from './tables.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cinelead-tables-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function put(text: string, name = 'table.csv'): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

function rowsOf(path: string, columns?: number[]): string[][] {
  const header = readHeader(path)
  const rows: string[][] = []
  scanTable(header, columns ?? header.names.map((_, i) => i), (values) => rows.push(values))
  return rows
}

describe('scanTable', () => {
  it('reads random quoted tables as csv-parse does', () => {
    const random = createRandom('tables')
    const alphabet = ['a', '"', ',', '\n', ' ', 'é', '\t', '1']
    for (let round = 0; round < 30; round++) {
      const rows = Array.from({ length: 8 }, () =>
        Array.from({ length: 5 }, () => Array.from({ length: random.integer(5) }, () => alphabet[random.integer(8)]).join('')),
      )
      const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      const text = ['c1,c2,c3,c4,c5', ...quoted].join(round % 2 ? '\r\n' : '\n')
      expect(rowsOf(put(text))).toEqual(parse(text, { from_line: 2, relax_column_count: true, record_delimiter: ['\n', '\r\n'] }))
    }
  })
  it('gives only the wanted columns of a wide table, across chunk borders', () => {
    const header = ['eid', ...Array.from({ length: 3000 }, (_, i) => `c${i}`)].join('\t')
    const line = (row: number) => [row, ...Array.from({ length: 3000 }, (_, i) => row * i)].join('\t')
    const path = put([header, ...Array.from({ length: 300 }, (_, row) => line(row)), ''].join('\n'), 'wide.tsv')
    const rows = rowsOf(path, [0, 1500, 3000])
    expect(rows.length).toBe(300)
    expect(rows.every(([row, middle, last], i) => Number(row) === i && Number(middle) === i * 1499 && Number(last) === i * 2999)).toBe(true)
  })
  it('says which row was cut off', () => {
    expect(() => rowsOf(put('eid,a,b\n1,2,3\n4,5'))).toThrow(
      'cohort/table-row scanTable: expected 3 columns in row 3 but received 2 in table.csv',
    )
  })
  it('says when a quote is never closed', () => {
    expect(() => rowsOf(put('eid,a\n1,"2\n3,4\n'))).toThrow('cohort/table-quote scanTable: expected every quote closed')
  })
  it('takes an empty line at the end, a byte order mark and Windows line ends', () => {
    const path = put('\uFEFFeid,a\r\n1,2\r\n\r\n')
    expect(readHeader(path).names).toEqual(['eid', 'a'])
    expect(rowsOf(path)).toEqual([['1', '2']])
  })
})

describe('readHeader', () => {
  it('finds quoted names behind a byte order mark, and columns parted by semicolons', () => {
    expect(readHeader(put('\uFEFF"eid","a,b"\n1,2\n')).names).toEqual(['eid', 'a,b'])
    const path = put('\uFEFF"eid";"a;b";c,d\r\n1;2;"3,5"\r\n')
    expect(readHeader(path)).toMatchObject({ names: ['eid', 'a;b', 'c,d'], delimiter: ';' })
    expect(rowsOf(path)).toEqual([['1', '2', '3,5']])
    expect(readHeader(put('eid,a;b,c\n')).names).toEqual(['eid', 'a;b', 'c'])
  })
  it('refuses an empty file', () => {
    expect(() => readHeader(put(''))).toThrow(
      'cohort/table-empty scanTable: expected a table with a header line but received an empty file in table.csv',
    )
  })
})
