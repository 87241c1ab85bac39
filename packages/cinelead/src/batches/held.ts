// A source as tensors on one device. On a CPU a store's arrays stay mapped as they lie on disk (several training processes share
// them, and what is larger than memory still works); on a GPU they are copied there once. A step then only gathers rows.
import * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import { middleSlice, type ViewName, views } from './arms.ts'
import { type Blocks, createBlocks } from './blocks.ts'
import { type ArrayName, rowsOf, type Source } from './source.ts'
import { leadGroupEnds, type Standard, SMALLEST_AMPLITUDE_MV, standardised, standardOf } from './standard.ts'

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
  /** Seconds spent so far on fetching rows; on a GPU, on asking for them. */
  loadingSeconds(): number
  free(): void
}

const ROWS_AT_ONCE = 128 // bounds memory while a whole cohort is summarised

/**
 * Opens a source's arrays, each when it is first asked for.
 *
 * @param source    Where it comes from; a store must stay open.
 * @param ecgInput  Which ECG the encoder of this run takes.
 * @param device    Where batches are made.
 */
export function hold(source: Source, ecgInput: EcgInput, device = 'cpu'): Held {
  const numRows = source.subjects.length
  const everyRow = Array.from({ length: numRows }, (_, row) => row)
  const trainRows = rowsOf(source, 'train')
  const opened = new Map<string, Blocks>()
  let loadingMs = 0
  const timed = (fetch: () => torch.Tensor): torch.Tensor => {
    const started = performance.now()
    const fetched = fetch()
    loadingMs += performance.now() - started
    return fetched
  }
  const arrayOf = (name: ArrayName): Blocks => {
    const known = opened.get(name) ?? openArray(source, name, everyRow, device)
    opened.set(name, known)
    return known
  }
  const table = (name: string, columns: readonly ArrayLike<number>[], standard: Standard): Blocks => {
    const values = standardised(columns, standard, numRows)
    const blocks = createBlocks([torch.keep(torch.scope(() => torch.fromArray(values, [numRows, columns.length]).to({ device })))])
    opened.set(name, blocks)
    return blocks
  }

  const amplitudes = logAmplitudeColumns(arrayOf('ecgMv'), everyRow)
  const scaleStandard = standardOf(amplitudes, trainRows)
  const scale = table('scale', amplitudes, scaleStandard)
  const measuredColumns = phenotypeIds.map((id) => source.measured[id])
  const measuredStandard = standardOf(measuredColumns, trainRows)
  const measured = table('measured', measuredColumns, measuredStandard)
  const ecgDeviation = ecgInput === 'millivolt' ? deviationOf(arrayOf('ecgMv'), trainRows) : 1
  const ecgBlocks = arrayOf(ecgInput === 'millivolt' ? 'ecgMv' : 'ecg')
  return {
    source,
    device,
    ecg: (rows) => timed(() => (ecgDeviation === 1 ? ecgBlocks.pick(rows) : torch.scope(() => ecgBlocks.pick(rows).div(ecgDeviation)))),
    scale: scale.pick,
    view(name, rows) {
      const { array, isMiddleSlice } = views[name]
      const whole = timed(() => arrayOf(array).pick(rows))
      return isMiddleSlice ? whole.select(1, middleSlice(source.shapes[array][0])) : whole
    },
    measured: measured.pick,
    standards: { ecgInput, ecgDeviation, scale: scaleStandard, measured: measuredStandard },
    loadingSeconds: () => loadingMs / 1000,
    free() {
      for (const blocks of opened.values()) blocks.free()
    },
  }
}

function openArray(source: Source, name: ArrayName, everyRow: readonly number[], device: string): Blocks {
  return createBlocks(
    torch.keep(
      torch.scope(() => {
        const mapped = source.mapped?.(name) ?? [torch.fromArray(source.read(name, everyRow), [everyRow.length, ...source.shapes[name]])]
        return mapped.map((block) => block.to({ device }))
      }),
    ),
  )
}

/** Calls with one stretch of rows after the other, each in a scope of its own. */
function eachStretch(rows: readonly number[], visit: (some: readonly number[]) => void): void {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) torch.scope(() => visit(rows.slice(from, from + ROWS_AT_ONCE)))
}

/** The natural logarithm of each lead group's standard deviation in mV, what group normalisation takes away: one column a group. */
function logAmplitudeColumns(ecgMv: Blocks, everyRow: readonly number[]): number[][] {
  const columns: number[][] = leadGroupEnds.map(() => [])
  eachStretch(everyRow, (some) => {
    const ecg_BLT = ecgMv.pick(some)
    leadGroupEnds.forEach((end, group) => {
      const start = group === 0 ? 0 : leadGroupEnds[group - 1]
      const deviation_B = ecg_BLT.narrow(1, start, end - start).std([1, 2], { correction: 0 })
      columns[group].push(...(deviation_B.clampMin(SMALLEST_AMPLITUDE_MV).log().toArray() as Float32Array))
    })
  })
  return columns
}

/** Deviation from zero of all samples of some rows. */
function deviationOf(ecgMv: Blocks, rows: readonly number[]): number {
  let [squares, count] = [0, 0]
  eachStretch(rows, (some) => {
    const ecg_BLT = ecgMv.pick(some)
    squares += ecg_BLT.square().sum([0, 1, 2], false, { dtype: 'float64' }).item()
    count += ecg_BLT.numel
  })
  return Math.sqrt(squares / Math.max(1, count))
}
