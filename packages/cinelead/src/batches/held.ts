// A source held as tensors on one device, where it fits: a step then only gathers rows. An array is read when it is first asked for.
import * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import { middleSlice, views } from './arms.ts'
import type { ViewName } from './arms.ts'
import { rowsOf } from './source.ts'
import type { ArrayName, Source } from './source.ts'
import { leadGroupEnds, logAmplitudes, standardised, standardOf } from './standard.ts'
import type { Standard } from './standard.ts'

/** Which ECG the encoder sees: normalised by lead groups, or millivolts in units of the training split's deviation. */
export type EcgInput = 'normalised' | 'millivolt'

/** Everything learned from the training split that prediction must repeat. */
export type Standards = {
  ecgInput: EcgInput
  /** Millivolts are divided by this; 1 for `normalised`. */
  ecgDeviation: number
  /** Of the lead groups' log amplitudes. */
  scale: Standard
  /** Of the measured phenotypes, in the order of `base/phenotypes`. */
  measured: Standard
}

export type Held = {
  source: Source
  device: string
  /** ECGs as the encoder takes them. [rows, L, T]. */
  ecg(rows: readonly number[]): torch.Tensor
  /** Log amplitudes of the lead groups, standardised. [rows, C]. */
  scale(rows: readonly number[]): torch.Tensor
  /** One CMR view. [rows, …]. */
  view(name: ViewName, rows: readonly number[]): torch.Tensor
  /** Measured phenotypes, standardised; NaN where not measured. [rows, K]. */
  measured(rows: readonly number[]): torch.Tensor
  standards: Standards
  free(): void
}

/** Deviation of all samples of the training split. */
function deviationOf(values: Float32Array, rowLength: number, rows: readonly number[]): number {
  let squares = 0
  for (const row of rows) for (let i = row * rowLength; i < (row + 1) * rowLength; i++) squares += values[i] ** 2
  return Math.sqrt(squares / Math.max(1, rows.length * rowLength))
}

/**
 * Keeps a source's arrays, each read whole when it is first asked for.
 *
 * @param source    Where it comes from.
 * @param ecgInput  Which ECG the encoder of this run takes.
 * @param device    Where it is kept.
 */
export function hold(source: Source, ecgInput: EcgInput, device = 'cpu'): Held {
  const numRows = source.subjects.length
  const everyRow = Array.from({ length: numRows }, (_, row) => row)
  const trainRows = rowsOf(source, 'train')
  const owned: torch.Tensor[] = []
  const onDevice = (values: Float32Array, shape: readonly number[]): torch.Tensor => {
    const tensor = torch.keep(torch.scope(() => torch.fromArray(values, [...shape]).to({ device })))
    owned.push(tensor)
    return tensor
  }
  const images = new Map<ArrayName, torch.Tensor>()
  const imagesOf = (name: ArrayName): torch.Tensor => {
    const known = images.get(name) ?? onDevice(source.read(name, everyRow), [numRows, ...source.shapes[name]])
    images.set(name, known)
    return known
  }

  const amplitudes = everyRow.map((row) => logAmplitudes(source.read('ecgMv', [row])))
  const amplitudeColumns = leadGroupEnds.map((_, group) => amplitudes.map((groups) => groups[group]))
  const scaleStandard = standardOf(amplitudeColumns, trainRows)
  const scale_SC = onDevice(standardised(amplitudeColumns, scaleStandard, numRows), [numRows, leadGroupEnds.length])

  const measuredColumns = phenotypeIds.map((id) => source.measured[id])
  const measuredStandard = standardOf(measuredColumns, trainRows)
  const measured_SK = onDevice(standardised(measuredColumns, measuredStandard, numRows), [numRows, phenotypeIds.length])

  const ecgName = ecgInput === 'millivolt' ? 'ecgMv' : 'ecg'
  const ecgValues = source.read(ecgName, everyRow)
  const ecgDeviation = ecgInput === 'millivolt' ? deviationOf(ecgValues, ecgValues.length / numRows, trainRows) : 1
  if (ecgDeviation !== 1) for (let i = 0; i < ecgValues.length; i++) ecgValues[i] /= ecgDeviation
  const ecg_SLT = onDevice(ecgValues, [numRows, ...source.shapes[ecgName]])

  const pick = (tensor: torch.Tensor, rows: readonly number[]) => tensor.indexSelect(0, torch.tensor([...rows], { dtype: 'int64', device }))
  return {
    source,
    device,
    ecg: (rows) => pick(ecg_SLT, rows),
    scale: (rows) => pick(scale_SC, rows),
    view(name, rows) {
      const { array, isMiddleSlice } = views[name]
      const whole = pick(imagesOf(array), rows)
      return isMiddleSlice ? whole.select(1, middleSlice(source.shapes[array][0])) : whole
    },
    measured: (rows) => pick(measured_SK, rows),
    standards: { ecgInput, ecgDeviation, scale: scaleStandard, measured: measuredStandard },
    free() {
      for (const tensor of owned) tensor.free()
    },
  }
}
