// A drawing as a PNG: lines with soft edges, words as strokes. Hands on: toPng.
// A pixel takes a line's colour by how far its middle lies within half the line's width of it: distance to each segment, the nearest counts.
import { encode } from 'fast-png'
import type { Colour, Drawing, Line, Words } from './drawing.ts'
import { strokesOf, wordWidthMm } from './stroke-font.ts'

const PIXELS_PER_MM = 8 // 203 to the inch: a small square of ECG paper is 8 pixels wide
const WORD_STROKE = 0.08 // of the type size
const BOLD_STROKE = 0.12

type Canvas = { width: number; height: number; pixels: Uint8Array; coverage: Float32Array }

/** PNG bytes, 8 bits a channel; the same for the same drawing. */
export function toPng(drawing: Drawing): Uint8Array {
  const [width, height] = [drawing.widthMm, drawing.heightMm].map((mm) => Math.round(mm * PIXELS_PER_MM))
  const canvas = { width, height, pixels: new Uint8Array(width * height * 3), coverage: new Float32Array(width * height) }
  const [red, green, blue] = channelsOf(drawing.paper)
  for (let at = 0; at < canvas.pixels.length; at += 3) {
    canvas.pixels[at] = red
    canvas.pixels[at + 1] = green
    canvas.pixels[at + 2] = blue
  }
  for (const { stepMm, widthMm, colour } of drawing.rulings) {
    for (let mm = 0; mm <= drawing.widthMm; mm += stepMm) stroke(canvas, [[mm, 0, mm, drawing.heightMm]], widthMm, colour)
    for (let mm = 0; mm <= drawing.heightMm; mm += stepMm) stroke(canvas, [[0, mm, drawing.widthMm, mm]], widthMm, colour)
  }
  for (const shape of drawing.shapes) {
    if (shape.kind === 'line') stroke(canvas, partsOf(shape), shape.widthMm, shape.colour)
    else write(canvas, shape)
  }
  return encode({ width, height, data: canvas.pixels, channels: 3, depth: 8 })
}

/** The pieces of a line between the places where the pen is lifted. */
function partsOf({ pointsMm }: Line): number[][] {
  const parts: number[][] = [[]]
  for (let at = 0; at + 1 < pointsMm.length; at += 2) {
    if (Number.isFinite(pointsMm[at]) && Number.isFinite(pointsMm[at + 1])) parts[parts.length - 1].push(pointsMm[at], pointsMm[at + 1])
    else parts.push([])
  }
  return parts.filter(({ length }) => length > 0)
}

function write(canvas: Canvas, { text, xMm, yMm, sizeMm, colour, anchor, isBold }: Words): void {
  const left = anchor === 'end' ? xMm - wordWidthMm(text, sizeMm) : xMm
  const strokes = strokesOf(text, sizeMm).map((points) => points.map((mm, at) => mm + (at % 2 === 0 ? left : yMm)))
  stroke(canvas, strokes, sizeMm * (isBold ? BOLD_STROKE : WORD_STROKE), colour)
}

/** Draws polylines as one stroke: where they cross or turn, the colour is laid on once. */
function stroke(canvas: Canvas, parts: readonly (readonly number[])[], widthMm: number, colour: Colour): void {
  const { width, height, coverage, pixels } = canvas
  let [left, right, top, bottom] = [width, -1, height, -1]
  const radius = (widthMm * PIXELS_PER_MM) / 2
  const strength = Math.min(1, 2 * radius) // a line thinner than a pixel is paler, not thinner
  const reach = Math.max(radius, 0.5) + 0.5
  const cover = (x0: number, y0: number, x1: number, y1: number): void => {
    const [fromX, toX] = [clamp(Math.min(x0, x1) - reach, 0, width), clamp(Math.max(x0, x1) + reach, 0, width)]
    const [fromY, toY] = [clamp(Math.min(y0, y1) - reach, 0, height), clamp(Math.max(y0, y1) + reach, 0, height)]
    const [dx, dy] = [x1 - x0, y1 - y0]
    const squared = dx * dx + dy * dy
    for (let y = Math.floor(fromY); y < toY; y++) {
      for (let x = Math.floor(fromX); x < toX; x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0]
        const along = squared === 0 ? 0 : clamp((px * dx + py * dy) / squared, 0, 1)
        const inside = (reach - Math.hypot(px - along * dx, py - along * dy)) * strength
        const at = y * width + x
        if (inside > coverage[at]) coverage[at] = Math.min(inside, strength)
      }
    }
    left = Math.min(left, Math.floor(fromX))
    right = Math.max(right, Math.ceil(toX))
    top = Math.min(top, Math.floor(fromY))
    bottom = Math.max(bottom, Math.ceil(toY))
  }
  for (const points of parts) {
    const pixel = (at: number): number => points[at] * PIXELS_PER_MM
    if (points.length === 2) cover(pixel(0), pixel(1), pixel(0), pixel(1))
    for (let at = 0; at + 3 < points.length; at += 2) cover(pixel(at), pixel(at + 1), pixel(at + 2), pixel(at + 3))
  }
  const ink = channelsOf(colour)
  for (let y = top; y < bottom; y++) {
    for (let at = y * width + left; at < y * width + right; at++) {
      const share = coverage[at]
      if (share === 0) continue
      for (let channel = 0; channel < 3; channel++) {
        pixels[3 * at + channel] = Math.round(pixels[3 * at + channel] * (1 - share) + ink[channel] * share)
      }
      coverage[at] = 0
    }
  }
}

function channelsOf(colour: Colour): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 0xff, value & 0xff]
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
