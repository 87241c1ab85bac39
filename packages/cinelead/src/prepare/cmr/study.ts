// The images of one visit -> volumes by view: decoys and stills left out, repeated acquisitions settled, slices stacked.
// Hands on: assembleStudy, Study.
import type { Verdict } from '../../base/verdict.ts'
import type { DicomImage } from '../../formats/dicom.ts'
import type { View, Volume } from '../../formats/volume.ts'
import { groupPlanes, isOverManyBeats, isPlaced, type PlaneCine } from './plane-cine.ts'
import { regridPlane } from './regrid.ts'
import { stackPlanes } from './stack.ts'
import { dot, times, unit, type Vector } from './vector.ts'
import { apexDirection, isAlongHeart, isDecoy, isOddKind, longAxisView, viewByName } from './view.ts'

/** What a visit's images gave. `notes` are sentences without any identifier. */
export type Study = { volumes: Volume[]; verdicts: Verdict[]; notes: string[] }

const MIN_CINE_FRAMES = 5 // fewer moments are a scout or a still (project's own choice), unless there is nothing else
const MIN_STACK_SLICES = 3
const PARALLEL = 0.9998 // cos 1.1 degrees: planes of one stack
const SAME_PLACE_MM = 1
const SAME_TURN = 0.05 // of direction cosines, about 3 degrees

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

function groupBy<T>(items: readonly T[], isSame: (a: T, b: T) => boolean): T[][] {
  const groups: T[][] = []
  for (const item of items) {
    const group = groups.find(([first]) => isSame(first, item))
    if (group === undefined) groups.push([item])
    else group.push(item)
  }
  return groups.sort((a, b) => b.length - a.length)
}

/** Planes that can be one stack: parallel and of one frame of reference, where scanners or whoever took out names left one. */
function parallelGroups(planes: readonly PlaneCine[]): PlaneCine[][] {
  const parallel = groupBy(planes, (a, b) => isParallel(a.normal, b.normal))
  return parallel
    .flatMap((group) => {
      const placed = groupBy(group, (a, b) => a.frameOfReferenceUid === b.frameOfReferenceUid)
      return placed[0].length >= MIN_STACK_SLICES ? placed : [group]
    })
    .sort((a, b) => b.length - a.length)
}

/** Same matrix, same spacing, same turn within the plane. */
function hasSamePixels(a: DicomImage, b: DicomImage): boolean {
  const isNear = (one: readonly number[] = [], other: readonly number[] = [], within: number) =>
    one.every((value, index) => Math.abs(value - other[index]) < within)
  const hasMatrix = a.numRows === b.numRows && a.numColumns === b.numColumns
  return hasMatrix && isNear(a.pixelSpacingMm, b.pixelSpacingMm, 0.01) && isNear(a.orientation, b.orientation, SAME_TURN)
}

/** Of parallel planes the stack: those of the most frequent matrix, and others brought onto it where they fill a place it has not. */
function stackOf(planes: readonly PlaneCine[], notes: string[]): PlaneCine[] {
  const matrices = groupBy(planes, (a, b) => hasSamePixels(a.images[0], b.images[0]))
  const [most, ...others] = matrices.map(lastAtEachPlace)
  const normal = unit(most[0].normal)
  const place = ({ positionMm }: PlaneCine) => dot(positionMm, normal)
  const places = most.map(place).sort((a, b) => a - b)
  const steps = places.slice(1).map((at, index) => at - places[index])
  const aloneMm = steps.length === 0 ? 0 : Math.min(...steps) / 2
  const filling = lastAtEachPlace(others.flat()).filter(
    (plane) => most.length >= MIN_STACK_SLICES && places.every((at) => Math.abs(at - place(plane)) > aloneMm),
  )
  if (filling.length > 0) notes.push(`${filling.length} slices of another matrix were brought onto that of the others`)
  const left = others.flat().length - filling.length
  if (left > 0) notes.push(`${left} parallel planes of another matrix were left out`)
  const repeated = matrices[0].length - most.length
  if (repeated > 0) notes.push(`${repeated} repeated slices: the last acquisition was kept`)
  return [...most, ...filling.map((plane) => regridPlane(plane, most[0]))]
}

/** The short-axis planes: those named so, else the largest parallel stack that lies across the usual heart. */
function findShortAxis(planes: readonly PlaneCine[], notes: string[]): { planes: PlaneCine[]; isSure: boolean } {
  const named = planes.filter((plane) => viewByName(plane.description) === 'sax')
  if (named.length > 0) {
    const [chosen, ...others] = parallelGroups(named)
    if (others.length > 0) notes.push(`${others.flat().length} short-axis slices of another direction or frame of reference were left out`)
    return { planes: stackOf(chosen, notes), isSure: true }
  }
  const silent = planes.filter((plane) => viewByName(plane.description) === undefined)
  const stacks = parallelGroups(silent).filter((group) => lastAtEachPlace(group).length >= MIN_STACK_SLICES)
  const along = stacks.find(([first]) => isAlongHeart(first.normal))
  const chosen = along ?? stacks[0]
  if (chosen === undefined) return { planes: [], isSure: false }
  notes.push('short-axis stack told by geometry: series names are silent')
  return { planes: stackOf(chosen, notes), isSure: along !== undefined }
}

/** The planes that show a beat. Where there is none, a study of single moments is taken as it is. */
function cinesAmong(all: readonly PlaneCine[], notes: string[]): PlaneCine[] {
  const moving = all.filter(({ images }) => images.length >= MIN_CINE_FRAMES)
  const stills = all.length - moving.length
  if (moving.length === 0) {
    const isStack = parallelGroups(all).some((group) => lastAtEachPlace(group).length >= MIN_STACK_SLICES)
    if (stills > 0)
      notes.push(
        `${stills} planes of fewer than ${MIN_CINE_FRAMES} frames ${isStack ? 'were taken as they are: there is no cine' : 'were left out'}`,
      )
    return isStack ? [...all] : []
  }
  if (stills > 0) notes.push(`${stills} planes of fewer than ${MIN_CINE_FRAMES} frames were left out`)
  const cines = moving.filter((plane) => !isOverManyBeats(plane))
  if (cines.length === 0) return moving
  const overBeats = moving.length - cines.length
  if (overBeats > 0) notes.push(`${overBeats} planes that run over many beats were left out`)
  return cines
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
  const isDrawn = (image: DicomImage) => isDecoy(image.seriesDescription ?? '')
  const isOdd = (image: DicomImage) => !isDrawn(image) && isOddKind(image.imageTypes)
  const cineImages = images.filter((image) => isPlaced(image) && !isDrawn(image) && !isOdd(image))
  tell(images.filter(isDrawn).length, 'InlineVF images were left out')
  tell(images.filter(isOdd).length, 'images of velocities and mosaics were left out')
  tell(images.length - images.filter(isPlaced).length, 'images without place or direction were left out')
  const planes = cinesAmong(groupPlanes(cineImages), notes)
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
