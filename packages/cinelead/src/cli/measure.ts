// `cinelead measure STUDY`: volumes, mass, ejection fractions, wall and strain of a short-axis study.
import type { Verdict } from '../base/verdict.ts'
import { measureStudy, type StudyMeasures } from '../prepare/cmr/measure-study.ts'
import { openSegmenter } from './open-segmenter.ts'
import { openStack } from './open-stack.ts'
import type { Report } from './progress.ts'
import { verdictLine } from './verdict-line.ts'

/** Frames count from zero, as in the answer. */
export type MeasureOptions = { path: string; ed?: number; es?: number; segmenterPath?: string; longAxesPath?: string }

/** JSON has no NaN: what could not be measured is null. */
export function known(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(6)) : null
  if (Array.isArray(value)) return value.map(known)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item)]))
  return value
}

/** The measurements as lines for a person; frames counted from 0, as in the JSON. */
export function measuresAsText(found: StudyMeasures): string {
  const say = (name: string, value: number, unit: string, digits = 1) =>
    `${name.padEnd(24)} ${Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}` : 'not measured'}`
  const failed = found.verdicts.filter(({ ok }: Verdict) => !ok)
  return [
    `end-diastole in frame ${found.edFrame}, end-systole in frame ${found.esFrame} (counted from 0)`,
    say('LV end-diastolic volume', found.lvedvMl, 'mL'),
    say('LV end-systolic volume', found.lvesvMl, 'mL'),
    say('LV ejection fraction', 100 * found.lvefFraction, '%'),
    say('LV mass', found.lvmG, 'g'),
    say('cardiac output', found.coLPerMin, 'L/min'),
    say('RV end-diastolic volume', found.rvedvMl, 'mL'),
    say('RV end-systolic volume', found.rvesvMl, 'mL'),
    say('RV ejection fraction', 100 * found.rvefFraction, '%'),
    say('wall thickness', found.wall.globalThicknessMm, 'mm'),
    say('circumferential strain', 100 * found.wall.circumferentialStrain, '%'),
    say('radial strain', 100 * found.wall.radialStrain, '%'),
    ...(failed.length === 0 ? ['every criterion of quality is met'] : failed.map(verdictLine)),
  ].join('\n')
}

export async function run({ path, ed, es, segmenterPath, longAxesPath }: MeasureOptions, report: Report): Promise<void> {
  const { volume, longAxes, notes, verdicts, edFrame, esFrame } = await openStack(path, report, longAxesPath)
  const segmenter = await openSegmenter(segmenterPath)
  if (longAxesPath !== undefined && segmenter.alongHeart === undefined)
    report.warn('long axes were not read: a model of your own labels short axes alone')
  const step = report.begin('measuring')
  const measured = await measureStudy(volume, segmenter, { edFrame: ed ?? edFrame, esFrame: es ?? esFrame, longAxes })
  const found = { ...measured, verdicts: [...verdicts, ...measured.verdicts] }
  step.done()
  for (const note of notes) report.say(note)
  report.answer({ ...(known(found) as object), notes }, measuresAsText(found))
}
