// A worker for the pool's tests: squares numbers, and waits or fails in three ways when told to.
import { fault } from '../base/errors.ts'
import { serveJobs } from './worker-pool.ts'

serveJobs<{ factor: number }, number | string, number>(async ({ factor }) => async (job) => {
  if (typeof job === 'number') return factor * job * job
  if (job === 'exit') process.exit(5)
  if (job === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000))
  if (job === 'throw') throw new TypeError('not coded')
  throw fault({ code: 'test/fault', where: 'fixture', expected: 'a number', received: job, hint: 'None.', at: 's-x' })
})
