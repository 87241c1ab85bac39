// Letters as strokes, for pictures that are drawn without any font at hand. Hands on: strokesOf, wordWidthMm.
// The shapes are this project's own: capitals six units high, most four wide, on a grid that one digit an axis can address.

/** Of each character its strokes; a stroke is points of x and y, y downwards: 0 the top of capitals, 2 of small letters, 6 the base, 8 below. */
const glyphs: Readonly<Record<string, string>> = {
  A: '062046 1434', B: '00063645443303 3342413000', C: '4130100105163645', D: '00062644422000', E: '40000646 0333', F: '400006 0333',
  G: '41301001051636454323', H: '0006 4046 0343', I: '0006', J: '4045361605', K: '0006 400346', L: '000646', M: '0600234046',
  N: '06004640', O: '100105163645413010', P: '06003041423303', Q: '100105163645413010 2446', R: '06003041423303 2346',
  S: '413010010213334445361605', T: '0040 2026', U: '000516364540', V: '002640', W: '0016233640', X: '0046 4006', Y: '002340 2326',
  Z: '00400646', a: '4246 4332120305163645', b: '0006 0312324345361605', c: '4332120305163645', d: '4046 4332120305163645',
  e: '04444332120305163645', f: '30201116 0232', g: '4332120305163645 4247381807', h: '0006 0312324346', i: '0206 0000',
  j: '121708 1010', k: '0006 320436', l: '0006', m: '0206 03122326 23324346', n: '0206 0312324346', o: '120305163645433212',
  p: '0208 0312324345361605', q: '4248 4332120305163645', r: '0206 031232', s: '4212031434453606', t: '10152636 0232',
  u: '0205163645 4246', v: '022642', w: '0216233642', x: '0246 4206', y: '0226 4218', z: '02420646',
  0: '100105163645413010', 1: '112026', 2: '01103041420646', 3: '01103041423313 334445361605', 4: '36300444', 5: '400002324345361605',
  6: '413010010516364544331304', 7: '004016', 8: '100102133342413010 1304051636454433', 9: '051636454130100102133342',
  '.': '0606', ',': '1607', '·': '0303', ':': '0303 0606', '/': '4006', '-': '0434', '+': '0444 2226', '(': '10020416', ')': '00121406',
  '_': '0747', '°': '1001122110', 'µ': '0208 0205163645 4246',
} // biome-ignore format: one table

const unknown = '0040460600' // an empty box
const gapUnits = 1.8 // between letters
const spaceUnits = 3
const capitalOfSize = 0.7 // a capital's height as a share of the type size, as in common typefaces

/**
 * The strokes of some words.
 *
 * @param sizeMm  Type size.
 * @returns       A list of x and y for each stroke, mm; the words begin at x = 0 and stand on y = 0.
 */
export function strokesOf(text: string, sizeMm: number): number[][] {
  const unitMm = (capitalOfSize * sizeMm) / 6
  const strokes: number[][] = []
  let left = 0
  for (const character of text) {
    const glyph = glyphOf(character)
    for (const stroke of glyph.strokes) strokes.push(stroke.map((unit, at) => (at % 2 === 0 ? left + unit : unit - 6) * unitMm))
    left += glyph.advance
  }
  return strokes
}

export function wordWidthMm(text: string, sizeMm: number): number {
  const units = Array.from(text).reduce((sum, character) => sum + glyphOf(character).advance, 0)
  return (Math.max(0, units - gapUnits) * capitalOfSize * sizeMm) / 6
}

function glyphOf(character: string): { strokes: number[][]; advance: number } {
  if (character === ' ') return { strokes: [], advance: spaceUnits }
  const strokes = (glyphs[character] ?? unknown).split(' ').map((stroke) => Array.from(stroke, Number))
  const width = Math.max(...strokes.flatMap((stroke) => stroke.filter((_, at) => at % 2 === 0)))
  return { strokes, advance: width + gapUnits }
}
