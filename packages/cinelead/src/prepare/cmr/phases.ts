// Which frames are end-diastole and end-systole: sought on the middle slice over the whole cine, confirmed on the whole stack.
// Hands on: findPhases, Phases. How a curve tells them: beat.ts.
import { fault } from '../../base/errors.ts'
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { endedVolumes } from './base-plane.ts'
import { beatShares, endDiastole, endSystole, restShare } from './beat.ts'
import { cleanLabels } from './clean-labels.ts'
import { type HeartVolumes, volumesOf } from './measure.ts'
import type { Segmenter } from './prepared-cine.ts'
import { sliceStack } from './slice-stack.ts'
import { agreedEndSystole, middleCurve, stackCurve } from './slice-curves.ts'
import { usualTurn } from './usual-turn.ts'
import { cutVolumes } from './valve-plane.ts'

// By so much less cavity a frame beside the one that slices of different beats name on the mean must show to be end-systole in its place
// (project's own choice).
const CLEARLY_LESS = 0.05

/** A phase; its LV ends at the valve plane that long axes show (base-plane.ts), or at the likely one (valve-plane.ts). */
export type PhaseLabels = {
  frame: number
  labels_ZYX: Uint8Array
  volumes: HeartVolumes
  /** Share of what the network labelled as LV and wall that cleaning left: near 1 where it labelled one heart. */
  keptFraction: number
  /** Slices within the heart in which no LV was found and whose ring is drawn from their neighbours. */
  numFilled: number
}

export type Phases = {
  ed: PhaseLabels
  es: PhaseLabels
  /** LV cavity of the searched slice, or of all slices that show it throughout when every frame was segmented. Shape [F]. */
  curve_F: Float64Array
  /** Frames whose whole stack was segmented. */
  segmentedFrames: readonly number[]
  /** Long axes that told the valve plane in both phases; undefined where none was given or the segmenter reads none. */
  numLongAxesRead?: number
}

export type PhaseSearch = {
  /** `middle`: one slice over time, then the two stacks. `whole`: every slice of every frame. */
  search: 'middle' | 'whole'
  /** Frames the user knows better. */
  edFrame?: number
  esFrame?: number
  /** Cines of one slice that may hold the LV's axis: where they and the segmenter can tell the valve plane, the LV ends there. */
  longAxes?: readonly Volume[]
}

/** The segmenter fitted to a study's first moment and shown it the usual way round, where it can be fitted; asked again, the same. */
export function fittedTo(volume: Volume, segmenter: Segmenter): Segmenter {
  if (segmenter.fitTo === undefined) return segmenter
  const [, numSlices, numRows, numColumns] = volume.shape
  const [, rowMm, columnMm] = volume.spacingMm
  const turn = usualTurn(volume)
  const fitted = segmenter.fitTo(...turn.shown(sliceStack(volume, 0), [numSlices, numRows, numColumns], [rowMm, columnMm]))
  return async (...stored) => turn.stored(await fitted(...turn.shown(...stored)))
}

function keptFraction(raw_ZYX: Uint8Array, clean_ZYX: Uint8Array): number {
  const { lvCavity, myocardium } = cardiacLabels
  const isHeart = (label: number) => label === lvCavity || label === myocardium
  let [labelled, kept] = [0, 0]
  for (let at = 0; at < raw_ZYX.length; at++) {
    if (!isHeart(raw_ZYX[at])) continue
    labelled++
    if (isHeart(clean_ZYX[at])) kept++
  }
  return labelled === 0 ? 0 : kept / labelled
}

async function labelFrame(volume: Volume, frame: number, segmenter: Segmenter): Promise<PhaseLabels> {
  const [, numSlices, numRows, numColumns] = volume.shape
  const [sliceMm, rowMm, columnMm] = volume.spacingMm
  const shape = [numSlices, numRows, numColumns] as const
  const raw_ZYX = await segmenter(sliceStack(volume, frame), shape, [rowMm, columnMm])
  const filled: number[] = []
  const labels_ZYX = cleanLabels(raw_ZYX, shape, [rowMm, columnMm], { sliceMm, filled })
  const volumes = volumesOf(labels_ZYX, volume.spacingMm)
  return { frame, labels_ZYX, volumes, keptFraction: keptFraction(raw_ZYX, labels_ZYX), numFilled: filled.length }
}

function noHeart(received: string) {
  return fault({
    code: 'prepare/cmr-no-heart',
    where: 'findPhases',
    expected: 'a left ventricle in the short-axis stack',
    received,
    hint: 'Look at the study: is it a short-axis cine of a heart, and does the segmenter fit it?',
  })
}

function expectFrameIndex(frame: number | undefined, numFrames: number, name: string): void {
  if (frame === undefined || (Number.isInteger(frame) && frame >= 0 && frame < numFrames)) return
  throw fault({
    code: 'prepare/cmr-frame',
    where: 'findPhases',
    expected: `${name} from 0 to ${numFrames - 1}`,
    received: String(frame),
    hint: 'Frames count from zero.',
  })
}

/**
 * A frame, or the one beside it in which the whole stack holds clearly less: where filling is fast and frames are far apart, slices
 * whose beats were short have filled by half on the frame that the mean of all names.
 */
async function emptiestBeside(frame: number, numFrames: number, labelsOf: (frame: number) => Promise<PhaseLabels>): Promise<number> {
  let [emptiest, leastMl] = [frame, (1 - CLEARLY_LESS) * (await labelsOf(frame)).volumes.lvMl]
  for (const beside of [frame - 1, frame + 1]) {
    const { lvMl } = (await labelsOf((beside + numFrames) % numFrames)).volumes
    if (lvMl < leastMl) [emptiest, leastMl] = [(beside + numFrames) % numFrames, lvMl]
  }
  return emptiest
}

/**
 * Finds end-diastole and end-systole of a short-axis stack.
 *
 * The middle slice is tried first, then the slices beside it, for one that shows the LV in at least half of the frames. Where the
 * stacks of the two frames that it names do not agree that the LV has emptied, every slice of every frame is searched.
 *
 * @throws prepare/cmr-no-heart when no slice does, or the confirmed stacks hold no LV cavity; prepare/cmr-frame.
 */
export async function findPhases(volume: Volume, anySegmenter: Segmenter, options: PhaseSearch): Promise<Phases> {
  const [numFrames, numSlices] = volume.shape
  const segmenter = fittedTo(volume, anySegmenter)
  expectFrameIndex(options.edFrame, numFrames, 'edFrame')
  expectFrameIndex(options.esFrame, numFrames, 'esFrame')
  const labelled = new Map<number, PhaseLabels>()
  const labelsOf = async (frame: number): Promise<PhaseLabels> => {
    const held = labelled.get(frame) ?? (await labelFrame(volume, frame, segmenter))
    labelled.set(frame, held)
    return held
  }
  const share_F = beatShares(volume)
  const choose = async (curve_F: Float64Array, z: number | undefined): Promise<Phases> => {
    const edFrame = options.edFrame ?? endDiastole(curve_F, share_F)
    const systole = endSystole(curve_F, share_F, edFrame, restShare(volume.heartRateBpm))
    const agreed = async () => {
      if (z === undefined) return systole.frame
      const { frame, isAgreed } = await agreedEndSystole(volume, z, systole, share_F, edFrame, segmenter)
      return isAgreed ? frame : emptiestBeside(frame, numFrames, labelsOf)
    }
    const esFrame = options.esFrame ?? (await agreed())
    const [ed, es] = [await labelsOf(edFrame), await labelsOf(esFrame)]
    return { ed, es, curve_F, segmentedFrames: [...labelled.keys()].sort((a, b) => a - b) }
  }
  const isNamed = options.edFrame !== undefined && options.esFrame !== undefined
  const middle = options.search === 'middle' ? await middleCurve(volume, segmenter) : undefined
  if (options.search === 'middle' && middle === undefined) throw noHeart('none in the middle slices')
  let found = middle === undefined ? undefined : await choose(middle.curve_F, middle.z)
  if (found === undefined || (!isNamed && found.es.volumes.lvMl >= found.ed.volumes.lvMl)) {
    const labels_F: Uint8Array[] = []
    for (let frame = 0; frame < numFrames; frame++) labels_F.push((await labelsOf(frame)).labels_ZYX)
    found = await choose(stackCurve(labels_F, numSlices), undefined)
  }
  if (found.ed.volumes.lvMl <= 0 || found.es.volumes.lvMl <= 0) throw noHeart('an empty cavity')
  const { ed, es } = found
  if (ed.frame === es.frame) return found
  const { longAxes = [] } = options
  const reader = anySegmenter.alongHeart
  const isRead = reader !== undefined && longAxes.length > 0
  const seen = isRead ? await endedVolumes(volume, found, longAxes, reader) : undefined
  const ended = seen ?? cutVolumes(ed.labels_ZYX, es.labels_ZYX, numSlices, volume.spacingMm)
  const numLongAxesRead = isRead ? (seen?.numViews ?? 0) : undefined
  return { ...found, ed: { ...ed, volumes: ended.ed }, es: { ...es, volumes: ended.es }, numLongAxesRead }
}
