// Writes src/ops/<group>.ts and src/ops/<group>-methods.ts from operators.txt and the schemas of the libtorch at hand.
// Run with Node 24 after build.mjs:   node scripts/make-operators.mjs && biome format --write src/ops
// The result is committed and read by people; run it again after a change of operators.txt.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeOperator } from '../src/operator.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const LEFT_OUT = new Set(['generator', 'layout', 'device', 'pin_memory', 'memory_format', 'sparse_grad', 'foreach'])
const RENAMED = { _unique2: 'unique', nll_loss_nd: 'nllLoss', cross_entropy_loss: 'crossEntropyLoss' }
const RESERVED = { var: 'variance' }

const groups = new Map()
for (const line of readFileSync(join(root, 'scripts/operators.txt'), 'utf8').split('\n')) {
  if (line.trim() === '' || line.startsWith('#')) continue
  const [group, name, overloads, doc, flags = ''] = line.split('|').map((part) => part.trim())
  const entry = { name, overloads: overloads.split(' '), doc, isMethod: flags.includes('m') }
  const entries = groups.get(group) ?? groups.set(group, []).get(group)
  entries.push(entry)
  if (flags.includes('i')) entries.push({ ...entry, name: `${name}_`, doc: undefined })
}
for (const [group, entries] of groups) writeGroup(group, entries)

function writeGroup(group, entries) {
  const functions = entries.map(functionOf)
  const text = functions.map((fn) => fn.text).join('\n')
  const dtype = /\bDtype\b/.test(text) ? "import type { Dtype } from '../dtype.ts'\n" : ''
  const unary = /\bUnary\b/.test(text) ? "import type { Unary } from './unary.ts'\n" : ''
  const tensor = /\bTensor\b/.test(text) ? "import type { Tensor } from '../tensor.ts'\n" : ''
  const head = `// Operators of the group "${group}", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.\n`
  const renamed = functions.filter((fn) => fn.local !== fn.name).map((fn) => `export { ${fn.local} as ${fn.name} }\n`)
  const body = `${head}\n${dtype}import { operator } from '../operator.ts'\n${tensor}${unary}\n${text}\n${renamed.join('')}`
  writeFileSync(join(root, `src/ops/${group}.ts`), body)
  const methods = functions.filter((fn) => fn.isMethod)
  if (methods.length === 0) return
  const signatures = methods.flatMap((fn) => [
    ...(fn.doc ? [`    /** ${fn.doc} */`] : []),
    ...fn.signatures.map((signature) => `    ${fn.name}${signature}`),
  ])
  const names = methods.map((fn) => (fn.local === fn.name ? `ops.${fn.name}` : `ops.${fn.local}`))
  const object = methods.map((fn, index) => (fn.local === fn.name ? `  ${fn.name}: ${names[index]},` : `  ${fn.name}: ops.${fn.name},`))
  const needsDtype = signatures.some((line) => /\bDtype\b/.test(line)) ? "import type { Dtype } from '../dtype.ts'\n" : ''
  writeFileSync(
    join(root, `src/ops/${group}-methods.ts`),
    `// The group "${group}" as methods of Tensor. Written by scripts/make-operators.mjs.\n\n${needsDtype}import { attach } from './attach.ts'\nimport * as ops from './${group}.ts'\n\ndeclare module '../tensor.ts' {\n  interface Tensor {\n${signatures.join('\n')}\n  }\n}\n\nattach({\n${object.join('\n')}\n})\n`,
  )
}

function functionOf({ name, overloads, doc, isMethod }) {
  const camel = RENAMED[name] ?? camelCase(name)
  const local = RESERVED[camel] ?? camel
  const variants = overloads.map((overload) => variantOf(name, overload, overloads.length > 1, local))
  const first = variants[0]
  for (const variant of variants) {
    for (const p of variant.all) if (first.keywords.some((k) => k.name === p.name)) p.isKeyword = true
    variant.positional = variant.all.filter((p) => !p.isKeyword)
    variant.keywords = variant.all.filter((p) => p.isKeyword)
  }
  const comment = doc ? `/** ${doc} */\n` : ''
  const isUnary =
    variants.length === 1 &&
    first.positional.length === 1 &&
    first.keywords.length === 0 &&
    first.result === 'Tensor' &&
    first.positional[0].ts === 'Tensor'
  if (isUnary) {
    const bound = `operator('${first.full}', '${first.positional[0].name}')`
    return { name: camel, local, doc, isMethod, signatures: ['(): Tensor'], text: `${comment}export const ${local}: Unary = ${bound}\n` }
  }
  const merged = merge(variants)
  const parameters = parameterTexts(merged.positional, merged.keywords, true)
  const binds = variants.map(
    (variant) => `const ${variant.bound} = operator('${variant.full}', '${variant.all.map((p) => p.name).join(' ')}')`,
  )
  const results = [...new Set(variants.map((variant) => variant.result))]
  const invoke = (variant) => `${variant.bound}(${variant.all.map((p) => valueOf(p, merged)).join(', ')})`
  let body = `return ${invoke(variants.at(-1))}`
  for (const [index, condition] of merged.conditions.entries()) body = `if (${condition}) return ${invoke(variants[index])}\n  ${body}`
  const signatureOf = (variant) => ({
    positional: variant.positional.map((p, i) => ({ ...p, optional: p.optional && !(i > 0 && variant !== first && p.name === 'dim') })),
    keywords: variant.keywords,
  })
  const headers =
    results.length > 1
      ? variants.map(
          (variant) =>
            `export function ${local}(${parameterTexts(signatureOf(variant).positional, variant.keywords, false).join(', ')}): ${variant.result}\n`,
        )
      : []
  const signatures =
    results.length > 1
      ? variants.map(
          (variant) =>
            `(${parameterTexts(signatureOf(variant).positional.slice(1), variant.keywords, false).join(', ')}): ${variant.result}`,
        )
      : [`(${parameterTexts(merged.positional.slice(1), merged.keywords, false).join(', ')}): ${results[0]}`]
  const text = `${binds.join('\n')}\n\n${comment}${headers.join('')}export function ${local}(${parameters.join(', ')}): ${results.join(' | ')} {\n  ${body}\n}\n`
  return { name: camel, local, doc, isMethod, signatures, text }
}

function variantOf(name, overload, isOneOfMany, local) {
  const full = overload === '-' ? `aten::${name}` : `aten::${name}.${overload}`
  const found = describeOperator(full)
  if (found === null) throw new Error(`no operator ${full}`)
  const [, inside, result] = /^[^(]*\((.*)\) -> (.*)$/.exec(found.schema.replace(/\([a-z|]+!?(?: -> [a-z*|]+)?\)/g, ''))
  let isKeyword = false
  const all = []
  for (const part of inside.split(/, (?![^[(]*[\])])/)) {
    if (part === '*') {
      isKeyword = true
      continue
    }
    const [, type, argument, byDefault] = /^(\S+) (\w+)(?:=(.*))?$/.exec(part)
    if (LEFT_OUT.has(argument)) continue
    all.push({
      name: argument,
      label: label(argument),
      ts: typeOf(type),
      optional: type.endsWith('?') || byDefault !== undefined,
      isKeyword,
    })
  }
  const bound = `${local}${isOneOfMany ? camelCase(`_${overload === '-' ? 'plain' : overload}`) : 'Op'}`
  return {
    full,
    bound,
    all,
    positional: all.filter((p) => !p.isKeyword),
    keywords: all.filter((p) => p.isKeyword),
    result: resultOf(result),
  }
}

function merge(variants) {
  if (variants.length === 1) return { positional: variants[0].positional, keywords: variants[0].keywords, conditions: [] }
  const longest = variants.reduce((a, b) => (b.positional.length > a.positional.length ? b : a))
  const conditions = []
  const positional = longest.positional.map((p, index) => {
    const twins = variants.map((variant) => variant.positional[index])
    const present = twins.filter((twin) => twin !== undefined && (twin.name === p.name || twin.ts !== p.ts || twins.length === 2))
    const types = [...new Set(present.map((twin) => twin.ts))]
    const isMissing = twins.some((twin) => twin === undefined)
    const label = twins[0]?.label ?? p.label
    if (conditions.length === 0 && isMissing)
      conditions.push(variants[0].positional[index] === undefined ? `${label} === undefined` : `${label} !== undefined`)
    else if (conditions.length === 0 && types.length > 1) conditions.push(conditionFor(label, twins[0].ts, twins[1].ts))
    return { ...p, label, ts: unionOf(types), optional: isMissing || present.every((twin) => twin.optional), twins }
  })
  const keywords = [...new Map(variants.flatMap((variant) => variant.keywords).map((p) => [p.name, { ...p, optional: true }])).values()]
  return { positional, keywords, conditions }
}

function conditionFor(label, first, second) {
  if (second === 'number') return `typeof ${label} !== 'number'`
  if (second === 'string') return `typeof ${label} !== 'string'`
  if (first === 'number') return `typeof ${label} === 'number'`
  throw new Error(`cannot tell ${first} from ${second} in ${label}`)
}

function unionOf(types) {
  return [...new Set(types.flatMap((type) => type.split(' | ')))].join(' | ')
}

function valueOf(p, merged) {
  if (p.isKeyword) return `options.${p.label}`
  const match = merged.positional.find((m) => m.name === p.name || m.twins?.some((twin) => twin?.name === p.name))
  return match.label
}

function parameterTexts(positional, keywords, withDefault) {
  const texts = positional.map((p, index) => {
    const mayBeLeftOut = p.optional && positional.slice(index).every((later) => later.optional) && keywords.every((k) => k.optional)
    if (mayBeLeftOut) return `${p.label}?: ${p.ts}`
    return p.optional ? `${p.label}: ${p.ts} | undefined` : `${p.label}: ${p.ts}`
  })
  if (keywords.length > 0) {
    const fields = keywords.map((p) => `${p.label}${p.optional ? '?' : ''}: ${p.ts}`).join('; ')
    const isNeeded = keywords.some((p) => !p.optional)
    texts.push(isNeeded ? `options: { ${fields} }` : withDefault ? `options: { ${fields} } = {}` : `options?: { ${fields} }`)
  }
  return texts
}

function typeOf(schemaType) {
  const type = schemaType
    .replace(/\?$/, '')
    .replace(/\(.*?\)/, '')
    .replace(/SymInt/g, 'int')
  if (type === 'Tensor') return 'Tensor'
  if (type === 'Tensor[]') return 'readonly Tensor[]'
  if (type === 'Tensor?[]') return 'readonly (Tensor | undefined)[]'
  if (type === 'ScalarType') return 'Dtype'
  if (type === 'int' || type === 'float' || type === 'Scalar') return 'number'
  if (type === 'bool') return 'boolean'
  if (type === 'str') return 'string'
  if (/^(int|float)\[\d+\]$/.test(type)) return 'number | readonly number[]'
  if (/^(int|float|Scalar)\[\]$/.test(type)) return 'readonly number[]'
  if (/^bool\[\d*\]$/.test(type)) return 'readonly boolean[]'
  throw new Error(`no TypeScript type for ${schemaType}`)
}

function resultOf(text) {
  const one = (type) => {
    const bare = type.replace(/ \w+$/, '').replace(/\(.*?\)/, '')
    return { Tensor: 'Tensor', 'Tensor[]': 'Tensor[]', bool: 'boolean', int: 'number', float: 'number', Scalar: 'number', '()': 'void' }[
      bare
    ]
  }
  const isTuple = text.startsWith('(') && text !== '()'
  return isTuple ? `[${text.slice(1, -1).split(', ').map(one).join(', ')}]` : one(text)
}

function label(name) {
  const words = { self: 'input', default: 'value' }
  return words[name] ?? camelCase(name)
}

function camelCase(name) {
  return name
    .replace(/(?<=[a-zA-Z0-9])_([a-zA-Z0-9])/g, (_, letter) => letter.toUpperCase())
    .replace(/^_([a-zA-Z])/, (_, letter) => letter.toUpperCase())
}
