// Truth: pixels of the decoded PNG, by construction of the slices.
import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { cineContactSheet, labelColours, slicePicture } from './slice-picture.ts'

const options = { numRows: 4, numColumns: 5, zoom: 1, tilesAcross: 2 }
const ramp = Float32Array.from({ length: 20 }, (_, index) => index)

function pixel(png: Uint8Array, x: number, y: number): number[] {
  const { data, width } = decode(png)
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

describe('slicePicture', () => {
  it('lays tiles side by side and shows the range from black to white', () => {
    const png = slicePicture([{ slice_YX: ramp }, { slice_YX: ramp }, { slice_YX: ramp }], { ...options, range: [0, 19] })
    const { width, height } = decode(png)
    expect([width, height]).toEqual([12, 10])
    expect(pixel(png, 0, 0)).toEqual([0, 0, 0])
    expect(pixel(png, 4, 3)).toEqual([255, 255, 255])
    expect(pixel(png, 11, 3)).toEqual([255, 255, 255])
    expect(pixel(png, 11, 9)).toEqual([0, 0, 0])
  })

  it('draws the edge of a label in its colour and leaves its inside grey', () => {
    const labels_YX = new Uint8Array(49)
    for (let y = 1; y <= 5; y++) for (let x = 1; x <= 5; x++) labels_YX[y * 7 + x] = 1
    const png = slicePicture([{ slice_YX: new Float32Array(49).fill(1), labels_YX }], {
      numRows: 7,
      numColumns: 7,
      zoom: 1,
      tilesAcross: 1,
      range: [0, 2],
    })
    expect(pixel(png, 1, 3)).toEqual(labelColours[1])
    expect(pixel(png, 3, 3)).toEqual([128, 128, 128])
    expect(pixel(png, 0, 0)).toEqual([128, 128, 128])
  })

  it('refuses tiles of another shape', () => {
    expect(() => slicePicture([{ slice_YX: ramp.subarray(1) }], options)).toThrow(/report\/picture-shape/)
  })
})

describe('cineContactSheet', () => {
  it('puts end-diastole above end-systole', () => {
    const ed_ZYX = new Float32Array(40).fill(5)
    ed_ZYX[0] = 0
    const png = cineContactSheet(
      { ed_ZYX, es_ZYX: new Float32Array(40), edLabels_ZYX: new Uint8Array(40), esLabels_ZYX: new Uint8Array(40) },
      [2, 4, 5],
      2,
    )
    const { width, height } = decode(png)
    expect([width, height]).toEqual([22, 18])
  })
})
