// Truth: a report written here and asked for over HTTP.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSilentReport } from './progress.ts'
import { run } from './serve.ts'

const home = mkdtempSync(join(tmpdir(), 'cinelead-cli-serve-'))
afterAll(() => rmSync(home, { recursive: true }))

/** Serves, waits for the address, asks, and stops. */
async function ask(runs: string, path: string): Promise<{ status: number; body: string }> {
  const stop = new AbortController()
  const said = createSilentReport()
  const served = run({ runs, port: 0, signal: stop.signal }, said)
  while (said.answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const { address } = said.answers[0] as { address: string }
  const answer = await fetch(`${address}${path}`)
  const found = { status: answer.status, body: await answer.text() }
  stop.abort()
  await served
  return found
}

describe('serve', () => {
  it('shows one run at the root, and a list for a folder of runs', async () => {
    const one = join(home, 'runs', 'first')
    mkdirSync(join(one, 'report'), { recursive: true })
    writeFileSync(join(one, 'run.json'), '{}')
    writeFileSync(join(one, 'report', 'index.html'), '<p>the report</p>')
    expect(await ask(one, '/')).toEqual({ status: 200, body: '<p>the report</p>' })
    const list = await ask(join(home, 'runs'), '/')
    expect(list.body).toContain('first')
    expect(list.body).toContain('not finished')
  })

  it('refuses a folder that is not there', async () => {
    await expect(run({ runs: join(home, 'nowhere') }, createSilentReport())).rejects.toThrow(
      'cli/no-run serve: expected a folder of runs, or one run but received no such folder.',
    )
  })
})
