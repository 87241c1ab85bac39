// A source as tensors on one device. On a CPU a store's arrays stay mapped as they lie on disk (several training processes share
// them, and what is larger than memory still works); on a GPU an array is copied there once where it fits, and is else gathered from the
// mapping row by row. While a step is computed, the rows of the next are read from disk, and gathered where they are to travel to a GPU.
import * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import { viewCut, type ViewExtent, type ViewName, views } from './arms.ts'
import { type Blocks, createBlocks } from './blocks.ts'
import { type ArrayName, rowsOf, type Source } from './source.ts'
import { eachStretch } from './stretches.ts'
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

/** What a step takes the rows of. */
export type InputName = 'ecg' | ViewName

/** Rows of the next step, got ready while the present one is computed. */
export type Feed = {
  /** Begins to read rows from disk; done when gathering them will not wait. Nothing to do for what is in memory. */
  prefetch(rows: readonly number[]): Promise<void>
  /** Gathers rows that lie in host memory and will travel to a GPU, while that GPU still computes. */
  prepare(rows: readonly number[]): void
  /** Seconds in which steps waited for rows: on a CPU while they were gathered, on a GPU while it had nothing left to compute. */
  loadingSeconds(): number
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
  /** What the loop asks for ahead, for a step that takes these. */
  feed(names: readonly InputName[]): Feed
  free(): void
}

/**
 * Opens a source's arrays, each when it is first asked for.
 *
 * @param source    Where it comes from; a store must stay open.
 * @param ecgInput  Which ECG the encoder of this run takes.
 * @param device    Where batches are made.
 * @param extent    How many slices and frames the views of this run show.
 * @throws          batches/extent when the source has fewer.
 */
export function hold(source: Source, ecgInput: EcgInput, device = 'cpu', extent: ViewExtent = {}): Held {
  const numRows = source.subjects.length
  const everyRow = Array.from({ length: numRows }, (_, row) => row)
  const trainRows = rowsOf(source, 'train')
  const ecgName = ecgInput === 'millivolt' ? 'ecgMv' : 'ecg'
  const cuts = Object.fromEntries(Object.keys(views).map((view) => [view, viewCut(source, view as ViewName, extent)]))
  const opened = new Map<string, Opened>()
  let loadingMs = 0
  const tellWaiting = (started: number): void => {
    if (device === 'cpu' || torch.cuda.isIdle(device)) loadingMs += performance.now() - started
  }
  const ahead = new Map<InputName, { rows: readonly number[]; gathered: torch.Tensor }>()
  const gather = (name: InputName, rows: readonly number[]): torch.Tensor =>
    arrayFor(name).blocks.gather(rows, name === 'ecg' ? undefined : cuts[name])
  const takeReady = (name: InputName, rows: readonly number[]): torch.Tensor | undefined => {
    const ready = ahead.get(name)
    if (ready === undefined || !isSame(ready.rows, rows)) return undefined
    ahead.delete(name)
    return ready.gathered
  }
  const pick = (name: InputName, rows: readonly number[]): torch.Tensor =>
    torch.scope(() => {
      const started = performance.now()
      const gathered = takeReady(name, rows) ?? gather(name, rows)
      tellWaiting(started)
      const arrived = arrayFor(name).blocks.arrive(gathered)
      if (arrived !== gathered) gathered.free()
      return arrived
    })
  const arrayFor = (name: InputName): Opened => arrayOf(name === 'ecg' ? ecgName : views[name].array)
  const arrayOf = (name: ArrayName): Opened => {
    const known = opened.get(name) ?? openArray(source, name, everyRow, device)
    opened.set(name, known)
    return known
  }
  const table = (name: string, columns: readonly ArrayLike<number>[], standard: Standard): Blocks => {
    const values = standardised(columns, standard, numRows)
    const blocks = createBlocks([torch.keep(torch.scope(() => torch.fromArray(values, [numRows, columns.length]).to({ device })))])
    opened.set(name, { blocks, place: 'device' })
    return blocks
  }

  const millivolts = openOnHost(source, 'ecgMv', everyRow)
  const amplitudes = logAmplitudeColumns(millivolts, everyRow)
  const ecgDeviation = ecgInput === 'millivolt' ? deviationOf(millivolts, trainRows) : 1
  millivolts.free()
  const scaleStandard = standardOf(amplitudes, trainRows)
  const scale = table('scale', amplitudes, scaleStandard)
  const measuredColumns = phenotypeIds.map((id) => source.measured[id])
  const measuredStandard = standardOf(measuredColumns, trainRows)
  const measured = table('measured', measuredColumns, measuredStandard)
  arrayOf(ecgName) // the first to be given room on a GPU
  return {
    source,
    device,
    ecg: (rows) => (ecgDeviation === 1 ? pick('ecg', rows) : torch.scope(() => pick('ecg', rows).div(ecgDeviation))),
    scale: scale.pick,
    view: (name, rows) => (views[name].of === 'slice' ? torch.scope(() => pick(name, rows).squeeze(1)) : pick(name, rows)),
    measured: measured.pick,
    standards: { ecgInput, ecgDeviation, scale: scaleStandard, measured: measuredStandard },
    feed: (names) => ({
      async prefetch(rows) {
        const arrays = new Set(names.map((name) => (name === 'ecg' ? ecgName : views[name].array)))
        const onDisk = [...arrays].filter((name) => arrayOf(name).place === 'disk')
        await Promise.all(onDisk.map(async (name) => source.warm?.(name, rows)))
      },
      prepare(rows) {
        if (device === 'cpu') return
        const started = performance.now()
        for (const name of names) {
          if (arrayFor(name).place === 'device') continue
          ahead.get(name)?.gathered.free()
          ahead.set(name, { rows, gathered: torch.keep(gather(name, rows)) })
        }
        tellWaiting(started)
      },
      loadingSeconds: () => loadingMs / 1000,
    }),
    free() {
      for (const { gathered } of ahead.values()) gathered.free()
      for (const { blocks } of opened.values()) blocks.free()
    },
  }
}

const isSame = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((row, place) => row === right[place])

/** An array that batches are picked from, and where it lies: mapped on disk, in the host's memory, or where batches are made. */
type Opened = { blocks: Blocks; place: 'disk' | 'host' | 'device' }

function blocksOnHost(source: Source, name: ArrayName, everyRow: readonly number[]): torch.Tensor[] {
  return source.mapped?.(name) ?? [torch.fromArray(source.read(name, everyRow), [everyRow.length, ...source.shapes[name]])]
}

const openOnHost = (source: Source, name: ArrayName, everyRow: readonly number[]): Blocks =>
  createBlocks(torch.keep(torch.scope(() => blocksOnHost(source, name, everyRow))))

function openArray(source: Source, name: ArrayName, everyRow: readonly number[], device: string): Opened {
  const placeOnHost = source.mapped === undefined ? 'host' : 'disk'
  return torch.scope(() => {
    const onHost = blocksOnHost(source, name, everyRow)
    const place = device !== 'cpu' && hasRoom(onHost, device) ? 'device' : placeOnHost
    const blocks = torch.keep(place === 'device' ? onHost.map((block) => block.to({ device })) : onHost)
    return { blocks: createBlocks(blocks, device), place }
  })
}

/** Whether a GPU has room for some tensors, with as much left for networks and their activations as is taken then. */
function hasRoom(blocks: readonly torch.Tensor[], device: string): boolean {
  const numBytes = blocks.reduce((sum, { numel, dtype }) => sum + numel * (dtype === 'float16' ? 2 : 4), 0)
  const { now, free } = torch.cuda.memoryBytes(device)
  return free - numBytes >= now + numBytes
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
