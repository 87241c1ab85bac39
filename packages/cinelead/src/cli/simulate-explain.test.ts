// Truth: docs/simulator.md's ceilings, and that the strength of evidence grows with people, not with luck.
import { describe, expect, it } from 'vitest'
import { createSilentReport } from './progress.ts'
import { run } from './simulate.ts'

describe('simulate --explain', () => {
  it('prints a ceiling for each phenotype without making a file', async () => {
    const report = createSilentReport()
    await run({ subjects: 300, seed: 4, explain: true }, report)
    const rows = report.answers[0] as { phenotype: string; r2: number; bestSingleR2: number }[]
    expect(rows).toHaveLength(10)
    const lvef = rows.find(({ phenotype }) => phenotype === 'lvef')
    expect(lvef?.r2).toBeGreaterThan(0.35) // the bounds that the simulator promises for LVEF
    expect(lvef?.r2).toBeLessThan(0.7)
    expect(Math.max(...rows.map(({ bestSingleR2 }) => bestSingleR2))).toBeLessThan(0.5)
  })

  it('asks for a folder when files are to be made', async () => {
    await expect(run({ subjects: 2 }, createSilentReport())).rejects.toMatchObject({ code: 'cli/simulate-out' })
  })
})
