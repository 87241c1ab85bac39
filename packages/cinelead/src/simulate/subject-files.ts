// One person's bulk files as UK Biobank delivers them: the zip of the short-axis cine (20209), of the long-axis cines (20208)
// where wanted, and the ECG's XML (20205).
// Hands on: subjectFiles.
import { createRandom, type Random } from '../base/seed.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-xml.ts'
import { renderCine } from './cine.ts'
import { renderEcg } from './ecg.ts'
import { personLater } from './later.ts'
import { renderLongAxis } from './long-axis.ts'
import { dayAfter, type Person } from './person.ts'
import { drawQuirks, type QuirkRates, type Quirks } from './quirks.ts'
import { type ScannerProfile, scannerProfiles } from './scanner.ts'
import { type MadeFile, type Series, studyZip } from './study-zip.ts'

export type SubjectFileOptions = {
  /** Default `scannerProfiles.demo`. */
  scanner?: ScannerProfile
  /** Rates of oddities; those not given are `usualQuirkRates`. */
  quirks?: Partial<QuirkRates>
  /** Also the long-axis cines, `{eid}_20208_2_0.zip`; default no. */
  hasLongAxis?: boolean
  /** Zip's effort; default 1, noise hardly packs. */
  zipLevel?: 0 | 1 | 3 | 6 | 9
}

/**
 * All bulk files of one person.
 *
 * @returns  `{eid}_20209_2_0.zip` and `{eid}_20205_2_0.xml`, with a second visit's files where drawn; fewer where a quirk says so.
 * @example  subjectFiles(drawPerson(1, 0))
 */
export function subjectFiles(person: Person, options: SubjectFileOptions = {}): MadeFile[] {
  const quirks = drawQuirks(person, options.quirks)
  const files: MadeFile[] = []
  for (const visit of quirks.secondVisit ? [2, 3] : [2]) {
    const random = createRandom(`${person.seed}/files/${person.index}/${visit}`)
    const daysLater = visit === 2 ? 0 : 700 + random.integer(500)
    const scannedOn = dayAfter(person.visitOn, daysLater)
    const present = daysLater > 0 ? personLater(person, daysLater) : person
    // Oddities of a recording belong to the first imaging visit.
    const odd =
      visit === 2 ? quirks : { ...quirks, missingZip: false, missingXml: false, emptyEcg: false, truncatedXml: false, truncatedZip: false }
    if (!odd.missingZip)
      files.push({ name: `${person.eid}_20209_${visit}_0.zip`, bytes: shortAxisZip(present, visit, scannedOn, odd, random, options) })
    if (options.hasLongAxis === true && !odd.missingZip)
      files.push({ name: `${person.eid}_20208_${visit}_0.zip`, bytes: longAxisZip(present, visit, scannedOn, odd, options) })
    if (!odd.missingXml) {
      const recordedOn = odd.differentDay ? dayAfter(scannedOn, 2 + random.integer(40)) : scannedOn
      const bytes = writeCardiosoftXml(renderEcg(present, { visit, recordedOn, isArmReversed: odd.reversedArms }), {
        personId: person.eid,
        clock: { hour: 9 + random.integer(9), minute: random.integer(60), second: random.integer(60) },
        isStripNested: odd.nestedStrip,
        isWithoutSamples: odd.emptyEcg,
      })
      files.push({
        name: `${person.eid}_20205_${visit}_0.xml`,
        bytes: odd.truncatedXml ? bytes.subarray(0, Math.floor(bytes.length * 0.4)) : bytes,
      })
    }
  }
  return files
}

function shortAxisZip(
  person: Person,
  visit: number,
  scannedOn: string,
  quirks: Quirks,
  random: Random,
  options: SubjectFileOptions,
): Uint8Array {
  const { volume, esFrame } = renderCine(person, options.scanner ?? scannerProfiles.demo, { withLabels: false, visit })
  const [numFrames, numSlices] = volume.shape
  const frames = Array.from({ length: numFrames }, (_, f) => f)
  const kept = quirks.tooFewSlices ? 3 : numSlices
  const series: Series[] = []
  const repeated = quirks.duplicateSeries && !quirks.mixedSeries ? random.integer(kept) : -1
  for (let z = 0; z < kept; z++) {
    const name = quirks.mixedSeries ? 'CINE_segmented_SAX' : `CINE_segmented_SAX_b${z + 1}`
    // The slice that was taken twice failed the first time.
    if (z === repeated) series.push({ name, volume, sliceIndex: z, frames, brightness: 0.45 })
    series.push({ name, volume, sliceIndex: z, frames, brightness: 1 })
  }
  if (quirks.inlineSeries && !quirks.mixedSeries)
    series.push({ name: 'CINE_segmented_SAX_InlineVF', volume, sliceIndex: kept >> 1, frames: [0, esFrame], brightness: 0.8 })
  return studyZip(person, series, {
    field: 20209,
    visit,
    scannedOn,
    isCvsManifest: quirks.cvsManifest,
    isOneSeries: quirks.mixedSeries,
    gone: quirks.missingFrame ? { sliceIndex: random.integer(kept), frame: 1 + random.integer(numFrames - 1) } : undefined,
    wholeFraction: quirks.truncatedZip ? 0.6 : 1,
    zipLevel: options.zipLevel ?? 1,
  })
}

function longAxisZip(person: Person, visit: number, scannedOn: string, quirks: Quirks, options: SubjectFileOptions): Uint8Array {
  const series = renderLongAxis(person, options.scanner ?? scannerProfiles.demo, visit).map(({ name, volume }): Series => {
    const frames = Array.from({ length: volume.shape[0] }, (_, f) => f)
    return { name: `CINE_segmented_LAX_${name}`, volume, sliceIndex: 0, frames, brightness: 1 }
  })
  return studyZip(person, series, {
    field: 20208,
    visit,
    scannedOn,
    isCvsManifest: quirks.cvsManifest,
    wholeFraction: 1,
    zipLevel: options.zipLevel ?? 1,
  })
}
