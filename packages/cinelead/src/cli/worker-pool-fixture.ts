// A worker for the pool's tests: squares numbers, and fails in three ways when told to.
import { fault } from '../base/errors.ts'
import { serveJobs } from './worker-pool.ts'

serveJobs<{ factor: number }, number | string, number>(async ({ factor }) => async (job) => {
  if (typeof job === 'number') return factor * job * job
  if (job === 'exit') process.exit(5)
  if (job === 'throw') throw new TypeError('not coded')
  throw fault({ code: 'test/fault', where: 'fixture', expected: 'a number', received: job, hint: 'None.', at: 's-x' })
})
