// The one line that ends a run of .ci/run: `N passed, N failed`, tests and checks together. Runs on Node 20.
//   node scripts/count-results.mjs TESTS.json TESTS_EXIT CHECKS.json CHECKS_EXIT
// Counts from Vitest's JSON and check.mjs's; a part that left no result, or failed without a counted failure, counts as one failed.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Adds one result file up: what passed, failed, was skipped. */
export function countPart(path, exitCode) {
  const counts = { numPassed: 0, numFailed: 0, numSkipped: 0 }
  if (existsSync(path)) {
    const result = JSON.parse(readFileSync(path, 'utf8'))
    if (Array.isArray(result)) {
      counts.numPassed = result.filter(({ ok }) => ok).length
      counts.numFailed = result.length - counts.numPassed
    } else {
      counts.numPassed = result.numPassedTests
      // A file that fails before its first test (an import that throws) has no failed test: count the file.
      const numBrokenFiles = result.testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
      )
      counts.numFailed = result.numFailedTests + numBrokenFiles.length
      counts.numSkipped = result.numPendingTests + (result.numTodoTests ?? 0)
    }
  }
  const hasRun = counts.numPassed + counts.numFailed > 0
  if ((exitCode !== 0 || !hasRun) && counts.numFailed === 0) counts.numFailed = 1
  return counts
}

/** The closing line and the exit code of a run. */
export function summarise(parts) {
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0)
  const skipped = sum('numSkipped') > 0 ? `, ${sum('numSkipped')} skipped` : ''
  return { line: `${sum('numPassed')} passed, ${sum('numFailed')} failed${skipped}`, exitCode: sum('numFailed') === 0 ? 0 : 1 }
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  const [tests, testsExit, checks, checksExit] = process.argv.slice(2)
  const { line, exitCode } = summarise([countPart(tests, Number(testsExit)), countPart(checks, Number(checksExit))])
  process.stdout.write(`${line}\n`)
  process.exitCode = exitCode
}
