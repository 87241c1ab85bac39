// Test support: one small made file of every ECG format, from which fuzzing starts.
import { deflateRawSync } from 'node:zlib'
import { writeCardiosoftXml } from './cardiosoft-xml.ts'
import { writeEcgCsv } from './ecg-csv.ts'
import { madeCount, madeRecording } from './ecg-fixture.ts'
import { standardLeads } from './recording.ts'
import { encodeScp, wanderingCounts } from './scp-fixture.ts'
import { writeWfdb } from './wfdb.ts'

/** A file and those beside it. */
export type EcgSeed = { format: string; name: string; bytes: Uint8Array; beside: Record<string, Uint8Array> }

const size = 120
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const counts = (leadIndex: number): number[] => Array.from({ length: size }, (_, t) => madeCount(leadIndex, t))

export function ecgSeeds(edf: Uint8Array): EcgSeed[] {
  const made = madeRecording(size)
  const wfdb = writeWfdb(made, 'made')
  const scp = (coding: 'plain' | 'default' | 'own', extra: object = {}): Uint8Array =>
    encodeScp({ leads: [1, 2, 3].map((id) => ({ id, counts_T: wanderingCounts(id, 300) })), coding, differences: 2, ...extra })
  const beat = { leads: [1, 2, 3].map((id) => wanderingCounts(id + 9, 40)), fiducial: 15, at: [50, 150, 250] }
  const one = (format: string, name: string, bytes: Uint8Array, beside: Record<string, Uint8Array> = {}): EcgSeed => ({
    format,
    name,
    bytes,
    beside,
  })
  return [
    one('cardiosoft-xml', 'made.xml', writeCardiosoftXml({ ...made, median: { ...made, beat_LT: made.ecg_LT } })),
    one('cardiosoft-xml', 'made.xml', writeCardiosoftXml(made, { isStripNested: true, leadCase: 'lower', samplesPerLine: 9 })),
    one('wfdb', 'made.hea', wfdb.header, { [wfdb.signalFileName]: wfdb.signal }),
    ...[8, 16, 24, 32, 61, 80, 160, 212, 310, 311].map((kind) =>
      one('wfdb', 'p.hea', text(`p 2 500 ${size}\np.dat ${kind} 200(3)/mV 12 0 1\np.dat ${kind}+0 200/mV 12 0 2\n`), {
        'p.dat': Uint8Array.from({ length: 960 }, (_, at) => (at * 37) & 0xff),
      }),
    ),
    one('muse-xml', 'made.xml', text(museXml())),
    one('aecg', 'made.xml', text(aecgXml())),
    one('philips-xml', 'made.xml', text(philipsXml('1.03', true))),
    one('philips-xml', 'made.xml', text(philipsXml('1.04', false))),
    one('dicom-waveform', 'made.dcm', dicomFile()),
    one('scp', 'made.scp', scp('default')),
    one('scp', 'made.scp', scp('own', { beat })),
    one('scp', 'made.scp', scp('plain', { kept: [{ from: 101, to: 140 }] })),
    one('edf', 'made.edf', edf),
    one('csv', 'made.csv', writeEcgCsv(madeRecording(40))),
    one(
      'csv',
      'made.csv',
      text(`time (ms);I [uV];V1 [mV]\n${Array.from({ length: 30 }, (_, t) => `${2 * t};${t};0,${t % 10}`).join('\n')}\n`),
    ),
  ]
}

function base64(values: readonly number[]): string {
  const bytes = new Uint8Array(Int16Array.from(values).buffer)
  return btoa(String.fromCharCode(...bytes))
}

export function museXml(crc?: number): string {
  const lead = (index: number): string =>
    `<LeadData><LeadSampleCountTotal>${size}</LeadSampleCountTotal><LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits><LeadID>${standardLeads[index]}</LeadID>${crc === undefined ? '' : `<LeadDataCRC32>${crc}</LeadDataCRC32>`}<WaveFormData>${base64(counts(index))}</WaveFormData></LeadData>`
  const wave = (kind: string): string =>
    `<Waveform><WaveformType>${kind}</WaveformType><SampleBase>500</SampleBase><SampleExponent>0</SampleExponent><ACFilter>50</ACFilter>${[0, 1, 6, 7].map(lead).join('')}</Waveform>`
  return `<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE RestingECG SYSTEM "restecg.dtd"><RestingECG><MuseInfo><MuseVersion>9</MuseVersion></MuseInfo><TestDemographics><AcquisitionDate>03-31-2019</AcquisitionDate></TestDemographics><RestingECGMeasurements><QRSDuration>96</QRSDuration></RestingECGMeasurements><Diagnosis><DiagnosisStatement><StmtText>Sinus rhythm</StmtText></DiagnosisStatement></Diagnosis>${wave('Median')}${wave('Rhythm')}</RestingECG>`
}

/** `isSetPerLead`: a sequence set of its own for each lead. */
export function aecgXml(unit = 'uV', isSetPerLead = false): string {
  const open = '<component><sequenceSet>'
  const time =
    '<component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20190331"/><increment value="0.002" unit="s"/></value></sequence></component>'
  const close = '</sequenceSet></component>'
  const sequence = (index: number): string =>
    `<component><sequence><code code="MDC_ECG_LEAD_${standardLeads[index].toUpperCase()}"/><value xsi:type="SLIST_PQ"><origin value="0" unit="${unit}"/><scale value="2.5" unit="${unit}"/><digits>${counts(index).join(' ')}</digits></value></sequence></component>`
  return `<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="x"><effectiveTime><center value="20190331"/></effectiveTime><component><series><code code="RHYTHM"/>${open}${time}${[0, 1, 6].map(sequence).join(isSetPerLead ? `${close}${open}${time}` : '')}${close}</series></component></AnnotatedECG>`
}

/** XLI with one code a byte: LZW that never uses its dictionary. */
function xliChunk(samples: readonly number[]): number[] {
  const stored = samples.slice(0, 2)
  let last = 0
  // The reader makes sample t from 2 x[t-1] - x[t-2] minus what was stored one place before, less 64.
  const wanted = samples.map((value, t) => (t < 2 ? 0 : 2 * samples[t - 1] - samples[t - 2] - value))
  for (let t = 2; t < samples.length; t++) stored.push((wanted[t + 1] ?? 0) + 64)
  last = wanted[2] ?? 0
  const bytes = [...stored.map((value) => (value >> 8) & 0xff), ...stored.map((value) => value & 0xff)]
  const bits = bytes.map((byte) => byte.toString(2).padStart(10, '0')).join('')
  const packed = Array.from({ length: Math.ceil(bits.length / 8) }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).padEnd(8, '1'), 2),
  )
  return [packed.length & 0xff, packed.length >> 8, 0, 0, 0, 0, last & 0xff, (last >> 8) & 0xff, ...packed]
}

export function philipsXml(version: string, isXli: boolean): string {
  const limb = (index: number): number[] => (index < 2 ? counts(index) : counts(index).map((_, t) => (t % 3) - 1))
  const leads = Array.from({ length: 12 }, (_, index) => (index < 6 ? limb(index) : counts(index)))
  const data = isXli ? btoa(String.fromCharCode(...leads.flatMap(xliChunk))) : base64(leads.flat())
  return `<?xml version="1.0"?><restingecgdata><documentinfo><documentversion>${version}</documentversion></documentinfo><dataacquisition date="2019-03-31"><signalcharacteristics><samplingrate>500</samplingrate><signalresolution>5</signalresolution><numberchannelsallocated>12</numberchannelsallocated></signalcharacteristics></dataacquisition><interpretations><interpretation><statement><leftstatement>Sinus rhythm</leftstatement></statement></interpretation></interpretations><waveforms><parsedwaveforms dataencoding="Base64" compressmethod="${isXli ? 'XLI' : 'Uncompressed'}" durationperchannel="${size * 2}" numberofleads="12" leadlabels="${standardLeads.join(' ')}">${data}</parsedwaveforms></waveforms></restingecgdata>`
}

type DicomOptions = {
  isBig?: boolean
  isDeflated?: boolean
  isBare?: boolean
  interpretation?: 'SS' | 'US' | 'SB' | 'SL'
  baseline?: number
  paddingAt?: number
  /** Code and meaning of the unit of each channel. */
  units?: readonly (readonly [string, string])[]
  /** The leads of each multiplex group, and its label and originality. */
  groups?: readonly { leads: readonly number[]; label?: string; originality?: string }[]
}

/** An explicit-VR DICOM waveform object, of three leads as a rule, packed by hand after PS3.5 and PS3.10. */
export function dicomFile(options: DicomOptions = {}): Uint8Array {
  const {
    isBig = false,
    isDeflated = false,
    isBare = false,
    interpretation = 'SS',
    baseline = 0,
    paddingAt,
    units = [],
    groups = [{ leads: [0, 1, 2] }],
  } = options
  const width = { SS: 2, US: 2, SB: 1, SL: 4 }[interpretation]
  const number = (value: number, bytes: number, big: boolean): number[] => {
    const little = Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) & 0xff)
    return big ? little.reverse() : little
  }
  const element =
    (big: boolean) =>
    (group: number, code: number, vr: string, value: number[]): number[] => {
      const even = value.length % 2 === 0 ? value : [...value, vr === 'UI' ? 0 : 0x20]
      const isLong = ['OB', 'OW', 'SQ', 'UT'].includes(vr)
      const length = isLong ? [0, 0, ...number(even.length, 4, big)] : number(even.length, 2, big)
      return [...number(group, 2, big), ...number(code, 2, big), ...ascii(vr), ...length, ...even]
    }
  const ascii = (content: string): number[] => Array.from(content, (letter) => letter.charCodeAt(0))
  const put = element(isBig)
  const item = (content: number[]): number[] => [
    ...number(0xfffe, 2, isBig),
    ...number(0xe000, 2, isBig),
    ...number(content.length, 4, isBig),
    ...content,
  ]
  const coded = (value: string, meaning: string): number[] =>
    item([...put(8, 0x100, 'SH', ascii(value)), ...put(8, 0x104, 'LO', ascii(meaning))])
  const channel = (lead: number): number[] =>
    item([
      ...put(0x3a, 0x208, 'SQ', coded(`5.6.3-9-${lead + 1}`, `Lead ${standardLeads[lead]}`)),
      ...put(0x3a, 0x210, 'DS', ascii('2.5')),
      ...put(0x3a, 0x211, 'SQ', coded(...(units[lead] ?? (['uV', 'microvolt'] as const)))),
      ...put(0x3a, 0x212, 'DS', ascii('1')),
      ...put(0x3a, 0x213, 'DS', ascii(String(baseline))),
      ...put(0x3a, 0x222, 'DS', ascii('50')),
    ])
  const missing = -(2 ** (8 * width - 1))
  const samples = (leads: readonly number[]): number[] =>
    Array.from({ length: size * leads.length }, (_, i) => {
      const value = i === paddingAt ? missing : madeCount(leads[i % leads.length], Math.floor(i / leads.length))
      return number(
        interpretation === 'US' ? value + 32768 : interpretation === 'SB' ? (i === paddingAt ? missing : value >> 2) : value,
        width,
        isBig,
      )
    }).flat()
  const wave = groups.flatMap(({ leads, label = '', originality = 'ORIGINAL' }) =>
    item([
      ...put(0x3a, 4, 'CS', ascii(originality)),
      ...put(0x3a, 5, 'US', number(leads.length, 2, isBig)),
      ...put(0x3a, 0x10, 'UL', number(size, 4, isBig)),
      ...put(0x3a, 0x1a, 'DS', ascii('500')),
      ...put(0x3a, 0x20, 'SH', ascii(label)),
      ...put(0x3a, 0x200, 'SQ', leads.flatMap(channel)),
      ...put(0x5400, 0x1004, 'US', number(8 * width, 2, isBig)),
      ...put(0x5400, 0x1006, 'CS', ascii(interpretation)),
      ...(paddingAt === undefined ? [] : put(0x5400, 0x100a, 'OW', number(missing, Math.max(2, width), isBig))),
      ...put(0x5400, 0x1010, 'OW', samples(leads)),
    ]),
  )
  const meta = element(false)
  const head = [
    ...meta(2, 2, 'UI', ascii('1.2.840.10008.5.1.4.1.1.9.1.2')),
    ...meta(2, 0x10, 'UI', ascii(isBig ? '1.2.840.10008.1.2.2' : `1.2.840.10008.1.2.1${isDeflated ? '.99' : ''}`)),
  ]
  const body = [
    ...put(8, 0x16, 'UI', ascii('1.2.840.10008.5.1.4.1.1.9.1.2')),
    ...put(8, 0x20, 'DA', ascii('20190331')),
    ...put(0x5400, 0x100, 'SQ', wave),
  ]
  if (isBare) return Uint8Array.from(body)
  return Uint8Array.from([
    ...new Array(128).fill(0),
    ...ascii('DICM'),
    ...meta(2, 0, 'UL', number(head.length, 4, false)),
    ...head,
    ...(isDeflated ? deflateRawSync(Uint8Array.from(body)) : body),
  ])
}
