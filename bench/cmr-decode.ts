// How fast a UK-Biobank-sized short-axis zip becomes a stack: unzip, read 500 DICOM files, group, sort, stack. One core.
// Run: node bench/cmr-decode.ts [rounds]      beside its twin in Python: /usr/bin/python3 bench/cmr-decode.py FILE [rounds]
// The zip is made once (noise in, so that it packs like a scan) and kept in the temporary folder; its path is printed for the twin.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../packages/cinelead/src/base/seed.ts'
import { readDicom } from '../packages/cinelead/src/formats/dicom.ts'
import { writeDicom } from '../packages/cinelead/src/formats/dicom-writer.ts'
import { writeUkbManifest } from '../packages/cinelead/src/formats/ukb-manifest.ts'
import { readZip, writeZip } from '../packages/cinelead/src/formats/zip.ts'
import { assembleStudy } from '../packages/cinelead/src/prepare/cmr/study.ts'

const [NUM_SLICES, NUM_FRAMES, ROWS, COLUMNS] = [10, 50, 208, 210] // field 20209
const rounds = Number(process.argv[2] ?? 5)
const path = join(tmpdir(), 'cinelead-bench-20209.zip')

function makeZip(): Uint8Array {
  const random = createRandom('bench')
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
      files.push({
        name,
        bytes: writeDicom({
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
        }),
      })
      rows.push({
        filename: name,
        patientId: String(9_000_001),
        seriesId: `2.25.7${slice}`,
        seriesDescription: description,
        date: '2015-08-30',
      })
    }
  return writeZip([...files, { name: 'manifest.cvs', bytes: writeUkbManifest(rows) }])
}

if (!existsSync(path)) writeFileSync(path, makeZip())
const bytes = readFileSync(path)
console.log(`${path}: ${(bytes.length / 2 ** 20).toFixed(1)} MiB`)
const seconds: number[] = []
for (let round = 0; round < rounds; round++) {
  const start = process.cpuUsage()
  const images = []
  for (const entry of await readZip(bytes)) if (entry.name.endsWith('.dcm')) images.push(await readDicom(entry.read()))
  const [sax] = assembleStudy(images).volumes
  const used = process.cpuUsage(start)
  seconds.push((used.user + used.system) / 1e6)
  if (sax.shape.join() !== [NUM_FRAMES, NUM_SLICES, ROWS, COLUMNS].join()) throw new TypeError(`a stack of ${sax.shape.join(' x ')}`)
}
seconds.sort((a, b) => a - b)
const memory = process.memoryUsage.rss() / 2 ** 20
console.log(
  `processor seconds a study: median ${seconds[seconds.length >> 1].toFixed(3)}, best ${seconds[0].toFixed(3)} of ${rounds}; resident ${memory.toFixed(0)} MiB`,
)
