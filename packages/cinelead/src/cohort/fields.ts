// Column names of UK Biobank tables in their three dialects -> field, instance, array index.
// Hands on: parseColumn, FieldColumn, listValues (the many ways an array field is written in cells).
//
// Source: field.md 14.4: `f.24100.2.0` (R baskets), `24100-2.0` (CSV baskets), `participant.p24100_i2` and `p24100_i2` (Research
// Analysis Platform), there with `_a0` for array items.

/** What a column holds. An absent instance or array: the name has none. */
export type FieldColumn = { field: number; instance?: number; array?: number }

const DIALECTS = [
  /^f\.(?<field>\d+)\.(?<instance>\d+)\.(?<array>\d+)$/,
  /^(?<field>\d+)-(?<instance>\d+)\.(?<array>\d+)$/,
  /^(?:participant\.)?p(?<field>\d+)(?:_i(?<instance>\d+))?(?:_a(?<array>\d+))?$/,
]

const EID_NAMES = new Set(['f.eid', 'eid', 'participant.eid', 'n_eid'])

/**
 * What a column name means.
 *
 * @returns  The field's place, `'eid'` for the participant number, `undefined` for anything else.
 */
export function parseColumn(name: string): FieldColumn | 'eid' | undefined {
  if (EID_NAMES.has(name)) return 'eid'
  for (const dialect of DIALECTS) {
    const groups = dialect.exec(name)?.groups
    if (groups === undefined) continue
    const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
    return { field: Number(groups.field), instance: number(groups.instance), array: number(groups.array) }
  }
  return undefined
}

/** Whether a cell says "no value": empty or R's NA. */
export function isEmptyCell(text: string): boolean {
  return text === '' || text === 'NA' || text === 'NaN' || text === 'null'
}

/**
 * The items of an array field that stands in one cell: `I10|I251`, `["I10","I251"]`, or a single value.
 *
 * @returns  The items in order; an empty item keeps its place as '', so that codes and dates stay side by side.
 */
export function listValues(cell: string): string[] {
  const text = cell.trim()
  if (isEmptyCell(text)) return []
  if (text.startsWith('[') && text.endsWith(']')) {
    const inner = text.slice(1, -1).trim()
    return inner === '' ? [] : inner.split(',').map((item) => cleanItem(item.trim().replace(/^(["'])(.*)\1$/, '$2')))
  }
  return text.split('|').map((item) => cleanItem(item.trim()))
}

function cleanItem(item: string): string {
  return isEmptyCell(item) ? '' : item
}
