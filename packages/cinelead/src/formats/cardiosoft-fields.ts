// The names CardioSoft gives its printed measurements; its reader and its writer share them.
import type { PrintedMeasurements } from './recording.ts'

/** CardioSoft's element for each printed measurement. */
export const cardiosoftPrinted = [
  ['heartRateBpm', 'VentricularRate'],
  ['pMs', 'PDuration'],
  ['prMs', 'PQInterval'],
  ['qrsMs', 'QRSDuration'],
  ['qtMs', 'QTInterval'],
  ['qtcMs', 'QTCInterval'],
  ['rrMs', 'RRInterval'],
  ['ppMs', 'PPInterval'],
  ['pAxisDeg', 'PAxis'],
  ['qrsAxisDeg', 'RAxis'],
  ['tAxisDeg', 'TAxis'],
] as const satisfies readonly (readonly [keyof PrintedMeasurements, string])[]
