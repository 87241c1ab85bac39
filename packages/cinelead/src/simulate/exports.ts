// A simulated person in the containers of two public sets: cine and labels as ACDC has them, the ECG as a WFDB record.
// Hands on: acdcFiles, wfdbFiles. Names start with `made`, so that nobody takes them for the real sets.
//
// ACDC (Bernard 2018, IEEE TMI 37:2514): a folder a patient with `_4d.nii.gz`, `_frameNN.nii.gz` and `_frameNN_gt.nii.gz` at ED and ES,
// labels 1 right ventricle, 2 muscle, 3 left ventricle, and Info.cfg; frames count from one.

import { writeNifti } from '../formats/nifti.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { writeWfdb } from '../formats/wfdb.ts'
import { type CineOptions, renderCine } from './cine.ts'
import { severityOf } from './disease.ts'
import { type EcgOptions, renderEcg } from './ecg.ts'
import type { Person } from './person.ts'
import { type ScannerProfile, scannerProfiles } from './scanner.ts'
import type { MadeFile } from './study-zip.ts'

/** Our label to ACDC's, by index. */
const acdcLabels = new Uint8Array(4)
acdcLabels[cardiacLabels.lvCavity] = 3
acdcLabels[cardiacLabels.myocardium] = 2
acdcLabels[cardiacLabels.rvCavity] = 1

function recordName(person: Person): string {
  return `made${String(person.index + 1).padStart(5, '0')}`
}

/** ACDC's five groups, by what the person has. */
function acdcGroup(person: Person): string {
  if (person.scars.length > 0) return 'MINF'
  if (severityOf(person.diseases, 'cmp', 'dilated') > 0.4) return 'DCM'
  if (severityOf(person.diseases, 'cmp', 'hypertrophic') > 0.4) return 'HCM'
  return person.pump.rvedvMl / person.bsaM2 > 115 ? 'RV' : 'NOR'
}

/**
 * Cine, ED and ES frames with labels, and Info.cfg of one person.
 *
 * @param scanner  Default `scannerProfiles.demo`.
 * @returns        Six files under a folder of the record's name.
 */
export function acdcFiles(person: Person, scanner: ScannerProfile = scannerProfiles.demo, options: CineOptions = {}): MadeFile[] {
  const { volume, labels_FZYX, edFrame, esFrame } = renderCine(person, scanner, options)
  const { shape, voxels_FZYX, spacingMm, affine, frameMs_F } = volume
  const [numFrames, numSlices, numRows, numColumns] = shape
  const perFrame = numSlices * numRows * numColumns
  const name = recordName(person)
  const still = [1, numSlices, numRows, numColumns] as const
  const stepMs = numFrames > 1 ? frameMs_F[1] - frameMs_F[0] : undefined
  const files: MadeFile[] = [
    { name: `${name}/${name}_4d.nii.gz`, bytes: writeNifti({ shape, voxels_FZYX, spacingMm, affine, frameStepMs: stepMs }) },
  ]
  for (const frame of [edFrame, esFrame]) {
    const number = String(frame + 1).padStart(2, '0')
    const from = frame * perFrame
    const labels = labels_FZYX.subarray(from, from + perFrame).map((label) => acdcLabels[label])
    const voxels = voxels_FZYX.slice(from, from + perFrame)
    files.push({
      name: `${name}/${name}_frame${number}.nii.gz`,
      bytes: writeNifti({ shape: still, voxels_FZYX: voxels, spacingMm, affine }),
    })
    files.push({
      name: `${name}/${name}_frame${number}_gt.nii.gz`,
      bytes: writeNifti({ shape: still, voxels_FZYX: labels, spacingMm, affine }),
    })
  }
  const info = [
    `ED: ${edFrame + 1}`,
    `ES: ${esFrame + 1}`,
    `Group: ${acdcGroup(person)}`,
    `Height: ${person.heightCm.toFixed(1)}`,
    `NbFrame: ${numFrames}`,
    `Weight: ${person.weightKg.toFixed(1)}`,
  ]
  files.push({ name: `${name}/Info.cfg`, bytes: new TextEncoder().encode(`${info.join('\n')}\n`) })
  return files
}

/** The ECG of one person as `<record>.hea` and `<record>.dat`. */
export function wfdbFiles(person: Person, options: EcgOptions = {}): MadeFile[] {
  const name = recordName(person)
  const { header, signal, signalFileName } = writeWfdb(renderEcg(person, options), name)
  return [
    { name: `${name}.hea`, bytes: header },
    { name: signalFileName, bytes: signal },
  ]
}
