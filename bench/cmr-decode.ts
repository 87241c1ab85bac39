// How fast a UK-Biobank-sized short-axis zip becomes a stack: unzip, read 500 DICOM files, group, sort, stack. One core; beside its twin in
// Python (cmr-decode.py: zipfile, pydicom, NumPy), turn by turn, as processor time, garbage collection included.
// Run: node bench/cmr-decode.ts [turns]
// Two zips of the same pixels (noise in, so that they pack like a scan): one with the 25 elements that our own writer writes, one with as many as
// a Siemens scanner writes (counted in a cine of a Vida Fit: 216, and 120 kB beside the pixels, most of it one private protocol).
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '../packages/cinelead/src/base/seed.ts'
import { readDicom } from '../packages/cinelead/src/formats/dicom.ts'
import { writeDicom } from '../packages/cinelead/src/formats/dicom-writer.ts'
import { writeUkbManifest } from '../packages/cinelead/src/formats/ukb-manifest.ts'
import { readZip, writeZip } from '../packages/cinelead/src/formats/zip.ts'
import { assembleStudy } from '../packages/cinelead/src/prepare/cmr/study.ts'

const [NUM_SLICES, NUM_FRAMES, ROWS, COLUMNS] = [10, 50, 208, 210] // field 20209
const PIXEL_BYTES = ROWS * COLUMNS * 2
const PIXEL_HEAD_BYTES = 12
const NUM_SCANNER_ELEMENTS = 190
const PROTOCOL_BYTES = 120_000
const turns = Number(process.argv[2] ?? 6)
const twin = fileURLToPath(new URL('cmr-decode.py', import.meta.url))
const random = createRandom('bench')

/** Explicit little endian: short values as a scanner writes them, and its protocol as text. */
function scannerElements(): Buffer {
  const pieces: Buffer[] = []
  const write = (tag: number, vr: string, value: Buffer) => {
    const isLong = vr === 'OB'
    const head = Buffer.alloc(isLong ? 12 : 8)
    head.writeUInt16LE(tag >>> 16, 0)
    head.writeUInt16LE(tag & 0xffff, 2)
    head.write(vr, 4, 'latin1')
    if (isLong) head.writeUInt32LE(value.length, 8)
    else head.writeUInt16LE(value.length, 6)
    pieces.push(head, value)
  }
  const even = (text: string) => Buffer.from(text.length % 2 === 0 ? text : `${text} `, 'latin1')
  write(0x00290010, 'LO', even('SIEMENS MR SDI 02'))
  for (let index = 0; index < NUM_SCANNER_ELEMENTS; index++) {
    const number = (random.uniform() * 1000).toFixed(4)
    const [vr, text] = (
      [
        ['DS', number],
        ['IS', String(random.integer(9999))],
        ['LO', 'measured'],
        ['DS', `${number}\\${number}`],
      ] as const
    )[index % 4]
    write(0x00291000 + index, vr, even(text))
  }
  const lines: string[] = []
  for (let sizeBytes = 0; sizeBytes < PROTOCOL_BYTES; sizeBytes += lines.at(-1)?.length ?? 0)
    lines.push(`sSliceArray.asSlice[${random.integer(40)}].sPosition.dSag\t = \t${random.uniform().toFixed(12)}\n`)
  write(0x002910f0, 'OB', even(lines.join('')))
  return Buffer.concat(pieces)
}

function withScannerHeader(file: Uint8Array): Uint8Array {
  const at = file.length - PIXEL_BYTES - PIXEL_HEAD_BYTES
  return Buffer.concat([file.subarray(0, at), scannerElements(), file.subarray(at)])
}

function makeZip(finish: (file: Uint8Array) => Uint8Array): Uint8Array {
  const files: { name: string; bytes: Uint8Array }[] = []
  const rows = []
  for (let slice = 1; slice <= NUM_SLICES; slice++)
    for (let frame = 0; frame < NUM_FRAMES; frame++) {
      const name = `MR.${slice}.${frame}.dcm`
      const pixels_YX = new Uint16Array(ROWS * COLUMNS)
      for (let at = 0; at < pixels_YX.length; at++) {
        const away = Math.hypot(Math.floor(at / COLUMNS) - 104, (at % COLUMNS) - 105)
        pixels_YX[at] = (away < 20 ? 300 : away < 26 ? 100 : away < 80 ? 160 : 20) + random.integer(24)
      }
      const description = `CINE_segmented_SAX_b${slice}`
      const image = {
        sopInstanceUid: `2.25.${slice}${String(frame).padStart(3, '0')}`,
        studyUid: '2.25.1',
        seriesUid: `2.25.7${slice}`,
        seriesNumber: slice,
        seriesDescription: description,
        instanceNumber: frame + 1,
        imageTypes: ['ORIGINAL', 'PRIMARY', 'M'],
        triggerMs: 20 * frame,
        nominalIntervalMs: 1000,
        cardiacNumberOfImages: NUM_FRAMES,
        positionMm: [7 * slice, -7 * slice, 0],
        orientation: [0, 0, -1, -Math.SQRT1_2, -Math.SQRT1_2, 0],
        pixelSpacingMm: [1.826923, 1.826923],
        sliceThicknessMm: 8,
        rescaleSlope: 1,
        rescaleIntercept: 0,
        numRows: ROWS,
        numColumns: COLUMNS,
        bitsStored: 12,
        pixels_YX,
      } as const
      files.push({ name, bytes: finish(writeDicom(image)) })
      rows.push({
        filename: name,
        patientId: String(9_000_001),
        seriesId: image.seriesUid,
        seriesDescription: description,
        date: '2015-08-30',
      })
    }
  return writeZip([...files, { name: 'manifest.cvs', bytes: writeUkbManifest(rows) }])
}

async function ownSec(bytes: Uint8Array): Promise<number> {
  const start = process.cpuUsage()
  const images = []
  for (const entry of await readZip(bytes)) if (entry.name.endsWith('.dcm')) images.push(await readDicom(entry.read()))
  const [sax] = assembleStudy(images).volumes
  const used = process.cpuUsage(start)
  if (sax.shape.join() !== [NUM_FRAMES, NUM_SLICES, ROWS, COLUMNS].join()) throw new TypeError(`a stack of ${sax.shape.join(' x ')}`)
  return (used.user + used.system) / 1e6
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]
const TURN = 4 // studies one after the other on either side before the other has its turn; the first of a turn warms up and is not counted

for (const [name, finish] of [
  ['plain', (file: Uint8Array) => file],
  ['scanner', withScannerHeader],
] as const) {
  const path = join(tmpdir(), `cinelead-bench-20209-${name}.zip`)
  if (!existsSync(path)) writeFileSync(path, makeZip(finish))
  const bytes = readFileSync(path)
  const own: number[] = []
  const theirs: number[] = []
  await ownSec(bytes)
  for (let turn = 0; turn < turns; turn++) {
    for (let study = 0; study < TURN; study++) {
      const sec = await ownSec(bytes)
      if (study > 0) own.push(sec)
    }
    const answer = execFileSync('/usr/bin/python3', [twin, path, String(TURN), '--json'], { encoding: 'utf8' })
    theirs.push(...(JSON.parse(answer) as number[]).slice(1))
  }
  const size = `${(bytes.length / 2 ** 20).toFixed(1)} MiB`
  console.log(
    `${name} headers, ${size}: processor seconds a study ${median(own).toFixed(3)} (best ${Math.min(...own).toFixed(3)}), ` +
      `Python ${median(theirs).toFixed(3)} (best ${Math.min(...theirs).toFixed(3)}): ${(median(theirs) / median(own)).toFixed(2)} times its rate ` +
      `(best against best ${(Math.min(...theirs) / Math.min(...own)).toFixed(2)}); resident ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  )
}
