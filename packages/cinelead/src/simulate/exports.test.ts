// Truth: the rendered person, read back through the project's own readers; ACDC's label numbers and file names.
import { describe, expect, test } from 'vitest'
import { readNifti } from '../formats/nifti.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { readWfdb } from '../formats/wfdb.ts'
import { renderCine } from './cine.ts'
import { renderEcg } from './ecg.ts'
import { acdcFiles, wfdbFiles } from './exports.ts'
import { renderLongAxis } from './long-axis.ts'
import { drawPerson } from './person.ts'
import { preparedSubject } from './prepared-subject.ts'
import { scannerProfiles } from './scanner.ts'

const person = drawPerson('exports', 2)
const small = { ...scannerProfiles.demo, numRows: 48, numColumns: 48, pixelMm: 5.2, numPhases: 6 }

describe('acdcFiles', () => {
  test('holds cine and labels as ACDC numbers them', () => {
    const files = acdcFiles(person, small)
    const cine = renderCine(person, small)
    expect(files.map(({ name }) => name.split('/')[1])).toEqual([
      'made00003_4d.nii.gz',
      'made00003_frame01.nii.gz',
      'made00003_frame01_gt.nii.gz',
      `made00003_frame0${cine.esFrame + 1}.nii.gz`,
      `made00003_frame0${cine.esFrame + 1}_gt.nii.gz`,
      'Info.cfg',
    ])
    const whole = readNifti(files[0].bytes)
    expect(whole.shape).toEqual([...cine.volume.shape])
    expect(whole.spacingMm[0]).toBeCloseTo(12, 4)
    for (let i = 0; i < 16; i++) expect(whole.affine[i]).toBeCloseTo(cine.volume.affine[i], 3)
    const labels = readNifti(files[2].bytes).voxels_FZYX
    const counts = (array: ArrayLike<number>, label: number): number => Array.from(array).filter((value) => value === label).length
    const own = cine.labels_FZYX.subarray(0, labels.length)
    expect(counts(labels, 3)).toBe(counts(own, cardiacLabels.lvCavity))
    expect(counts(labels, 2)).toBe(counts(own, cardiacLabels.myocardium))
    expect(counts(labels, 1)).toBe(counts(own, cardiacLabels.rvCavity))
    expect(counts(labels, 3)).toBeGreaterThan(50)
    expect(new TextDecoder().decode(files[5].bytes)).toMatch(/^ED: 1\nES: \d\nGroup: (NOR|MINF|DCM|HCM|RV)\n/)
  })
})

describe('wfdbFiles', () => {
  test('holds the ECG sample for sample', () => {
    const [header, signal] = wfdbFiles(person)
    const read = readWfdb(header.bytes, () => signal.bytes)
    const made = renderEcg(person)
    expect(read.rateHz).toBe(500)
    for (let i = 0; i < made.ecg_LT.length; i += 13) expect(read.ecg_LT[i]).toBeCloseTo(made.ecg_LT[i], 5)
  })
})

describe('renderLongAxis', () => {
  test('shows the left ventricle as long as it is, shorter at end-systole', () => {
    const fine = { ...scannerProfiles.ukb, numPhases: 3 }
    const four = renderLongAxis(person, fine)[2]
    const [, , numRows, numColumns] = four.volume.shape
    const lengthMm = (frame: number): number => {
      let first = numRows
      let last = 0
      for (let y = 0; y < numRows; y++) {
        for (let x = 0; x < numColumns; x++) {
          if (four.labels_FZYX[(frame * numRows + y) * numColumns + x] !== cardiacLabels.lvCavity) continue
          first = Math.min(first, y)
          last = Math.max(last, y)
        }
      }
      return (last - first + 1) * fine.pixelMm
    }
    expect(Math.abs(lengthMm(0) - person.pump.lvLengthMm)).toBeLessThan(4)
    // A third of the beat is about end-systole.
    expect(lengthMm(1)).toBeLessThan(lengthMm(0) - 0.5 * person.pump.baseDescentMm)
  })
})

describe('preparedSubject', () => {
  const { cine, recording, discs } = preparedSubject(person)

  test('has the shapes and the range of a prepared cine', () => {
    const { numFrames, numSlices, numRows, numColumns } = cine.shape
    expect(cine.cine_FYX).toHaveLength(numFrames * numRows * numColumns)
    expect(cine.ed_ZYX).toHaveLength(numSlices * numRows * numColumns)
    for (const array of [cine.cine_FYX, cine.ed_ZYX, cine.es_ZYX]) {
      expect(array.reduce((least, value) => Math.min(least, value), 1)).toBe(0)
      expect(array.reduce((most, value) => Math.max(most, value), 0)).toBe(1)
    }
    expect(recording.numSamples).toBe(5000)
  })

  test('holds both ventricles inside the crop, the heart in the middle, smaller at end-systole', () => {
    const { numSlices, numRows, numColumns } = cine.shape
    let sumX = 0
    let sumY = 0
    let count = 0
    for (let i = 0; i < cine.edLabels_ZYX.length; i++) {
      if (cine.edLabels_ZYX[i] === cardiacLabels.background) continue
      const x = i % numColumns
      const y = Math.floor(i / numColumns) % numRows
      expect(x > 0 && x < numColumns - 1 && y > 0 && y < numRows - 1).toBe(true)
      sumX += x
      sumY += y
      count++
    }
    expect(Math.abs(sumX / count - numColumns / 2)).toBeLessThan(6)
    expect(Math.abs(sumY / count - numRows / 2)).toBeLessThan(6)
    const cavity = (labels: Uint8Array): number => labels.filter((label) => label === cardiacLabels.lvCavity).length
    expect(cavity(cine.esLabels_ZYX)).toBeLessThan(0.75 * cavity(cine.edLabels_ZYX))
    const middle = (numSlices >> 1) * numRows * numColumns
    expect(cine.edLabels_ZYX.subarray(middle, middle + numRows * numColumns)).toContain(cardiacLabels.rvCavity)
  })

  test('measures the discs that painted labels of the same slices have', () => {
    const scanner = { ...scannerProfiles.demo, sliceSpacingMm: 10, sliceThicknessMm: 8, breathHoldMm: 0 }
    const { labelled } = renderCine(person, scanner, { frames: [0] })
    expect(discs.ed.lvMl / labelled.lvedvMl).toBeCloseTo(1, 1) // within 5 %: a slice that the base crosses counts by its middle plane here
    expect((discs.ed.myocardiumMl * 1.05) / labelled.lvmG).toBeCloseTo(1, 1)
    expect(discs.ed.rvMl / labelled.rvedvMl).toBeCloseTo(1, 1)
    const { lvedvMl, lvesvMl } = person.pump
    expect(1 - discs.es.lvMl / discs.ed.lvMl).toBeCloseTo(1 - lvesvMl / lvedvMl, 1)
  })

  test('is the same again', () => {
    expect(preparedSubject(person).cine.ed_ZYX).toEqual(cine.ed_ZYX)
  })
})
