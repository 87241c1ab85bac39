// Truth: the schema as issue and field agreed on it, written out; HTML rules; counting. Scores come from made arms
// (evaluate/fixtures/made-evaluation.ts), so which arm is best is known.
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { phenotypeIds } from '../base/phenotypes.ts'
import { madeReport } from './fixtures/made-report.ts'
import { html } from './html.ts'
import { renderReport } from './page.ts'
import type { Example } from './section-examples.ts'
import { count, decimal, errorWithUnit, pValue, withInterval } from './words.ts'

const square = '<svg viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
const examples: Example[] = [
  {
    subject: 's-0123456789ab',
    caption: 'woman, <63> years',
    ecgSvg: square,
    ed: { svg: square },
    es: { dataUri: 'data:image/png;base64,AAAA', widthPx: 96, heightPx: 96 },
    facts: [{ name: 'LV ejection fraction', measured: '58 %', predicted: ['55 %'] }],
    predictedBy: ['TCL'],
  },
]
const { report, figures } = madeReport(200, examples)
const page = renderReport(report, figures)
const { document } = parseHTML(page)

describe('buildReport', () => {
  it('has exactly the agreed fields, and more only beside them', () => {
    expect(report.schema).toBe('cinelead.report/1')
    expect(report.cohort).toEqual({ simulated: true, pairs: 200, split: expect.anything(), flow: expect.anything() })
    expect(Object.keys(report.cohort.split)).toEqual(['train', 'validation', 'test'])
    expect(Object.keys(report.cohort.flow[0])).toEqual(['step', 'kept', 'dropped', 'reason'])
    expect(report.arms.map(({ id }) => id)).toEqual(['ecg-only', 'cl-2d', 'cl-2dt', 'cl-3d', 'tcl'])
    for (const arm of report.arms) {
      expect(Object.keys(arm.meanR2)).toEqual(['value', 'ciLow', 'ciHigh'])
      expect(Object.keys(arm.phenotypes)).toEqual(phenotypeIds)
      expect(Object.keys(arm.outcomes)).toEqual(['cad', 'af', 'scd', 'hf', 'mi', 'cmp'])
      for (const score of Object.values(arm.phenotypes)) {
        expect(score).toMatchObject({ r2: expect.any(Number), ciLow: expect.any(Number), ciHigh: expect.any(Number) })
        expect(score).toMatchObject({ pearson: expect.any(Number), mae: expect.any(Number), n: report.cohort.split.test })
      }
      const { auroc, ciLow, ciHigh, auprc, n, events } = arm.outcomes.af
      for (const value of [auroc, ciLow, ciHigh, auprc, n, events]) expect(value).toEqual(expect.any(Number))
    }
    expect(report.differences[0]).toMatchObject({ arm: 'cl-2d', versus: 'ecg-only', metric: 'meanR2', value: expect.any(Number) })
  })

  it('says null and why where there is no event, and never a number', () => {
    for (const { outcomes } of report.arms) {
      expect(outcomes.cmp).toMatchObject({
        auroc: null,
        ciLow: null,
        ciHigh: null,
        auprc: null,
        events: 0,
        reason: 'too-few-labelled-events',
      })
    }
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/)
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('has a split that adds up to its pairs and to the end of its flow', () => {
    const { split, pairs, flow } = report.cohort
    expect(split.train + split.validation + split.test).toBe(pairs)
    expect(flow.at(-1)?.kept).toBe(pairs)
  })
})

describe('renderReport', () => {
  it('says in its first line that the cohort is simulated, and only then', () => {
    expect(document.body.textContent?.trim().split('\n')[0]).toMatch(/^Simulated cohort: .*not from people\..*not a medical device/)
    const real = renderReport({ ...report, cohort: { ...report.cohort, simulated: false } }, figures)
    expect(real).not.toMatch(/simulated|digital hearts/i)
    expect(parseHTML(real).document.body.textContent?.trim()).toMatch(/^Research software, not a medical device/)
  })

  it('needs no other file and no network', () => {
    expect(page).not.toMatch(/<script|<link[^>]+href="(?!data:)|@import|url\(|<iframe/)
    const references = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target)
    expect(references.every((target) => target.startsWith('data:'))).toBe(true)
    expect(page.length).toBeLessThan(1_000_000)
  })

  it('names every arm, phenotype and disease in figures that have a text', () => {
    const drawn = [...document.querySelectorAll('[role=img]')]
    expect(drawn.length).toBe(5 + 5 + 2)
    for (const one of drawn) expect(one.getAttribute('aria-label')).toMatch(/\w+ \w+/)
    const words = document.body.textContent ?? ''
    for (const name of [
      'TCL, ED and ES volumes',
      'LV ejection fraction',
      'RV stroke volume',
      'Sudden cardiac death',
      'not estimable',
      'chance, ln 32',
    ])
      expect(words).toContain(name)
  })

  it('prints the flow with its sum and the abstract’s own counts that do not add up', () => {
    const { split } = report.cohort
    const words = document.body.textContent ?? ''
    expect(words).toContain(`${split.train} + ${split.validation} + ${split.test} = 200, which is every pair analysed`)
    expect(47_527 + 10_185 + 10_185).toBe(67_897)
    expect(words).toContain('47,527 + 10,185 + 10,185 = 67,897')
    const wrong = renderReport({ ...report, cohort: { ...report.cohort, pairs: 199 } }, figures)
    expect(wrong).toContain('these counts do not add up')
  })

  it('praises an arm no more than its interval allows', () => {
    expect(document.querySelector('.lead')?.textContent).toContain('TCL, ED and ES volumes predicts')
    const unsure = report.differences.map((one) => ({ ...one, ciLow: -0.1 }))
    expect(renderReport({ ...report, differences: unsure }, figures)).toContain('includes zero')
    const nothing = report.arms.map((arm) => ({ ...arm, meanR2: { value: null, ciLow: null, ciHigh: null, reason: 'no-parts' as const } }))
    expect(renderReport({ ...report, arms: nothing }, figures)).toContain('No phenotype could be scored')
    const hopeless = report.arms.map((arm) => ({ ...arm, meanR2: { value: -0.2, ciLow: -3, ciHigh: 0.1 } }))
    expect(renderReport({ ...report, arms: hopeless }, figures)).toContain('better than guessing the mean')
    const noArea = report.arms.map((arm) => ({
      ...arm,
      meanAuroc: { value: null, ciLow: null, ciHigh: null, reason: 'no-parts' as const },
    }))
    expect(renderReport({ ...report, arms: noArea }, figures)).toContain('No disease has enough events')
  })

  it('has tables whose rows are all as long as their heads', () => {
    const tables = [...document.querySelectorAll('table')]
    expect(tables.length).toBeGreaterThan(7)
    for (const table of tables) {
      const lengths = [...table.querySelectorAll('tr')].map((row) => row.querySelectorAll('th, td').length)
      expect(new Set(lengths).size, table.textContent?.slice(0, 60)).toBe(1)
    }
  })

  it('escapes what comes from data', () => {
    expect(page).toContain('woman, &#60;63&#62; years')
    expect(html`<i title="${'"x"'}">${'<b>'}</i>`.html).toBe('<i title="&#34;x&#34;">&#60;b&#62;</i>')
  })

  it('gives the same page for the same report', () => {
    expect(renderReport(report, figures) === page).toBe(true)
  })
})

describe('words', () => {
  it('writes numbers as a journal would', () => {
    expect(decimal(-0.0001, 2)).toBe('0.00')
    expect(decimal(-1.25, 1)).toBe('−1.3')
    expect(decimal(Number.NaN, 1)).toBe('–')
    expect(count(47527)).toBe('47\u202f527')
    expect(withInterval({ value: 0.1, ciLow: -0.05, ciHigh: 0.2 }, 2, true)).toBe('+0.10 (−0.05 to +0.20)')
    expect(withInterval({ value: null, ciLow: null, ciHigh: null }, 2)).toBe('not estimable')
    expect(pValue(0.00004)).toBe('< 0.001')
    expect(errorWithUnit(0.051, 'fraction')).toBe('5.1 pp')
    expect(errorWithUnit(12.34, 'mL')).toBe('12.3 mL')
  })
})
