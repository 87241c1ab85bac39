// Mutates zips, DICOM and NIfTI files by the thousand: every reader must answer with a sound record or a coded error, in bounded time.
// Run: node bench/cmr-fuzz.ts [rounds a format] [seed]
import { readdirSync, readFileSync } from 'node:fs'
import { CineLeadError } from '../packages/cinelead/src/base/errors.ts'
import { createRandom } from '../packages/cinelead/src/base/seed.ts'
import { type DicomImage, readDicomFrames } from '../packages/cinelead/src/formats/dicom.ts'
import { readNifti } from '../packages/cinelead/src/formats/nifti.ts'
import { readUkbManifest } from '../packages/cinelead/src/formats/ukb-manifest.ts'
import { readZip, writeZip } from '../packages/cinelead/src/formats/zip.ts'
import { assembleStudy } from '../packages/cinelead/src/prepare/cmr/study.ts'

const rounds = Number(process.argv[2] ?? 20_000)
const random = createRandom(process.argv[3] ?? 'cmr-fuzz')
const files = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !/\.(json|raw)$/.test(name))
    .map((name) => new Uint8Array(readFileSync(`${folder}/${name}`)))
const dicoms = files('test/golden/formats/dicom')
const niftis = files('test/golden/formats/nifti')
const manifest = new TextEncoder().encode(
  'filename,patientid,seriesid,series discription,date\na.dcm,1,2,CINE_segmented_SAX_b1,Aug 30, 2015\n',
)
const zips = [1, 6].map((level) =>
  writeZip(
    [...dicoms.slice(0, 6).map((bytes, index) => ({ name: `${index}.dcm`, bytes })), { name: 'manifest.cvs', bytes: manifest }],
    level as 1 | 6,
  ),
)

/** Flips, overwrites, cuts, doubles and splices bytes; headers more often than the rest. */
function mutate(whole: Uint8Array, other: Uint8Array): Uint8Array {
  let bent = whole.slice()
  for (let change = random.integer(6); change >= 0; change--) {
    const reach = random.chance(0.6) ? Math.min(1200, bent.length) : bent.length
    if (reach === 0) return bent
    const at = random.integer(reach)
    const kind = random.integer(8)
    if (kind < 3) bent[at] = random.integer(256)
    else if (kind === 3) bent[at] ^= 1 << random.integer(8)
    else if (kind === 4) bent.fill(random.chance(0.5) ? 255 : 0, at, at + 1 + random.integer(8))
    else if (kind === 5) bent = bent.slice(0, at)
    else if (kind === 6)
      bent = Uint8Array.from([...bent.subarray(0, at), ...bent.subarray(at, at + random.integer(64)), ...bent.subarray(at)])
    else bent = Uint8Array.from([...bent.subarray(0, at), ...other.subarray(random.integer(other.length))])
  }
  return bent
}

const readers: Record<string, { seeds: Uint8Array[]; read(bytes: Uint8Array): Promise<unknown> }> = {
  zip: { seeds: zips, read: async (bytes) => (await readZip(bytes, { maxTotalBytes: 1 << 24 })).map((entry) => entry.read()) },
  dicom: {
    seeds: dicoms,
    read: async (bytes) => {
      const images: DicomImage[] = await readDicomFrames(bytes)
      for (const image of images)
        if (image.pixels_YX.length !== image.numRows * image.numColumns) throw new TypeError('pixels do not fill the frame')
      return assembleStudy(images)
    },
  },
  nifti: { seeds: niftis, read: async (bytes) => readNifti(bytes) },
  manifest: { seeds: [manifest], read: async (bytes) => readUkbManifest(bytes) },
}

let defects = 0
for (const [name, { seeds, read }] of Object.entries(readers)) {
  const codes = new Map<string, number>()
  let slowestMs = 0
  for (let round = 0; round < rounds; round++) {
    const bent = mutate(seeds[round % seeds.length], seeds[random.integer(seeds.length)])
    const start = performance.now()
    let outcome = 'read'
    try {
      await read(bent)
    } catch (error) {
      outcome = error instanceof CineLeadError ? error.code : `DEFECT ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`
      if (!(error instanceof CineLeadError)) defects++
    }
    slowestMs = Math.max(slowestMs, performance.now() - start)
    codes.set(outcome, (codes.get(outcome) ?? 0) + 1)
  }
  const told = [...codes].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`)
  console.log(`${name}: ${rounds} files, slowest ${slowestMs.toFixed(0)} ms; ${told.join(', ')}`)
}
const memory = process.memoryUsage.rss() / 2 ** 20
console.log(`${defects} answers without a code; resident ${memory.toFixed(0)} MiB`)
process.exitCode = defects > 0 ? 1 : 0
