// Truth: what goes out comes back: samples, leads and rate of recordings made here, through the project's own readers and, for
// CSV, through a plain split of the text.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { type Recording, standardLeads } from '../formats/recording.ts'
import { writeWfdb } from '../formats/wfdb.ts'
import { run } from './convert.ts'
import { loadEcg } from './load-ecg.ts'
import { createSilentReport } from './progress.ts'

const RESOLUTION_UV = 4.88 // GE's step
let folder: string
let source: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convert-'))
  const random = createRandom('convert')
  const numSamples = 5000
  const recording: Recording = {
    format: 'made',
    rateHz: 500,
    leads: standardLeads,
    numSamples,
    ecg_LT: Float32Array.from({ length: 12 * numSamples }, () => (random.integer(2000) - 1000) * (RESOLUTION_UV / 1000)),
    resolutionUv: standardLeads.map(() => RESOLUTION_UV),
    filters: {},
    printed: {},
    statements: [],
  }
  const { header, signal, signalFileName } = writeWfdb(recording, 'made')
  source = join(folder, 'made.hea')
  writeFileSync(source, header)
  writeFileSync(join(folder, signalFileName), signal)
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('convert', () => {
  it.each(['copy.hea', 'copy.xml'])('writes %s sample for sample', (name) => {
    run({ path: source, out: join(folder, name) }, createSilentReport())
    const [before, after] = [loadEcg(source), loadEcg(join(folder, name))]
    expect(after).toMatchObject({ rateHz: 500, numSamples: 5000, leads: [...standardLeads] })
    // Half a step: both formats hold whole steps, and 32-bit floats hold them to 1e-7.
    const worstMv = before.ecg_LT.reduce((worst, value, i) => Math.max(worst, Math.abs(value - after.ecg_LT[i])), 0)
    expect(worstMv).toBeLessThan(1e-6)
  })

  it('says which part of a record is missing, and that a file is not there', () => {
    rmSync(join(folder, 'made.dat'))
    expect(() => loadEcg(source)).toThrow(expect.objectContaining({ code: 'cli/companion', at: 'made.hea' }))
    expect(() => loadEcg(join(folder, 'none.hea'))).toThrow(expect.objectContaining({ code: 'cli/system' }))
    expect(() => loadEcg(folder)).toThrow(expect.objectContaining({ code: 'cli/system' }))
  })

  it('writes CSV that gives the same 32-bit numbers back', () => {
    run({ path: source, out: join(folder, 'copy.csv') }, createSilentReport())
    const [header, ...rows] = readFileSync(join(folder, 'copy.csv'), 'utf8').trimEnd().split('\n')
    expect(header).toBe(standardLeads.join(','))
    expect(rows).toHaveLength(5000)
    const { ecg_LT } = loadEcg(source)
    const cells = rows.map((row) => row.split(',').map((cell) => Math.fround(Number(cell))))
    for (const [leadIndex] of standardLeads.entries()) {
      expect(cells.map((row) => row[leadIndex])).toEqual([...ecg_LT.subarray(leadIndex * 5000, (leadIndex + 1) * 5000)])
    }
  })

  it('writes the prepared recording when asked: filtered, so another one', () => {
    run({ path: source, out: join(folder, 'clean.hea'), prepared: true }, createSilentReport())
    const after = loadEcg(join(folder, 'clean.hea'))
    expect(after).toMatchObject({ rateHz: 500, numSamples: 5000, leads: [...standardLeads] })
    expect(after.ecg_LT).not.toEqual(loadEcg(source).ecg_LT)
  })

  it('refuses an ending it does not know and the input itself, and leaves nothing behind', () => {
    const attempt = (out: string) => () => run({ path: source, out }, createSilentReport())
    expect(attempt(join(folder, 'a.pdf'))).toThrow(
      'cli/output-format convert: expected --out to end with .hea (WFDB), .csv or .xml (CardioSoft) but received .pdf',
    )
    expect(attempt(join(folder, '.', 'made.hea'))).toThrow('cli/same-file')
    expect(existsSync(join(folder, 'a.pdf'))).toBe(false)
  })
})
