// Truth: series names as consoles of four vendors and five languages write them, and the three long-axis planes about one axis.
import { describe, expect, it } from 'vitest'
import { cross, times, unit, type Vector } from './vector.ts'
import { apexDirection, isDecoy, isOddKind, longAxisView, viewByName } from './view.ts'

describe('viewByName', () => {
  it.each([
    [
      'sax',
      [
        'CINE_segmented_SAX_b12',
        'cine_trufi_SA_8mm',
        'sBTFE_BH_SA',
        'FIESTA Short Axis',
        'SAX cine st10',
        'Kurze Achse',
        'cine petit axe',
        'EJE CORTO',
      ],
    ],
    ['2ch', ['CINE_segmented_LAX_2Ch', 'cine_2CH', 'Two chamber', '2-Kammerblick', 'VLA cine', '2 cavites']],
    ['3ch', ['CINE_segmented_LAX_3Ch', 'three_chamber FIESTA', '3-Kammerblick']],
    ['4ch', ['CINE_segmented_LAX_4Ch', 'B-TFE 4CH', 'four chamber', '4-Kammerblick', 'HLA', '4 cámaras']],
    [
      'other',
      [
        'LVOT cine',
        'perfusion_SAX',
        'SA LGE PSIR',
        'ShMOLLI_192i_SAX_b2s_SAX_b2s_T1MAP',
        'tag_SA_mid',
        'T2 SA',
        'SAX flow',
        'survey',
        'Localizers',
      ],
    ],
    [undefined, ['cine', 'retro_iPAT', 'Vintage', 'Sasha', 'series 12']],
  ] as const)('tells %s', (view, names) => {
    expect(names.map((name) => [name, viewByName(name)])).toEqual(names.map((name) => [name, view]))
  })
})

describe('isOddKind', () => {
  it('tells velocities and mosaics from magnitudes', () => {
    expect(isOddKind(['ORIGINAL', 'PRIMARY', 'P', 'RETRO'])).toBe(true)
    expect(isOddKind(['ORIGINAL', 'PRIMARY', 'M', 'ND', 'MOSAIC'])).toBe(true)
    expect(isOddKind(['ORIGINAL', 'PRIMARY', 'M_FFE', 'M', 'FFE'])).toBe(false)
    expect(isOddKind([])).toBe(false)
  })
})

describe('isDecoy', () => {
  it("knows the scanner's own drawings", () => {
    expect(['CINE_segmented_SAX_InlineVF', 'CINE_segmented_SAX_Inline_VF_Results'].map(isDecoy)).toEqual([true, true])
    expect(isDecoy('CINE_segmented_SAX_b1')).toBe(false)
  })
})

describe('longAxisView', () => {
  const head: Vector = [0, 0, 1]
  const side = unit(cross(apexDirection, head))
  const up = cross(side, apexDirection)
  const turned = (degrees: number): Vector => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
    const [a, b] = [times(up, cos), times(cross(apexDirection, up), sin)]
    return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
  }

  it('tells planes by their turn about the axis, whichever way their normal points', () => {
    expect([30, 90, 150].map((degrees) => longAxisView(turned(degrees), apexDirection))).toEqual(['4ch', '2ch', '3ch'])
    expect([30, 90, 150].map((degrees) => longAxisView(times(turned(degrees), -1), apexDirection))).toEqual(['4ch', '2ch', '3ch'])
    expect(longAxisView(apexDirection, apexDirection)).toBe('other')
  })
})
