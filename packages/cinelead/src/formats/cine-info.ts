// Side files of public cine sets that name the frames of end-diastole and end-systole. Hands on: readCineInfo, CineInfo.
// Source: the ACDC set has an `Info.cfg` beside each patient's images, with lines such as `ED: 1` and `ES: 12`, counted from one
// (read in public loaders of the set; the set itself asks for registration and could not be looked at).
import { fault } from '../base/errors.ts'

/** Frames count from zero here. */
export type CineInfo = { edFrame: number; esFrame: number; numFrames?: number }

const MAX_BYTES = 64 * 1024

/**
 * Reads an `Info.cfg`.
 *
 * @throws  formats/cine-info when ED or ES is missing, is no whole number from 1 on, or lies beyond the number of frames.
 */
export function readCineInfo(bytes: Uint8Array): CineInfo {
  const lines = new TextDecoder().decode(bytes.subarray(0, MAX_BYTES)).split(/\r?\n/)
  const value = (key: string) => {
    const line = lines.find((one) => new RegExp(`^\\s*${key}\\s*[:=]`, 'i').test(one))
    return line === undefined ? undefined : Number(line.replace(/^[^:=]*[:=]/, ''))
  }
  const [ed, es, numFrames] = [value('ED'), value('ES'), value('NbFrame')]
  const isFrame = (number: number | undefined) =>
    Number.isInteger(number) && Number(number) >= 1 && Number(number) <= (numFrames ?? Infinity)
  if (!isFrame(ed) || !isFrame(es))
    throw fault({
      code: 'formats/cine-info',
      where: 'readCineInfo',
      expected: 'lines ED and ES with frame numbers from 1 on',
      received: `ED ${ed ?? 'missing'}, ES ${es ?? 'missing'}${numFrames === undefined ? '' : ` of ${numFrames} frames`}`,
      hint: 'Is this the Info.cfg that lies beside a patient of ACDC?',
    })
  return { edFrame: Number(ed) - 1, esFrame: Number(es) - 1, numFrames }
}
