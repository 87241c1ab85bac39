// rooms.json as the table that ARCHITECTURE.md shows. Hands on: renderTable, replaceTable, readTable.

const OPEN = '<!-- rooms.json: npm run check compares; node scripts/check-rooms.mjs --write renews -->'
const CLOSE = '<!-- end of rooms.json -->'

const list = (names) => (names.length === 0 ? '–' : names.map((name) => (name === '*' ? 'all' : name)).join(', '))

/** The import table as Markdown, one row a room in the order of rooms.json. */
export function renderTable(rules) {
  const rows = Object.entries(rules.rooms).map(([room, { values, types }]) => {
    const apart = rules.apart.filter(([one]) => one.startsWith(`${room}/`)).map(([one, other]) => `${inside(one)} ↮ ${inside(other)}`)
    return `| ${room} | ${list(values)} | ${list(types)} | ${apart.join(', ') || '–'} |`
  })
  return ['| room | may import | only its types | kept apart inside |', '|---|---|---|---|', ...rows].join('\n')
}

const inside = (path) => path.slice(path.indexOf('/') + 1)

/** The table that a page holds between its two marks; undefined when the marks are not there. */
export function readTable(page) {
  const start = page.indexOf(OPEN)
  const end = page.indexOf(CLOSE)
  return start < 0 || end < start ? undefined : page.slice(start + OPEN.length, end).trim()
}

/** The page with its table renewed. */
export function replaceTable(page, rules) {
  const held = readTable(page)
  if (held === undefined) return `${page.trimEnd()}\n\n${OPEN}\n\n${renderTable(rules)}\n\n${CLOSE}\n`
  const start = page.indexOf(OPEN) + OPEN.length
  return `${page.slice(0, start)}\n\n${renderTable(rules)}\n\n${page.slice(page.indexOf(CLOSE))}`
}
