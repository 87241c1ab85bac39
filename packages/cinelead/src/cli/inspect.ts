// `cinelead inspect PATH`: says what any supported file or folder is, and draws it where `--out` names a folder.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CineLeadError, fault } from '../base/errors.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { discover } from '../cohort/manifest.ts'
import { hasStore, openStore } from '../cohort/store.ts'
import { describeEcg } from '../prepare/ecg/describe.ts'
import { toSvg } from '../report/drawing.ts'
import { toPng } from '../report/drawing-png.ts'
import { checkStore } from './check-store.ts'
import { filesUnder } from './files-under.ts'
import { ecgAsText, ecgDrawing } from './inspect-ecg.ts'
import { bareSheet, findHeart, heartDrawings } from './inspect-heart.ts'
import { type Description, describeEcgFiles, describeRaw, describeRun, describeStore, describeTensors } from './inspect-folder.ts'
import { describeStudy, studyAsText } from './inspect-study.ts'
import { describeSubject, subjectDrawings } from './inspect-subject.ts'
import { loadEcg, recogniseEcgFile } from './load-ecg.ts'
import { type LoadedStudy, loadStudy } from './load-study.ts'
import { known, measuresAsText } from './measure.ts'
import { longAxesAmong, openStack, type Stack } from './open-stack.ts'
import type { Report } from './progress.ts'

export type InspectOptions = {
  path: string
  /** Folder for drawings. */
  out?: string
  /** One subject of a store, by the project's own key. */
  subject?: string
  /** The segmenter's file; default the one that ships. */
  segmenterPath?: string
}

const nothingToDraw = {
  code: 'cli/nothing-to-draw',
  where: 'inspect',
  expected: 'a cine of five frames or more to draw',
  received: 'none',
  hint: 'Leave out --out: what the images are is told all the same.',
}

/** Writes one drawing into the folder that `--out` names and tells its path. */
function draw(out: string, name: string, content: Uint8Array | string, report: Report): void {
  mkdirSync(out, { recursive: true })
  writeWhole(join(out, name), content)
  report.say(`wrote ${join(out, name)}`)
}

function inspectEcg({ path, out }: InspectOptions, report: Report): Description {
  const recording = loadEcg(path)
  const facts = describeEcg(recording)
  if (out !== undefined) {
    const drawing = ecgDrawing(recording, facts)
    draw(out, 'ecg.svg', toSvg(drawing), report)
    draw(out, 'ecg.png', toPng(drawing), report)
  }
  return { value: { kind: 'ecg', ...facts }, text: ecgAsText(facts) }
}

async function inspectStudy(options: InspectOptions, report: Report): Promise<Description> {
  const step = report.begin('reading images')
  const study = await loadStudy(options.path, (numDone) => step.advance(numDone))
  step.done(`${study.numImages} read`)
  return await drawStudy(study, {}, options, report)
}

/** A NIfTI file is one volume; its view is told by its place, like that of a stack without names. */
async function inspectNifti(options: InspectOptions, report: Report): Promise<Description> {
  const { volume, longAxes: _, notes, verdicts, ...phases } = await openStack(options.path, report)
  const numImages = volume.shape[0] * volume.shape[1]
  return await drawStudy(
    { volumes: [volume], notes, verdicts: [...verdicts], numFiles: 1, numImages, leftOut: [] },
    phases,
    options,
    report,
  )
}

async function drawStudy(
  study: LoadedStudy,
  phases: Pick<Stack, 'edFrame' | 'esFrame'>,
  { out, segmenterPath }: InspectOptions,
  report: Report,
): Promise<Description> {
  const facts = describeStudy(study)
  const described = { value: facts, text: studyAsText(facts) }
  if (out === undefined) return described
  const [volume] = study.volumes
  if (volume === undefined) throw fault(nothingToDraw)
  draw(out, 'slices.png', bareSheet(volume), report)
  const heart =
    volume.view === 'sax'
      ? await findHeart({ volume, longAxes: longAxesAmong(study.volumes), ...phases }, segmenterPath, report)
      : undefined
  if (heart === undefined) return described
  for (const { name, content } of heartDrawings(volume, heart)) draw(out, name, content, report)
  const { measures } = heart
  return { value: { ...facts, heart: known(measures) }, text: `${described.text}\n${measuresAsText(measures)}` }
}

async function inspectStore({ path, out, subject }: InspectOptions, report: Report): Promise<Description> {
  using store = await openStore(path)
  if (subject === undefined) {
    checkStore(store, report)
    return describeStore(store)
  }
  const described = describeSubject(store, subject)
  if (out !== undefined) for (const { name, content } of subjectDrawings(store, subject)) draw(out, name, content, report)
  return described
}

async function inspectFolder(options: InspectOptions, report: Report): Promise<Description> {
  const { path } = options
  if (hasStore(path)) return await inspectStore(options, report)
  if (['run.json', 'report.json', join('report', 'report.json')].some((name) => existsSync(join(path, name)))) return describeRun(path)
  try {
    const raw = discover(path)
    return raw.layout === 'one-study' ? await inspectStudy(options, report) : describeRaw(raw)
  } catch (error) {
    // A folder without subjects or images may still be a heap of ECG files; anything else that went wrong is told as it is.
    const isOther = error instanceof CineLeadError && ['cohort/no-subjects', 'cli/no-images'].includes(error.code)
    const found = isOther ? describeEcgFiles(filesUnder(path)) : undefined
    if (found === undefined) throw error
    return found
  }
}

/** DICOM holds waveforms and images alike: what is no waveform is looked at as an image. */
async function inspectDicom(options: InspectOptions, report: Report): Promise<Description> {
  try {
    return inspectEcg(options, report)
  } catch (error) {
    if (error instanceof CineLeadError && error.code === 'formats/dicom-missing') return await inspectStudy(options, report)
    throw error
  }
}

async function describe(options: InspectOptions, report: Report): Promise<Description> {
  const { path } = options
  if (statSync(path).isDirectory()) return await inspectFolder(options, report)
  const name = basename(path).toLowerCase()
  if (/\.nii(\.gz)?$/.test(name)) return await inspectNifti(options, report)
  if (name.endsWith('.zip')) return await inspectStudy(options, report)
  if (name.endsWith('.safetensors')) return describeTensors(path)
  if (name === 'run.json' || name === 'report.json') return describeRun(dirname(path))
  const ecgFormat = recogniseEcgFile(path)
  if (ecgFormat === 'dicom-waveform') return await inspectDicom(options, report)
  if (ecgFormat !== undefined) return inspectEcg(options, report)
  throw fault({
    code: 'cli/unknown',
    where: 'inspect',
    expected: 'an ECG, a DICOM or NIfTI image, a zip of images, a store, a run or a raw folder',
    received: statSync(path).size === 0 ? 'an empty file' : 'a file of another kind',
    hint: 'See docs/formats.md for what is read.',
  })
}

/** Says what `path` is; with `out`, draws it there. */
export async function run(options: InspectOptions, report: Report): Promise<void> {
  const { value, text } = await describe(options, report)
  report.answer(value, text)
}
