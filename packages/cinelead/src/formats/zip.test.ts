// Truth: Python's zipfile wrote the byte string below (`python3 -c "import zipfile"`, stored and deflated entries), and round trips.
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { readZip, writeZip } from './zip.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const sample = () =>
  writeZip([
    { name: 'manifest.cvs', bytes: encode('filename,patientid\n') },
    { name: 'a/one.dcm', bytes: new Uint8Array(5000).fill(7) },
  ])

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('readZip', () => {
  it('reads back what was written, by name and byte for byte', async () => {
    const entries = await readZip(sample())
    expect(entries.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['manifest.cvs', 19],
      ['a/one.dcm', 5000],
    ])
    expect(new TextDecoder().decode(entries[0].read())).toBe('filename,patientid\n')
    expect(entries[1].read().every((byte) => byte === 7)).toBe(true)
  })

  it("reads an archive of Python's zipfile", async () => {
    const base64 =
      'UEsDBBQAAAAAAAAAIQDCQSQ1AwAAAAMAAAAFAAAAYS50eHRhYmNQSwMEFAAAAAgAAAAhAPsIeO8FAAAAFAAAAAUAAABiLnR4dKuqwgQAUEsBAhQDFAAAAAAAAAAhAMJBJDUDAAAAAwAAAAUAAAAAAAAAAAAAAIABAAAAAGEudHh0UEsBAhQDFAAAAAgAAAAhAPsIeO8FAAAAFAAAAAUAAAAAAAAAAAAAAIABJgAAAGIudHh0UEsFBgAAAAACAAIAZgAAAE4AAAAAAA=='
    const entries = await readZip(Buffer.from(base64, 'base64'))
    expect(entries.map((entry) => [entry.name, new TextDecoder().decode(entry.read())])).toEqual([
      ['a.txt', 'abc'],
      ['b.txt', 'z'.repeat(20)],
    ])
  })

  it('refuses a file that is no archive, one cut short and one with a flipped bit', async () => {
    expect(await codeOf(() => readZip(encode('not a zip at all, just words')))).toBe('formats/zip-directory')
    const whole = sample()
    expect(await codeOf(() => readZip(whole.subarray(0, whole.length - 30)))).toBe('formats/zip-directory')
    const bent = whole.slice()
    bent[30 + 'manifest.cvs'.length + 3] ^= 0x10
    const entries = await readZip(bent)
    expect(() => entries[0].read()).toThrow(/formats\/zip-/)
  })

  it('refuses more bytes, more entries or a steeper ratio than allowed', async () => {
    expect(await codeOf(() => readZip(sample(), { maxEntries: 1 }))).toBe('formats/zip-entries')
    expect(await codeOf(() => readZip(sample(), { maxEntryBytes: 4999 }))).toBe('formats/zip-size')
    expect(await codeOf(() => readZip(sample(), { maxTotalBytes: 5000 }))).toBe('formats/zip-size')
    const bomb = writeZip([{ name: 'zeros', bytes: new Uint8Array(4 << 20) }])
    expect(await codeOf(() => readZip(bomb, { maxRatio: 100 }))).toBe('formats/zip-ratio')
  })

  it('never inflates more than the directory declares', async () => {
    // The same archive with the declared size made small: 20 bytes promised, 4 MiB inside.
    const bomb = Buffer.from(writeZip([{ name: 'zeros', bytes: new Uint8Array(4 << 20) }]))
    const directory = bomb.lastIndexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]))
    bomb.writeUInt32LE(20, directory + 24)
    const entries = await readZip(bomb)
    expect(() => entries[0].read()).toThrow(/formats\/zip-inflate/)
  })

  it('refuses a name that leaves the folder', async () => {
    const archive = Buffer.from(writeZip([{ name: 'xx/evil', bytes: encode('x') }]))
    const bent = Buffer.from(archive.toString('latin1').replaceAll('xx/evil', '../evil'), 'latin1')
    expect(await codeOf(() => readZip(bent))).toBe('formats/zip-directory')
  })

  it('gives a coded error or a sound archive for any of 2,000 mutated files', async () => {
    const random = createRandom('zip-fuzz')
    const whole = sample()
    let refused = 0
    for (let round = 0; round < 2000; round++) {
      const bent = whole.slice(0, random.chance(0.2) ? random.integer(whole.length) : whole.length)
      for (let i = 0; i <= random.integer(4) && bent.length > 0; i++) bent[random.integer(bent.length)] = random.integer(256)
      try {
        for (const entry of await readZip(bent)) entry.read()
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^formats\/zip-/)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(500)
  })
})

describe('writeZip', () => {
  it('gives the same bytes for the same files', () => {
    expect(Buffer.from(sample()).equals(Buffer.from(sample()))).toBe(true)
  })

  it('packs as tightly as zlib within a tenth', () => {
    const bytes = encode('short axis '.repeat(2000))
    expect(writeZip([{ name: 'x', bytes }]).length).toBeLessThan(deflateRawSync(bytes).length * 1.1 + 150)
  })

  it('refuses a name given twice or one that leaves the folder', () => {
    const bytes = encode('x')
    expect(() =>
      writeZip([
        { name: 'a', bytes },
        { name: 'a', bytes },
      ]),
    ).toThrow(/formats\/zip-name/)
    expect(() => writeZip([{ name: '../a', bytes }])).toThrow(/formats\/zip-name/)
  })
})
