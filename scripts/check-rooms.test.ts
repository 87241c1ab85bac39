// Truth: house rules planted and broken one at a time in a folder made for the test; each break must be named, and the clean
// house must have none.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRoomFaults } from './check-rooms.mjs'
import { replaceTable } from './rooms/table.mjs'

const project = join(dirname(fileURLToPath(import.meta.url)), '..')
const rules = JSON.parse(readFileSync(join(project, 'rooms.json'), 'utf8'))
const room = (path: string) => `packages/cinelead/src/${path}`
let root: string

function plant(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const messages = (): string[] => findRoomFaults(root).map(({ file, message }: { file: string; message: string }) => `${file} ${message}`)

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rooms-'))
  plant('rooms.json', JSON.stringify(rules))
  plant('ARCHITECTURE.md', replaceTable('# Rooms\n', rules))
  plant(room('base/seed.ts'), 'export const createRandom = (seed: number) => seed\n')
  plant(room('formats/wfdb.ts'), "import { createRandom } from '../base/seed.ts'\nexport const readWfdb = createRandom\n")
  plant(room('train/loop.ts'), "import type { Model } from '../models/vit.ts'\nexport type Loop = Model\n")
  plant(room('models/vit.ts'), "import { tensor } from '@cinelead/torch'\nexport type Model = typeof tensor\n")
})

afterEach(() => rmSync(root, { recursive: true }))

describe('findRoomFaults', () => {
  it('finds nothing wrong in a clean house', () => {
    expect(messages()).toEqual([])
  })

  const broken: [name: string, path: string, text: string, expected: string][] = [
    [
      'an import the table forbids',
      'formats/aecg.ts',
      "import { pair } from '../cohort/pair.ts'\nexport { pair }\n",
      'formats may not import cohort',
    ],
    [
      'a forbidden dynamic import',
      'formats/aecg.ts',
      "export const late = () => import('../cohort/pair.ts')\n",
      'formats may not import cohort',
    ],
    ['a forbidden re-export', 'formats/aecg.ts', "export { pair } from '../cohort/pair.ts'\n", 'formats may not import cohort'],
    ['a forbidden type', 'formats/aecg.ts', "export type Pair = import('../cohort/pair.ts').Pair\n", 'formats may not import cohort'],
    [
      'a forbidden worker',
      'formats/a.ts',
      "export const w = new URL('../cohort/pair.ts', import.meta.url)\n",
      'formats may not import cohort',
    ],
    ['a value where types are allowed', 'train/fit.ts', "import { vit } from '../models/vit.ts'\nexport { vit }\n", 'only types of models'],
    [
      'an inline type, which runs',
      'train/fit.ts',
      "import { type Model } from '../models/vit.ts'\nexport type M = Model\n",
      'only types of models',
    ],
    [
      'torch in a room without tensors',
      'formats/a.ts',
      "import { tensor } from '@cinelead/torch'\nexport { tensor }\n",
      'formats may not import torch',
    ],
    ['cli imported by anybody', 'serve/a.ts', "import { run } from '../cli/doctor.ts'\nexport { run }\n", 'serve may not import cli'],
    [
      'the torch package by its files',
      'models/a.ts',
      "import { t } from '../../../torch/src/t.ts'\nexport { t }\n",
      'enter the tensor package through',
    ],
    ['rooms kept apart', 'prepare/ecg/a.ts', "import type { A } from '../cmr/stack.ts'\nexport type B = A\n", 'are kept apart'],
    ['a room nobody planned', 'attic/a.ts', 'export const a = 1\n', 'lies in no room'],
    ['a word of another room', 'prepare/ecg/a.ts', 'export const a = () => process.exit(1)\n', 'says process.exit'],
    ['a word that belongs nowhere', 'cli/a.ts', 'export const a = Math.random()\n', 'says Math.random, which belongs nowhere'],
    [
      'a file system where there is none',
      'formats/a.ts',
      "import { readFileSync } from 'node:fs'\nexport { readFileSync }\n",
      "says from 'node:fs",
    ],
    ['a forbidden name', 'base/utils.ts', 'export const a = 1\n', 'is called utils'],
    ['a name in another case', 'base/fileHash.ts', 'export const a = 1\n', 'kebab-case'],
    ['a file too long', 'base/long.ts', 'export {}\n'.repeat(rules.maxLines + 1), 'split it by idea'],
    ['an index with a life of its own', 'base/index.ts', 'export const a = 1\n', 'more than export again'],
    ['a file that cannot be parsed', 'base/a.ts', 'export const = 1\n', 'cannot be parsed'],
  ]
  it.each(broken)('names %s', (_name, path, text, expected) => {
    plant(room(path), text)
    expect(messages().filter((message) => message.includes(room(path)) && message.includes(expected))).toHaveLength(1)
  })

  it('lets types through where types are allowed', () => {
    plant(room('cohort/store.ts'), "import type { PreparedEcg } from '../prepare/ecg/prepared-ecg.ts'\nexport type S = PreparedEcg\n")
    plant(room('cohort/shards.ts'), "import { readSafetensors } from '@cinelead/torch/safetensors'\nexport { readSafetensors }\n")
    expect(messages()).toEqual([])
  })

  it('does not take a comment for code', () => {
    plant(room('formats/a.ts'), "// process.exit and Math.random; import { x } from '../cohort/pair.ts'\nexport const a = 1\n")
    expect(messages()).toEqual([])
  })

  it('lets a test use files and any room', () => {
    plant(
      room('formats/a.test.ts'),
      "import { readFileSync } from 'node:fs'\nimport { pair } from '../cohort/pair.ts'\nexport { pair, readFileSync }\n",
    )
    expect(messages()).toEqual([])
  })

  it('keeps hearts out of the tensor package, in its tests too', () => {
    plant(
      'packages/torch/src/a.test.ts',
      "import { vit } from '../../cinelead/src/models/vit.ts'\nimport { b } from 'cinelead'\nexport { vit, b }\n",
    )
    expect(messages().filter((message) => message.includes('knows nothing of hearts'))).toHaveLength(2)
  })

  it('names a ring of value imports once, and no ring of types', () => {
    plant(room('base/a.ts'), "import { b } from './b.ts'\nexport const a = () => b\n")
    plant(room('base/b.ts'), "import { c } from './c.ts'\nexport const b = () => c\n")
    plant(room('base/c.ts'), "import { a } from './a.ts'\nimport type { D } from './d.ts'\nexport const c: D = () => a\n")
    plant(room('base/d.ts'), "import { c } from './c.ts'\nexport type D = () => unknown\nexport const d = c\n")
    expect(messages()).toEqual([expect.stringContaining('base/a.ts -> packages/cinelead/src/base/b.ts -> packages/cinelead/src/base/c.ts')])
  })

  it('sees that the page shows another table than the one enforced', () => {
    const other = structuredClone(rules)
    other.rooms.report.values.push('models')
    plant('ARCHITECTURE.md', replaceTable('# Rooms\n', other))
    expect(messages()).toEqual([expect.stringContaining('does not show the table')])
  })
})
