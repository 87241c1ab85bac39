// Judges a segmenter on real hearts it never trained on: LV cavity Dice on Sunnybrook's contoured slices, volumes of one human study.
// Run: node bench/segmenter-judge.ts [weights.safetensors] [folder for pictures] [4 for four views] [long-axis weights.safetensors]
// Sunnybrook's PNGs carry no spacing: 256 x 256 pixels are taken as 1.36719 mm, a usual field of 350 mm (could not be checked).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { decode } from 'fast-png'
import { type DicomImage, readDicom } from '../packages/cinelead/src/formats/dicom.ts'
import { loadSegmenter } from '../packages/cinelead/src/models/segmenter.ts'
import { cleanLabels } from '../packages/cinelead/src/prepare/cmr/clean-labels.ts'
import { measureHeart } from '../packages/cinelead/src/prepare/cmr/measure.ts'
import { findPhases } from '../packages/cinelead/src/prepare/cmr/phases.ts'
import { sliceStack } from '../packages/cinelead/src/prepare/cmr/slice-stack.ts'
import { assembleStudy } from '../packages/cinelead/src/prepare/cmr/study.ts'
import { cineContactSheet, slicePicture, type Tile } from '../packages/cinelead/src/report/slice-picture.ts'

const SPACING_MM = 1.36719
const SIZE = 256
const data = process.env.CINELEAD_REAL_DATA ?? '../shared/data'
const weights = process.argv[2] ?? 'packages/cinelead/weights/segmenter.safetensors'
const pictures = process.argv[3]
torch.setNumThreads(1)
const segment = loadSegmenter(weights, process.argv[4] === '4' ? 4 : 1)
const alongHeart = loadSegmenter(process.argv[5] ?? 'packages/cinelead/weights/long-axis.safetensors')

function greyOf(path: string): Float32Array {
  const picture = decode(readFileSync(path))
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => picture.data[i * picture.channels])
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const tiles: { dice: number; tile: Tile }[] = []
const byPatient = new Map<string, { both: number; sum: number }>()
const perSlice: number[] = []
let milliseconds = 0 // of processor time
const patientOf = (name: string) => /^(SC-[A-Z]+-[A-Z]*-?\d+)/.exec(name)?.[1] ?? name
for (const part of readdirSync(join(data, 'cmr/sunnybrook/labels'))) {
  const images = readdirSync(join(data, 'cmr/sunnybrook/images', part))
  const studies = new Map<string, { truth: Float32Array; slice_YX: Float32Array }[]>()
  for (const name of readdirSync(join(data, 'cmr/sunnybrook/labels', part))) {
    const imageName = images.find((one) => one === name || one.startsWith(name.replace(/\.[^.]*$/, '')))
    if (imageName === undefined) continue
    const truth = greyOf(join(data, 'cmr/sunnybrook/labels', part, name))
    const slice_YX = greyOf(join(data, 'cmr/sunnybrook/images', part, imageName))
    studies.set(patientOf(name), [...(studies.get(patientOf(name)) ?? []), { truth, slice_YX }])
  }
  for (const [patient, slices] of studies) {
    const start = process.cpuUsage()
    // As in use: one fit a study, here of all its contoured slices.
    const whole_BYX = new Float32Array(slices.length * SIZE * SIZE)
    for (const [b, { slice_YX }] of slices.entries()) whole_BYX.set(slice_YX, b * SIZE * SIZE)
    const shape = [slices.length, SIZE, SIZE] as const
    const raw_BYX = await segment.fitTo(whole_BYX, shape, [SPACING_MM, SPACING_MM])(whole_BYX, shape, [SPACING_MM, SPACING_MM])
    const used = process.cpuUsage(start)
    milliseconds += (used.user + used.system) / 1000
    for (const [b, { truth, slice_YX }] of slices.entries()) {
      const raw = raw_BYX.slice(b * SIZE * SIZE, (b + 1) * SIZE * SIZE)
      const labels_YX = cleanLabels(raw, [1, SIZE, SIZE], [SPACING_MM, SPACING_MM])
      let both = 0
      let sum = 0
      for (let i = 0; i < truth.length; i++) {
        const ought = truth[i] > 0 ? 1 : 0
        const is = labels_YX[i] === 1 ? 1 : 0
        both += ought & is
        sum += ought + is
      }
      const dice = (2 * both) / sum
      perSlice.push(dice)
      const held = byPatient.get(patient) ?? { both: 0, sum: 0 }
      byPatient.set(patient, { both: held.both + both, sum: held.sum + sum })
      tiles.push({ dice, tile: { slice_YX, labels_YX } })
    }
  }
}
const named = [...byPatient].map(([name, { both, sum }]) => ({ name, dice: (2 * both) / sum })).sort((a, b) => a.dice - b.dice)
const patients = named.map(({ dice }) => dice)
const sorted = [...perSlice].sort((a, b) => a - b)
const tenth = (share: number) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(3)
console.log(
  `Sunnybrook LV cavity: ${patients.length} patients, Dice mean over patients ${mean(patients).toFixed(3)}, least ${Math.min(...patients).toFixed(3)}; ` +
    `${perSlice.length} slices, mean ${mean(perSlice).toFixed(3)}, 10th ${tenth(0.1)}, median ${tenth(0.5)}; ${(milliseconds / perSlice.length).toFixed(1)} ms of processor time a slice`,
)
console.log(
  `  worst patients: ${named
    .slice(0, 6)
    .map(({ name, dice }) => `${name} ${dice.toFixed(3)}`)
    .join(', ')}`,
)

const images: DicomImage[] = []
const bivMe = join(data, 'cmr/biv-me/dicoms')
for (const folder of readdirSync(bivMe))
  for (const file of readdirSync(join(bivMe, folder))) images.push(await readDicom(readFileSync(join(bivMe, folder, file))))
const [sax, ...others] = assembleStudy(images).volumes
const readers = Object.assign(segment, { alongHeart })
console.log('biv-me (mesh: LV 174.5 -> 72.0 mL, EF 58.7 %, RV 210.9 -> 98.8 mL):')
for (const longAxes of [[], others]) {
  const { ed, es, numLongAxesRead } = await findPhases(sax, readers, { search: 'middle', longAxes })
  const measured = measureHeart(ed.volumes, es.volumes, sax.heartRateBpm)
  console.log(
    `  ${numLongAxesRead ?? 0} long axes read: ED ${ed.frame} ES ${es.frame}, LV ${measured.lvedv.toFixed(1)} -> ${measured.lvesv.toFixed(1)} mL, ` +
      `EF ${(100 * measured.lvef).toFixed(1)} %, mass ${measured.lvm.toFixed(0)} g, RV ${measured.rvedv.toFixed(1)} -> ${measured.rvesv.toFixed(1)} mL`,
  )
}
const phases = await findPhases(sax, readers, { search: 'middle' })
if (pictures !== undefined) {
  mkdirSync(pictures, { recursive: true })
  const worst = [...tiles].sort((a, b) => a.dice - b.dice)
  const grid = (some: typeof tiles) =>
    slicePicture(
      some.map(({ tile }) => tile),
      { numRows: SIZE, numColumns: SIZE, zoom: 1, tilesAcross: 6 },
    )
  writeFileSync(join(pictures, 'sunnybrook-worst.png'), grid(worst.slice(0, 24)))
  writeFileSync(
    join(pictures, 'sunnybrook-spread.png'),
    grid(Array.from({ length: 24 }, (_, i) => worst[Math.floor((i * worst.length) / 24)])),
  )
  const [, numSlices, numRows, numColumns] = sax.shape
  const sheet = cineContactSheet(
    {
      ed_ZYX: sliceStack(sax, phases.ed.frame),
      es_ZYX: sliceStack(sax, phases.es.frame),
      edLabels_ZYX: phases.ed.labels_ZYX,
      esLabels_ZYX: phases.es.labels_ZYX,
    },
    [numSlices, numRows, numColumns],
    1,
  )
  writeFileSync(join(pictures, 'biv-me.png'), sheet)
}
