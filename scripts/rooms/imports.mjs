// What a TypeScript file imports, read from its syntax tree. Hands on: readImports, blankComments.
//
// An import counts as types only when the whole statement is (`import type`, `export type … from`, `import('x').T`):
// `import { type A }` keeps the module alive at run time, since the program runs with its types merely stripped.
import { parseSync } from 'oxc-parser'

function* walk(node) {
  if (Array.isArray(node)) for (const item of node) yield* walk(item)
  else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') yield node
    for (const [key, value] of Object.entries(node)) if (key !== 'parent') yield* walk(value)
  }
}

const isImportMetaUrl = (node) => node?.type === 'MemberExpression' && node.object?.type === 'MetaProperty' && node.property?.name === 'url'

function readImport(node) {
  switch (node.type) {
    case 'ImportDeclaration':
      return { target: node.source.value, isType: node.importKind === 'type' }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ? { target: node.source.value, isType: node.exportKind === 'type' } : undefined
    case 'ImportExpression':
      return typeof node.source?.value === 'string' ? { target: node.source.value, isType: false } : undefined
    case 'TSImportType':
      return { target: (node.source ?? node.argument?.literal ?? node.argument)?.value, isType: true }
    case 'NewExpression': // new URL('./worker.ts', import.meta.url): how a worker or a child process is named
      if (node.callee?.name !== 'URL' || !isImportMetaUrl(node.arguments?.[1])) return undefined
      return /\.(ts|mjs|js)$/.test(node.arguments[0].value) ? { target: node.arguments[0].value, isType: false } : undefined
    case 'CallExpression':
      if (node.callee?.name !== 'require' || typeof node.arguments?.[0]?.value !== 'string') return undefined
      return { target: node.arguments[0].value, isType: false }
    default:
      return undefined
  }
}

/** The same text with every comment turned into spaces; lines stay where they are. */
export function blankComments(source, comments) {
  let text = source
  for (const { start, end } of comments) text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
  return text
}

/**
 * A file's imports, its text without comments, and whether it does nothing but export again.
 *
 * @returns `{ imports: [{ target, isType, line }], text, isOnlyReexports, syntaxError }`
 */
export function readImports(name, source) {
  const { program, comments, errors } = parseSync(name, source)
  const lineOf = (offset) => source.slice(0, offset).split('\n').length
  const imports = []
  for (const node of walk(program)) {
    const found = readImport(node)
    if (found !== undefined) imports.push({ ...found, line: lineOf(node.start) })
  }
  const isOnlyReexports = program.body.every((node) => /^Export(Named|All)Declaration$/.test(node.type) && node.source)
  return { imports, text: blankComments(source, comments), isOnlyReexports, syntaxError: errors[0]?.message }
}
