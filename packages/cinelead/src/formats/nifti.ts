// NIfTI-1 and -2 images (.nii, .nii.gz) <-> stacks over time, and label maps in another image's own geometry.
// Hands on: readNifti, writeNifti, NiftiImage.
// Source: the NIfTI-1.1 header (nifti1.h, nifti.nimh.nih.gov); reading by nifti-reader-js. NIfTI's directions are RAS, ours DICOM's LPS:
// x and y change sign.
import { gunzipSync, gzipSync } from 'node:zlib'
import { isNIFTI, isNIFTI2, type NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js'
import { type CineLeadError, fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'

/** An image of one to four axes as [F, Z, Y, X]. */
export type NiftiImage = {
  shape: readonly [number, number, number, number]
  /** Values after the header's slope and intercept. Shape [F, Z, Y, X]. */
  voxels_FZYX: Float32Array | Int16Array | Uint16Array | Uint8Array
  /** Distance of slices, rows, columns. */
  spacingMm: readonly [number, number, number]
  /** Time between frames; undefined where the header is silent. */
  frameStepMs?: number
  /** Row-major 4 x 4 from voxel [x, y, z, 1] to LPS mm. */
  affine: Float64Array
  /** Whether the header says how the image lies in the scanner; otherwise `affine` holds the spacing alone. */
  hasOrientation: boolean
  /** The file's own header, for writing another image in the same geometry; 348 (or 540) bytes. */
  header: Uint8Array
}

const MAX_INFLATED_BYTES = 4 * 1024 * 1024 * 1024
const HEADER_BYTES = 348 // nifti1.h
const VOX_OFFSET = 352
const UINT8 = 2
const INT16 = 4
const INT32 = 8
const FLOAT32 = 16
const FLOAT64 = 64
const INT8 = 256
const UINT16 = 512
const UINT32 = 768

function niftiFault(what: string, expected: string, received: string, cause?: unknown): CineLeadError {
  const hint = 'Is this a NIfTI image (.nii or .nii.gz) of one scan? Write it again with the tool it came from.'
  return fault({ code: `formats/nifti-${what}`, where: 'readNifti', expected, received, hint, cause })
}

function plainBytes(bytes: Uint8Array): ArrayBuffer {
  const isPacked = bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b
  try {
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }) : bytes
    return plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.byteLength) as ArrayBuffer
  } catch (error) {
    throw niftiFault('gzip', 'a sound gzip stream', 'one that breaks off or is too large', error)
  }
}

function parseHeader(buffer: ArrayBuffer): NIFTI1 | NIFTI2 {
  if (buffer.byteLength < HEADER_BYTES || !isNIFTI(buffer)) throw niftiFault('magic', 'a NIfTI-1 or NIfTI-2 header', 'none')
  try {
    return readHeader(buffer)
  } catch (error) {
    throw niftiFault('header', 'a sound header', 'one that breaks off', error)
  }
}

function shapeOf(header: NIFTI1 | NIFTI2): [number, number, number, number] {
  const [numAxes, ...sizes] = header.dims
  const size = (axis: number) => (axis < numAxes ? sizes[axis] : 1)
  const rest = sizes.slice(4, numAxes).every((count) => count <= 1)
  const shape = [size(3), size(2), size(1), size(0)] as [number, number, number, number]
  const isSound = numAxes >= 2 && numAxes <= 7 && rest && shape.every((count) => Number.isInteger(count) && count >= 1)
  if (!isSound || shape.reduce((product, count) => product * count, 1) > 2 ** 31)
    throw niftiFault('shape', 'two to four axes with at least one voxel', `${numAxes} axes of ${sizes.slice(0, 7).join(' x ')}`)
  return shape
}

type Values = ArrayLike<number> & { length: number }

/** The stored numbers in this machine's byte order. */
function storedValues(header: NIFTI1 | NIFTI2, buffer: ArrayBuffer, count: number): Values {
  const types: Record<number, (new (buffer: ArrayBuffer) => Values) & { BYTES_PER_ELEMENT: number }> = {
    [UINT8]: Uint8Array,
    [INT8]: Int8Array,
    [INT16]: Int16Array,
    [UINT16]: Uint16Array,
    [INT32]: Int32Array,
    [UINT32]: Uint32Array,
    [FLOAT32]: Float32Array,
    [FLOAT64]: Float64Array,
  }
  const Type = types[header.datatypeCode]
  if (Type === undefined) throw niftiFault('datatype', 'integers or floats of 8 to 64 bits', `datatype ${header.datatypeCode}`)
  const itemBytes = Type.BYTES_PER_ELEMENT
  const start = Math.floor(header.vox_offset)
  if (!(start >= 0) || start + count * itemBytes > buffer.byteLength)
    throw niftiFault('length', `${count} voxels of ${itemBytes} bytes`, `${inBytes(buffer.byteLength)} in all`)
  const raw = buffer.slice(start, start + count * itemBytes)
  if (!header.littleEndian) {
    const bytes = Buffer.from(raw)
    if (itemBytes === 2) bytes.swap16()
    if (itemBytes === 4) bytes.swap32()
    if (itemBytes === 8) bytes.swap64()
  }
  return new Type(raw)
}

function rescaled(values: Values, header: NIFTI1 | NIFTI2): NiftiImage['voxels_FZYX'] {
  const { scl_slope, scl_inter } = header
  // nifti1.h: a slope of zero means that the values are as they stand.
  const isPlain = !Number.isFinite(scl_slope) || scl_slope === 0 || (scl_slope === 1 && scl_inter === 0)
  const isKept =
    values instanceof Uint8Array || values instanceof Int16Array || values instanceof Uint16Array || values instanceof Float32Array
  if (isPlain && isKept && !(values instanceof Float32Array)) return values
  const slope = isPlain ? 1 : scl_slope
  const inter = !isPlain && Number.isFinite(scl_inter) ? scl_inter : 0
  const scaled_FZYX = new Float32Array(values.length)
  let darkest = Number.POSITIVE_INFINITY
  for (let at = 0; at < values.length; at++) {
    scaled_FZYX[at] = values[at] * slope + inter
    if (Number.isFinite(scaled_FZYX[at]) && scaled_FZYX[at] < darkest) darkest = scaled_FZYX[at]
  }
  // What is no number (resampling leaves it outside the picture) is as dark as the darkest voxel.
  if (!Number.isFinite(darkest)) darkest = 0
  for (let at = 0; at < scaled_FZYX.length; at++) if (!Number.isFinite(scaled_FZYX[at])) scaled_FZYX[at] = darkest
  return scaled_FZYX
}

/** The affine to LPS mm; without a code in the header, spacing alone. */
function geometry(header: NIFTI1 | NIFTI2, unitMm: number): { affine: Float64Array; hasOrientation: boolean } {
  const hasOrientation = header.qform_code > 0 || header.sform_code > 0
  const affine = new Float64Array(16)
  affine[15] = 1
  for (let row = 0; row < 3; row++) {
    const sign = row < 2 ? -1 : 1
    for (let column = 0; column < 4; column++) {
      const value = hasOrientation
        ? Number(header.affine[row][column])
        : row === column
          ? sign * Math.abs(Number(header.pixDims[row + 1]))
          : 0
      affine[row * 4 + column] = sign * value * unitMm
    }
  }
  return { affine, hasOrientation }
}

/**
 * Reads a NIfTI image of two to four axes.
 *
 * @param bytes  .nii or .nii.gz, NIfTI-1 or -2, either byte order.
 * @throws       formats/nifti-* : gzip, magic, header, shape, datatype, length, spacing.
 *
 * Checked: nibabel 5.0.0 on oblique sform and qform images, nifti.test.ts
 */
export function readNifti(bytes: Uint8Array): NiftiImage {
  const buffer = plainBytes(bytes)
  const header = parseHeader(buffer)
  const shape = shapeOf(header)
  const count = shape.reduce((product, size) => product * size, 1)
  const units = header.xyzt_units & 7
  const unitMm = units === 1 ? 1000 : units === 3 ? 0.001 : 1 // metre, micrometre; else millimetre
  const pixel = header.pixDims.map((value) => Math.abs(Number(value)))
  const spacingMm = [pixel[3] || 1, pixel[2], pixel[1]].map((value) => value * unitMm) as [number, number, number]
  if (!spacingMm.every((value) => value > 0 && Number.isFinite(value)))
    throw niftiFault('spacing', 'voxels larger than nothing', pixel.slice(1, 4).join(' x '))
  const timeUnits = header.xyzt_units & 56
  const unitMs = timeUnits === 16 ? 1 : timeUnits === 24 ? 0.001 : 1000 // milli-, microsecond; else second
  const { affine, hasOrientation } = geometry(header, unitMm)
  return {
    shape,
    voxels_FZYX: rescaled(storedValues(header, buffer, count), header),
    spacingMm,
    frameStepMs: shape[0] > 1 && pixel[4] > 0 ? pixel[4] * unitMs : undefined,
    affine,
    hasOrientation,
    header: new Uint8Array(buffer.slice(0, isNIFTI2(buffer) ? 540 : HEADER_BYTES)),
  }
}

/** What `writeNifti` writes; a label map has bytes, a picture 16-bit integers or floats. */
export type WritableNifti = Pick<NiftiImage, 'shape' | 'voxels_FZYX' | 'spacingMm' | 'affine'> & { frameStepMs?: number }

function quaternionOf(affine: Float64Array, spacing: readonly number[]): { b: number; c: number; d: number; qfac: number } {
  // Columns of a rotation in RAS; a left-handed stack has its third column turned and qfac -1 (nifti1.h, method 2).
  const r = [0, 1, 2].map((row) => [0, 1, 2].map((column) => ((row < 2 ? -1 : 1) * affine[row * 4 + column]) / spacing[column]))
  const determinant =
    r[0][0] * (r[1][1] * r[2][2] - r[1][2] * r[2][1]) -
    r[0][1] * (r[1][0] * r[2][2] - r[1][2] * r[2][0]) +
    r[0][2] * (r[1][0] * r[2][1] - r[1][1] * r[2][0])
  const qfac = determinant < 0 ? -1 : 1
  for (const row of r) row[2] *= qfac
  const b = Math.sqrt(Math.max(0, 1 + r[0][0] - r[1][1] - r[2][2])) / 2
  const c = Math.sqrt(Math.max(0, 1 - r[0][0] + r[1][1] - r[2][2])) / 2
  const d = Math.sqrt(Math.max(0, 1 - r[0][0] - r[1][1] + r[2][2])) / 2
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d))
  if (a > 1e-6)
    return {
      b: b * Math.sign(r[2][1] - r[1][2] || 1),
      c: c * Math.sign(r[0][2] - r[2][0] || 1),
      d: d * Math.sign(r[1][0] - r[0][1] || 1),
      qfac,
    }
  // A half turn: signs follow from the products of the axis.
  if (b >= c && b >= d) return { b, c: c * Math.sign(r[0][1] + r[1][0] || 1), d: d * Math.sign(r[0][2] + r[2][0] || 1), qfac }
  if (c >= d) return { b: b * Math.sign(r[0][1] + r[1][0] || 1), c, d: d * Math.sign(r[1][2] + r[2][1] || 1), qfac }
  return { b: b * Math.sign(r[0][2] + r[2][0] || 1), c: c * Math.sign(r[1][2] + r[2][1] || 1), d, qfac }
}

/**
 * Writes a NIfTI-1 image with its place in the scanner as sform and, where columns stand at right angles, as qform.
 *
 * @param image     Voxels as bytes, 16-bit integers or floats; `affine` in LPS as everywhere in the program.
 * @param isPacked  True for .nii.gz.
 */
export function writeNifti(image: WritableNifti, isPacked = true): Uint8Array {
  const { shape, voxels_FZYX, affine, spacingMm, frameStepMs } = image
  const [numFrames, numSlices, numRows, numColumns] = shape
  const count = numFrames * numSlices * numRows * numColumns
  if (voxels_FZYX.length !== count)
    throw fault({
      code: 'formats/nifti-length',
      where: 'writeNifti',
      expected: `${count} voxels`,
      received: `${voxels_FZYX.length}`,
      hint: 'Give every voxel of the shape.',
    })
  const bytes = new Uint8Array(VOX_OFFSET + voxels_FZYX.byteLength)
  const view = new DataView(bytes.buffer)
  const type =
    voxels_FZYX instanceof Uint8Array
      ? UINT8
      : voxels_FZYX instanceof Int16Array
        ? INT16
        : voxels_FZYX instanceof Uint16Array
          ? UINT16
          : FLOAT32
  const lengths = [0, 1, 2].map((column) => Math.hypot(affine[column], affine[4 + column], affine[8 + column]))
  const isPlaced = lengths.every((length) => length > 0)
  const spacing = isPlaced ? lengths : [spacingMm[2], spacingMm[1], spacingMm[0]]
  view.setInt32(0, HEADER_BYTES, true)
  const dims = [numFrames > 1 ? 4 : 3, numColumns, numRows, numSlices, numFrames, 1, 1, 1]
  for (const [index, dim] of dims.entries()) view.setInt16(40 + 2 * index, dim, true)
  view.setInt16(70, type, true)
  view.setInt16(72, voxels_FZYX.BYTES_PER_ELEMENT * 8, true)
  const { b, c, d, qfac } = isPlaced ? quaternionOf(affine, spacing) : { b: 0, c: 0, d: 0, qfac: 1 }
  const pixDims = [qfac, ...spacing, (frameStepMs ?? 0) / 1000]
  for (const [index, value] of pixDims.entries()) view.setFloat32(76 + 4 * index, value, true)
  view.setFloat32(108, VOX_OFFSET, true)
  view.setFloat32(112, 1, true)
  bytes[123] = 2 + 8 // millimetres, seconds
  if (isPlaced) {
    view.setInt16(252, 1, true)
    view.setInt16(254, 1, true)
    for (const [index, value] of [b, c, d, -affine[3], -affine[7], affine[11]].entries()) view.setFloat32(256 + 4 * index, value, true)
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 4; column++)
        view.setFloat32(280 + 16 * row + 4 * column, (row < 2 ? -1 : 1) * affine[row * 4 + column], true)
  }
  bytes.set([0x6e, 0x2b, 0x31, 0], 344) // n+1
  bytes.set(new Uint8Array(voxels_FZYX.buffer, voxels_FZYX.byteOffset, voxels_FZYX.byteLength), VOX_OFFSET)
  return isPacked ? new Uint8Array(gzipSync(bytes)) : bytes
}
