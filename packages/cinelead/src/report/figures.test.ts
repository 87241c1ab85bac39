// Truth: pictures that were looked at, in test/golden/report (vitest run packages/cinelead/src/report/figures.test.ts -u draws them anew:
// look at them before they go into git), and what they must and must not hold.
import { describe, expect, it } from 'vitest'
import { curvesFigure, type LearningCurve } from './figure-curves.ts'
import { labelFigure } from './figure-labels.ts'
import { armFigure, groupedFigure, type ScorePoint } from './figure-scores.ts'

const golden = (name: string) => new URL(`../../../../test/golden/report/${name}.svg`, import.meta.url).pathname
const arms = ['ecg-only', 'cl-2d', 'cl-2dt', 'cl-3d', 'tcl']
const score = (arm: string, row: string, value: number): ScorePoint => ({ arm, row, value, ciLow: value - 0.1, ciHigh: value + 0.06 })
const nothing = (arm: string, row: string): ScorePoint => ({
  arm,
  row,
  value: null,
  ciLow: null,
  ciHigh: null,
  reason: 'too-few-test-events',
})

/** The picture as a file of its own: a namespace, and colours for what a page's style would give. */
const alone = (markup: string) => {
  const own = '--page:#fff;--quiet:#666;--band:#f2f4f5;'
  return markup.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').replace('style="', `style="${own}`)
}

describe('figures', () => {
  it('armFigure draws a dot, a line and a number for each arm', async () => {
    const points = arms.map((arm, i) => score(arm, arm, 0.2 + 0.08 * i))
    const { html } = armFigure('Mean R squared', 'mean R²', [...points, nothing('age', 'age')])
    expect(html).toContain('0.520')
    expect(html.match(/not estimable/g)).toHaveLength(1)
    await expect(alone(html)).toMatchFileSnapshot(golden('arms'))
  })

  it('armFigure signs differences and marks zero', async () => {
    const { html } = armFigure('Gain', 'difference', [score('cl-2d', 'one', -0.02), score('tcl', 'two', 0.14)], {
      value: 0,
      text: 'no gain',
    })
    for (const text of ['+0.140', '−0.020', 'no gain']) expect(html).toContain(text)
    await expect(alone(html)).toMatchFileSnapshot(golden('differences'))
  })

  it('groupedFigure says where a row has no number, and cuts what is far below zero', async () => {
    const points = ['LV mass', 'RV stroke volume'].flatMap((row, r) => arms.map((arm, i) => score(arm, row, 0.3 + 0.07 * i - 0.2 * r)))
    const low = { ...score('ecg-only', 'LV ejection fraction', -0.3), ciLow: -40 }
    const { html } = groupedFigure('R squared', 'R²', [...points, low, ...arms.map((arm) => nothing(arm, 'Cardiomyopathy'))])
    expect(html.match(/not estimable on this test split/g)).toHaveLength(1)
    expect(html).not.toContain('−40 ')
    await expect(alone(html)).toMatchFileSnapshot(golden('phenotypes'))
  })

  it('curvesFigure draws the chance line and rings the epoch that was kept', async () => {
    const curve: LearningCurve = {
      id: 'tcl',
      seed: 1,
      isContrastive: true,
      points: Array.from({ length: 12 }, (_, i) => ({
        epoch: i + 1,
        train: 4.1 - 0.12 * i,
        ...(i % 2 === 1 ? { validation: 3.9 - 0.1 * i + 0.006 * i * i } : {}),
      })),
      reference: { value: Math.log(60), text: 'chance, ln 60' },
      trainReference: Math.log(64),
      chosen: { epoch: 8, measures: {} },
    }
    const { html } = curvesFigure([curve])
    expect(html).toContain('chance, ln 60')
    expect(html).toContain('without skill 4.094')
    await expect(alone(html.slice(html.indexOf('<svg'), html.indexOf('</svg>') + 6))).toMatchFileSnapshot(golden('curve'))
  })

  it.each([
    [0.9, -7, 14],
    [1.1, 9, -12],
  ])('curvesFigure writes the chance line and a lowest loss of %s of it on sides away from each other', (share, lineDy, pointDy) => {
    const points = [{ epoch: 1, validation: 4 * share }]
    const { html } = curvesFigure([{ id: 'tcl', seed: 1, isContrastive: true, points, reference: { value: 4, text: 'chance' } }])
    expect([...html.matchAll(/translate\(0,(-?\d+)\)"[^>]*font-size="11"/g)].map(([, dy]) => Number(dy))).toEqual([lineDy, pointDy])
  })

  it('labelFigure draws a line an arm', async () => {
    const curve = [17, 42, 168].map((numLabelled, n) => ({
      labelFraction: numLabelled / 168,
      numLabelled,
      arms: arms.map((id, i) => ({
        id,
        meanR2: { value: 0.1 * n + 0.05 * i, ciLow: 0.1 * n + 0.05 * i - 0.1, ciHigh: 0.1 * n + 0.05 * i + 0.08 },
      })),
    }))
    const { html } = labelFigure(curve)
    expect(html).toContain('168 labels: ECG only 0.20')
    await expect(alone(html)).toMatchFileSnapshot(golden('labels'))
  })
})
