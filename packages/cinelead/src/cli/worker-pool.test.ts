// Truth: squares, and what the worker's file below says it does with each job.
import { describe, expect, it } from 'vitest'
import { runPool } from './worker-pool.ts'

const worker = new URL('./worker-pool-fixture.ts', import.meta.url)

function pool(jobs: (number | string)[], numWorkers = 2, onDeath?: () => number) {
  const results: number[] = []
  return runPool<number | string, number>({
    worker,
    shared: { factor: 3 },
    jobs,
    numWorkers,
    onDeath,
    onResult: (result) => void results.push(result),
  }).then(() => results)
}

describe('runPool', () => {
  it('answers every job once', async () => {
    expect((await pool([1, 2, 3, 4, 5, 6, 7])).sort((a, b) => a - b)).toEqual([3, 12, 27, 48, 75, 108, 147])
  })
  it('has nothing to do without jobs', async () => {
    expect(await pool([])).toEqual([])
  })
  it("gives a job's coded error back with its parts", async () => {
    await expect(pool([1, 'fault'])).rejects.toMatchObject({ code: 'test/fault', expected: 'a number', at: 's-x' })
  })
  it('says when a worker died without a word', async () => {
    await expect(pool(['exit'])).rejects.toThrow(
      'cli/worker runPool: expected an answer from every worker but received a worker that ended with exit code 5',
    )
  })
  it('goes on with another worker when the caller has an answer to a death', async () => {
    const results = await pool([1, 'exit', 2, 'exit', 3], 2, () => -1)
    expect(results.sort((a, b) => a - b)).toEqual([-1, -1, 3, 12, 27])
  })
  it('takes no stopped worker for a dead one when a job failed', async () => {
    let numDeaths = 0
    const jobs = pool([1, 2, 'wait', 'fault'], 2, () => ++numDeaths)
    await expect(jobs).rejects.toMatchObject({ code: 'test/fault' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(numDeaths).toBe(0)
  })
  it('ends all the same when a worker cannot even start', async () => {
    const broken = new URL('./no-such-worker.ts', import.meta.url)
    const jobs = runPool({ worker: broken, shared: {}, jobs: [1, 2], onResult: () => {}, onDeath: () => -1 })
    await expect(jobs).rejects.toThrow('base/internal')
  })
  it('says what a worker threw that nobody coded', async () => {
    await expect(pool(['throw'])).rejects.toThrow('base/internal')
  })
})
