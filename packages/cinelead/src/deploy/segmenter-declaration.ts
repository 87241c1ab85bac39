// What somebody's segmentation model expects and answers, as a JSON file beside it: which input in which layout, size, spacing and grey scale,
// which output, and which class is which part of the heart. Hands on: readSegmenterDeclaration, SegmenterDeclaration, declarationPath.
// Source: ours; docs/cmr.md has the fields with an example. An ONNX file itself says names and shapes (onnx.proto, ValueInfoProto) but none of the rest.
import { fault } from '../base/errors.ts'
import { cardiacLabels } from '../formats/volume.ts'

/** A part of the heart, or a class that is none of them and counts as background. */
export type ClassName = keyof typeof cardiacLabels | 'other'

/** How intensities of a picture are scaled; percentiles may be those of a square about the picture's middle. */
export type IntensityScale =
  | { kind: 'none' }
  | { kind: 'z-score' }
  | { kind: 'percentiles'; low: number; high: number; middle?: number; ceiling?: number }

/** `B` pictures, `C` channel or class, `Y` rows, `X` columns, in the order of the tensor's axes. */
export type SegmenterDeclaration = {
  input: {
    name: string
    layout: 'BCYX' | 'BYXC'
    /** Rows and columns of the picture; or what both must divide by. */
    size: readonly [number, number] | { multipleOf: number }
    /** Distance of the picture's rows and columns; absent: the scanner's own. */
    spacingMm?: readonly [number, number]
    intensity: IntensityScale
  }
  output: {
    name: string
    /** Three axes hold the classes' numbers, four hold a score for each class. */
    layout: 'BCYX' | 'BYXC' | 'BYX'
    /** What class 0, 1, … is. */
    classes: readonly ClassName[]
  }
}

const MAX_SIZE = 4096
const CLASS_NAMES: readonly string[] = [...Object.keys(cardiacLabels), 'other']

/** `heart.onnx` is declared in `heart.json`. */
export function declarationPath(modelPath: string): string {
  return modelPath.replace(/\.onnx$/i, '.json')
}

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isName = (value: unknown) => typeof value === 'string' && value !== ''
const isPositive = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value > 0
const isSize = (value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_SIZE
const isPairOf = (isOne: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every((one) => isOne(one))

function isIntensity(value: unknown): boolean {
  if (!isFields(value)) return false
  const { kind, low, high, middle, ceiling } = value
  if (kind === 'none' || kind === 'z-score') return true
  const areShares = typeof low === 'number' && typeof high === 'number' && low >= 0 && low < high && high <= 100
  return kind === 'percentiles' && areShares && (middle === undefined || isSize(middle)) && (ceiling === undefined || isPositive(ceiling))
}

/** Names of known parts, each label once. */
function areClasses(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every((name) => CLASS_NAMES.includes(name as string))) return false
  return Object.keys(cardiacLabels).every((label) => value.filter((name) => name === label).length === 1)
}

/** Every rule with its name: all that are broken are told at once. */
const rules: readonly [path: string, expected: string, isSound: (value: unknown) => boolean][] = [
  ['input.name', 'a name', isName],
  ['input.layout', 'BCYX or BYXC', (value) => value === 'BCYX' || value === 'BYXC'],
  [
    'input.size',
    '[rows, columns] or { "multipleOf": number }',
    (value) => isPairOf(isSize)(value) || (isFields(value) && isSize(value.multipleOf)),
  ],
  ['input.spacingMm', '[rows, columns] in mm, or absent', (value) => value === undefined || isPairOf(isPositive)(value)],
  ['input.intensity', 'kind none, z-score or percentiles with low and high', isIntensity],
  ['output.name', 'a name', isName],
  ['output.layout', 'BCYX, BYXC or BYX', (value) => value === 'BCYX' || value === 'BYXC' || value === 'BYX'],
  ['output.classes', `${Object.keys(cardiacLabels).join(', ')} once each in the model's order, and other`, areClasses],
]

/**
 * Reads a declaration.
 *
 * @param bytes  JSON in UTF-8.
 * @throws       deploy/segmenter-declaration, naming every field that is missing or wrong.
 */
export function readSegmenterDeclaration(bytes: Uint8Array): SegmenterDeclaration {
  const refuse = (expected: string, received: string, cause?: unknown) =>
    fault({
      code: 'deploy/segmenter-declaration',
      where: 'readSegmenterDeclaration',
      expected,
      received,
      hint: 'See docs/cmr.md for an example.',
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw refuse('JSON', 'something else', error)
  }
  const at = (path: string) => path.split('.').reduce<unknown>((fields, key) => (isFields(fields) ? fields[key] : undefined), value)
  const broken = rules.filter(([path, , isSound]) => !isSound(at(path)))
  if (broken.length === 0) return value as SegmenterDeclaration
  const tell = (path: string) => (at(path) === undefined ? `no ${path}` : `${path} ${JSON.stringify(at(path)).slice(0, 80)}`)
  throw refuse(broken.map(([path, expected]) => `${path}: ${expected}`).join('; '), broken.map(([path]) => tell(path)).join(', '))
}
