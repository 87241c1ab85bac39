// How long a store of the abstract's size takes to open: 67,897 rows, all numbers different, shards of their full size. The rows are those
// of a small simulated store, repeated with changed numbers; the shards have true headers and are sparse behind them.
//   node bench/store-open.ts [--subjects 67897]
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodeSafetensorsHeader } from '@cinelead/torch/safetensors'
import { createSilentReport } from '../packages/cinelead/src/cli/progress.ts'
import { simulateStore } from '../packages/cinelead/src/cli/simulate-store.ts'
import { sha256 } from '../packages/cinelead/src/cohort/digest.ts'
import { encodeIndex } from '../packages/cinelead/src/cohort/index-table.ts'
import { openStore, type StoreManifest, type StoreRow } from '../packages/cinelead/src/cohort/store.ts'

const ABSTRACT = 67_897 // recordings in the abstract
const SHARD_BYTES = 2 ** 30 // as `cohort/merge` cuts
const { values } = parseArgs({ options: { subjects: { type: 'string', default: String(ABSTRACT) } } })
const numSubjects = Number(values.subjects)

/** Every number a little different, so that no dictionary shortens a column. */
function changed(row: StoreRow, i: number, shard: number, place: number): StoreRow {
  const nudge = <Value>(value: Value): Value => {
    if (typeof value === 'number') return (Number.isInteger(value) ? value : value * (1 + i * 1e-9)) as Value
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(nudge) as Value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nudge(inner)])) as Value
  }
  const key = i.toString(16).padStart(12, '0')
  return { ...nudge(row), subject: `s-${key}`, digest: key.repeat(6).slice(0, 64), shard, row: place }
}

const dir = mkdtempSync(join(tmpdir(), 'cinelead-open-'))
try {
  const small = join(dir, 'small')
  await simulateStore({ store: small, subjects: 40, seed: 1, numWorkers: 1 }, createSilentReport())
  using store = await openStore(small)
  const { manifest } = store
  const sizeOf = (dtype: string, shape: readonly number[]) => shape.reduce((product, side) => product * side, dtype === 'F16' ? 2 : 1)
  const subjectBytes = manifest.tensors.reduce((sum, { dtype, recordShape }) => sum + sizeOf(dtype, recordShape), 0)
  const perShard = Math.floor(SHARD_BYTES / subjectBytes)
  const shards: StoreManifest['shards'][number][] = []
  const rows: StoreRow[] = []
  for (let first = 0; first < numSubjects; first += perShard) {
    const count = Math.min(perShard, numSubjects - first)
    const file = `shard-${String(shards.length).padStart(4, '0')}.safetensors`
    const tensors = manifest.tensors.map(({ name, dtype, recordShape }) => ({ name, dtype, shape: [count, ...recordShape] }))
    const head = encodeSafetensorsHeader(tensors)
    const descriptor = openSync(join(dir, file), 'w')
    writeSync(descriptor, head)
    ftruncateSync(descriptor, head.length + count * subjectBytes)
    closeSync(descriptor)
    for (let i = 0; i < count; i++) rows.push(changed(store.rows[(first + i) % store.rows.length], first + i, shards.length, i))
    shards.push({ file, numSubjects: count, sizeBytes: statSync(join(dir, file)).size, sha256: '' })
  }
  const index = encodeIndex(rows)
  writeFileSync(join(dir, 'index.parquet'), index)
  const whole = { ...manifest, numSubjects, shards, index: { file: 'index.parquet', sizeBytes: index.length, sha256: sha256(index) } }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(whole))
  let [wall, cpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const first = { wall: 0, cpu: 0 }
  for (let round = 0; round < 5; round++) {
    const started = performance.now()
    const before = process.cpuUsage()
    using opened = await openStore(dir)
    const { user, system } = process.cpuUsage(before)
    const took = performance.now() - started
    if (opened.rows.length !== numSubjects) throw new RangeError(`${opened.rows.length} rows`)
    if (round === 0) Object.assign(first, { wall: took, cpu: (user + system) / 1000 })
    wall = Math.min(wall, took)
    cpu = Math.min(cpu, (user + system) / 1000)
  }
  const totalGb = shards.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e9
  console.log(
    `${numSubjects} recordings, ${shards.length} shards, ${totalGb.toFixed(1)} GB, index ${(index.length / 1e6).toFixed(1)} MB: opened in ` +
      `${first.wall.toFixed(0)} ms (processor ${first.cpu.toFixed(0)} ms), best of 5: ${wall.toFixed(0)} ms (${cpu.toFixed(0)} ms); ${cpus()[0].model}`,
  )
} finally {
  rmSync(dir, { recursive: true, force: true })
}
