// `cinelead convert FILE --out OUT`: any readable recording as WFDB, CSV or CardioSoft XML, sample for sample or prepared.
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-writer.ts'
import { writeEcgCsv } from '../formats/ecg-csv.ts'
import { type Recording, standardLeads } from '../formats/recording.ts'
import { writeWfdb } from '../formats/wfdb.ts'
import { prepareEcg } from '../prepare/ecg/prepare-ecg.ts'
import { loadEcg } from './load-ecg.ts'
import type { Report } from './progress.ts'

export type ConvertOptions = { path: string; out: string; prepared?: boolean }

const PREPARED_RESOLUTION_UV = 1 // finer than recorders' 2.5 to 5 µV, coarse enough for 16 bits up to 32 mV

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
      return [{ path: out, content: writeEcgCsv(recording) }]
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
  const chosen = prepared === true ? prepare(recording) : recording
  const files = encode(chosen, out)
  for (const file of files) writeWhole(file.path, file.content)
  const written = files.map((file) => file.path)
  const { rateHz } = chosen
  const lines = written.map((file) => `wrote ${file}`)
  if (extname(out).toLowerCase() === '.csv') lines.push(`a CSV does not hold its sampling rate: ${rateHz} Hz`)
  report.answer({ written, isPrepared: prepared === true, rateHz }, lines.join('\n'))
}
