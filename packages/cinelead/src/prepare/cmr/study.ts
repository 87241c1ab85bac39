// The images of one visit -> volumes by view: decoys and stills left out, repeated acquisitions settled, slices stacked.
// Hands on: assembleStudy, Study.
import type { Verdict } from '../../base/verdict.ts'
import type { DicomImage } from '../../formats/dicom.ts'
import type { View, Volume } from '../../formats/volume.ts'
import { groupPlanes, isPlaced, type PlaneCine } from './plane-cine.ts'
import { stackPlanes } from './stack.ts'
import { dot, times, unit, type Vector } from './vector.ts'
import { apexDirection, isAlongHeart, isDecoy, longAxisView, viewByName } from './view.ts'

/** What a visit's images gave. `notes` are sentences without any identifier. */
export type Study = { volumes: Volume[]; verdicts: Verdict[]; notes: string[] }

const MIN_CINE_FRAMES = 5 // fewer moments are a scout or a still (project's own choice)
const MIN_STACK_SLICES = 3
const PARALLEL = 0.9998 // cos 1.1 degrees: planes of one stack
const SAME_PLACE_MM = 1

const isParallel = (a: Vector, b: Vector) => Math.abs(dot(unit(a), unit(b))) > PARALLEL

/** Of cines at one place keeps the last acquired, by series number, then time, then identifier. */
function lastAtEachPlace(planes: readonly PlaneCine[]): PlaneCine[] {
  const later = (a: PlaneCine, b: PlaneCine) =>
    a.seriesNumber - b.seriesNumber ||
    (a.images[0].acquisitionSec ?? 0) - (b.images[0].acquisitionSec ?? 0) ||
    (a.seriesUid < b.seriesUid ? -1 : 1)
  const sorted = [...planes].sort(later)
  return sorted.filter((plane, index) => {
    const place = dot(plane.positionMm, unit(plane.normal))
    return !sorted
      .slice(index + 1)
      .some(
        (other) => isParallel(plane.normal, other.normal) && Math.abs(dot(other.positionMm, unit(plane.normal)) - place) < SAME_PLACE_MM,
      )
  })
}

function parallelGroups(planes: readonly PlaneCine[]): PlaneCine[][] {
  const groups: PlaneCine[][] = []
  for (const plane of planes) {
    const { numRows, numColumns } = plane.images[0]
    const group = groups.find(
      ([first]) =>
        isParallel(first.normal, plane.normal) && first.images[0].numRows === numRows && first.images[0].numColumns === numColumns,
    )
    if (group === undefined) groups.push([plane])
    else group.push(plane)
  }
  return groups.sort((a, b) => b.length - a.length)
}

/** The short-axis planes: those named so, else the largest parallel stack that lies across the usual heart. */
function findShortAxis(planes: readonly PlaneCine[], notes: string[]): { planes: PlaneCine[]; isSure: boolean } {
  const named = planes.filter((plane) => viewByName(plane.description) === 'sax')
  if (named.length > 0) {
    const groups = parallelGroups(named).map(lastAtEachPlace)
    const left = groups.slice(1).reduce((sum, group) => sum + group.length, 0)
    if (left > 0) notes.push(`${left} short-axis slices of another direction or matrix were left out`)
    const repeated = named.length - left - groups[0].length
    if (repeated > 0) notes.push(`${repeated} repeated slices: the last acquisition was kept`)
    return { planes: groups[0], isSure: true }
  }
  const silent = planes.filter((plane) => viewByName(plane.description) === undefined)
  const stacks = parallelGroups(silent)
    .map(lastAtEachPlace)
    .filter((group) => group.length >= MIN_STACK_SLICES)
  const along = stacks.find(([first]) => isAlongHeart(first.normal))
  const chosen = along ?? stacks[0]
  if (chosen === undefined) return { planes: [], isSure: false }
  notes.push('short-axis stack told by geometry: series names are silent')
  return { planes: chosen, isSure: along !== undefined }
}

function isCine(plane: PlaneCine): boolean {
  return plane.images.length >= MIN_CINE_FRAMES
}

function lastOfEachView(planes: readonly { plane: PlaneCine; view: View }[]): { plane: PlaneCine; view: View }[] {
  return planes.filter(({ plane, view }) =>
    lastAtEachPlace(planes.filter((one) => one.view === view).map((one) => one.plane)).includes(plane),
  )
}

/**
 * Assembles a visit's images into volumes: one short-axis stack and a volume of one slice for every other cine plane.
 *
 * Views are told by series names, else by geometry. Nothing is repaired in silence: what was left out, decided or filled stands
 * in `notes` and `verdicts`. A study without a short-axis stack has the failed verdict `short-axis`.
 *
 * @param images  Frames of any number of series, any order.
 * @returns       Volumes, the short-axis stack first; frames in time order, slices base to apex.
 */
export function assembleStudy(images: readonly DicomImage[]): Study {
  const notes: string[] = []
  const tell = (count: number, what: string) => count > 0 && notes.push(`${count} ${what}`)
  const cineImages = images.filter((image) => isPlaced(image) && !isDecoy(image.seriesDescription ?? ''))
  tell(images.filter((image) => isDecoy(image.seriesDescription ?? '')).length, 'InlineVF images were left out')
  tell(images.length - images.filter(isPlaced).length, 'images without place or direction were left out')
  const all = groupPlanes(cineImages)
  const planes = all.filter(isCine)
  tell(all.length - planes.length, `planes of fewer than ${MIN_CINE_FRAMES} frames were left out`)
  tell(
    planes.reduce((sum, plane) => sum + plane.numRepeated, 0),
    'frames came twice: the last was kept',
  )
  const shortAxis = findShortAxis(planes, notes)
  const volumes: Volume[] = []
  const verdicts: Verdict[] = []
  let axis: Vector | undefined
  if (shortAxis.planes.length > 0) {
    const stack = stackPlanes(shortAxis.planes, 'sax')
    volumes.push(stack.volume)
    verdicts.push(...stack.verdicts)
    notes.push(stack.note)
    const { normal } = shortAxis.planes[0]
    axis = unit(times(normal, dot(normal, apexDirection) >= 0 ? 1 : -1))
  }
  verdicts.unshift(
    { criterion: 'short-axis', value: shortAxis.planes.length, threshold: 1, ok: shortAxis.planes.length >= 1, onFail: 'drop' },
    { criterion: 'view-certain', value: shortAxis.isSure ? 1 : 0, threshold: 1, ok: shortAxis.isSure, onFail: 'flag' },
  )
  // Planes parallel to the stack are its own repeats or a left-out part of it.
  const others = planes.filter((plane) => axis === undefined || !isParallel(plane.normal, axis))
  const viewed = others.map((plane) => {
    const named = viewByName(plane.description)
    const lies = axis === undefined ? 'other' : longAxisView(plane.normal, axis)
    const view = named ?? lies
    if (named !== undefined && named !== 'other' && lies !== 'other' && named !== lies)
      notes.push(`a plane named ${named} lies like a ${lies} view: the name was kept`)
    return { plane, view: view === 'sax' ? ('other' as const) : view }
  })
  for (const { plane, view } of lastOfEachView(viewed)) {
    const stack = stackPlanes([plane], view)
    volumes.push(stack.volume)
    verdicts.push(...stack.verdicts)
  }
  return { volumes, verdicts, notes }
}
