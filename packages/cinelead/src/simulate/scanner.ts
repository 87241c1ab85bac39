// How the scanner looks at the heart: matrix, spacing, phases, contrast, noise. Three profiles, three contrasts.
// Hands on: ScannerProfile, scannerProfiles, Contrast, contrasts.

export type ScannerProfile = {
  numRows: number
  numColumns: number
  pixelMm: number
  sliceSpacingMm: number
  sliceThicknessMm: number
  numPhases: number
  /** How far above the base plane the first slice may lie, in slice spacings: [low, high] of its centre. */
  firstSlice: readonly [number, number]
  /** Standard deviation of the shift between breath-holds, mm. */
  breathHoldMm: number
  /** Share of studies with a dark band across the picture. */
  bandingFraction: number
  /** Spread of the field of view between studies, standard deviation of its logarithm. */
  fieldSpread: number
  /** Share of studies whose corners the scanner leaves empty. */
  cutCornersFraction: number
  /** Noise of the blood signal, fraction of it. */
  noiseFraction: number
  /** Share of the stored matrix that is measured along the readout, lowest and highest; the rest is interpolated. Left out: all of it. */
  measuredFraction?: readonly [number, number]
}

/** `ukb`: UK Biobank's short-axis protocol; `demo`: the same heart at a fifth of the pixels and a third of the phases; `clinic`: a hospital's. */
export const scannerProfiles = {
  ukb: {
    numRows: 208, // UK Biobank field 20209: 208 x 187 or near, 1.83 mm
    numColumns: 187,
    pixelMm: 1.826,
    sliceSpacingMm: 10, // 8 mm and a gap of 2 mm, Petersen 2016, JCMR 18:8, doi 10.1186/s12968-016-0227-4 (from memory)
    sliceThicknessMm: 8,
    numPhases: 50,
    firstSlice: [-1.5, -0.5],
    breathHoldMm: 1.2,
    bandingFraction: 0.1,
    fieldSpread: 0,
    cutCornersFraction: 0,
    noiseFraction: 0.016,
    measuredFraction: [0.8, 1],
  },
  demo: {
    numRows: 96,
    numColumns: 96,
    pixelMm: 2.6,
    sliceSpacingMm: 12,
    sliceThicknessMm: 9,
    numPhases: 16,
    firstSlice: [-0.9, -0.15],
    breathHoldMm: 0.8,
    bandingFraction: 0.08,
    fieldSpread: 0,
    cutCornersFraction: 0,
    noiseFraction: 0.016,
  },
  clinic: {
    numRows: 256, // a hospital's protocol, as ACDC and Sunnybrook have it: finer pixels, fewer phases
    numColumns: 216,
    pixelMm: 1.4,
    sliceSpacingMm: 10,
    sliceThicknessMm: 8,
    numPhases: 25,
    firstSlice: [-1.5, -0.3],
    breathHoldMm: 2.2, // people who are ill hold their breath less evenly; argued
    bandingFraction: 0.1,
    fieldSpread: 0.12,
    cutCornersFraction: 0.5,
    noiseFraction: 0.023,
    measuredFraction: [0.73, 0.95],
  },
} as const satisfies Record<string, ScannerProfile>

/** Signal of each tissue in balanced steady-state free precession, blood = 1. Read off by eye from public cines, not measured. */
export type Contrast = {
  name: string
  blood: number
  muscle: number
  fat: number
  lung: number
  liver: number
  spleen: number
  skeletal: number
  marrow: number
  /** Stored units of blood. */
  gain: number
  /** Strength of the coil's fall-off with depth. */
  shading: number
}

export const contrasts: readonly Contrast[] = [
  {
    name: 'A',
    blood: 1,
    muscle: 0.29,
    fat: 1.02,
    lung: 0.055,
    liver: 0.31,
    spleen: 0.5,
    skeletal: 0.27,
    marrow: 0.5,
    gain: 260,
    shading: 0.45,
  },
  {
    name: 'B',
    blood: 1,
    muscle: 0.31,
    fat: 0.82,
    lung: 0.07,
    liver: 0.37,
    spleen: 0.55,
    skeletal: 0.31,
    marrow: 0.42,
    gain: 340,
    shading: 0.3,
  },
  {
    name: 'C',
    blood: 1,
    muscle: 0.26,
    fat: 1.2,
    lung: 0.045,
    liver: 0.28,
    spleen: 0.46,
    skeletal: 0.24,
    marrow: 0.6,
    gain: 210,
    shading: 0.65,
  },
]
