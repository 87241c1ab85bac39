// `cinelead convert FILE --out OUT`: any readable recording as WFDB, CSV or CardioSoft XML, sample for sample or prepared.
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-writer.ts'
import { type Recording, standardLeads } from '../formats/recording.ts'
import { writeWfdb } from '../formats/wfdb.ts'
import { prepareEcg } from '../prepare/ecg/prepare-ecg.ts'
import { loadEcg } from './load-ecg.ts'
import type { Report } from './progress.ts'

export type ConvertOptions = { path: string; out: string; prepared?: boolean }

const PREPARED_RESOLUTION_UV = 1 // finer than recorders' 2.5 to 5 µV, coarse enough for 16 bits up to 32 mV

/** The shortest decimal that is the same 32-bit number again; an empty cell where there is no sample. */
function cell(millivolts: number): string {
  if (!Number.isFinite(millivolts)) return ''
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(millivolts.toPrecision(digits))
    if (Math.fround(short) === millivolts) return String(short)
  }
  return String(Number(millivolts.toPrecision(9))) // nine digits tell every 32-bit float apart (IEEE 754)
}

/** mV, one column a lead, a header row of lead names; the rate is not in it. */
function writeCsv({ leads, numSamples, ecg_LT }: Recording): string {
  const rows = Array.from({ length: numSamples }, (_, t) =>
    leads.map((_lead, leadIndex) => cell(ecg_LT[leadIndex * numSamples + t])).join(','),
  )
  return `${leads.join(',')}\n${rows.join('\n')}\n`
}

function prepare(recording: Recording): Recording {
  const { filteredMv_LT, rateHz, numSamples } = prepareEcg(recording)
  return {
    ...recording,
    rateHz,
    leads: standardLeads,
    numSamples,
    ecg_LT: filteredMv_LT,
    resolutionUv: standardLeads.map(() => PREPARED_RESOLUTION_UV),
    median: undefined,
  }
}

/** The files that a recording becomes, the one that is named last: it is whole only when the others are there. */
function encode(recording: Recording, out: string): { path: string; content: Uint8Array | string }[] {
  switch (extname(out).toLowerCase()) {
    case '.hea': {
      const { header, signal, signalFileName } = writeWfdb(recording, basename(out, extname(out)))
      return [
        { path: join(dirname(out), signalFileName), content: signal },
        { path: out, content: header },
      ]
    }
    case '.csv':
      return [{ path: out, content: writeCsv(recording) }]
    case '.xml':
      return [{ path: out, content: writeCardiosoftXml(recording) }]
    default:
      throw fault({
        code: 'cli/output-format',
        where: 'convert',
        expected: '--out to end with .hea (WFDB), .csv or .xml (CardioSoft)',
        received: extname(out) === '' ? 'no ending' : extname(out),
        hint: 'Name the output with the ending of the wanted format.',
      })
  }
}

/** Reads `path` and writes it as `out`; `prepared` writes 12 leads at 500 Hz, filtered, in mV. */
export function run({ path, out, prepared }: ConvertOptions, report: Report): void {
  if (resolve(path) === resolve(out)) {
    throw fault({
      code: 'cli/same-file',
      where: 'convert',
      expected: 'an output other than the input',
      received: 'one and the same file',
      hint: 'Name another file with --out.',
    })
  }
  const recording = loadEcg(path)
  const files = encode(prepared === true ? prepare(recording) : recording, out)
  for (const file of files) writeWhole(file.path, file.content)
  const written = files.map((file) => file.path)
  report.answer({ written, isPrepared: prepared === true }, written.map((file) => `wrote ${file}`).join('\n'))
}
