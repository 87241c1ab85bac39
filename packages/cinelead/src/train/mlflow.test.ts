// Truth: a small tracking server of our own (fixtures/tracking-server.ts) that keeps MLflow's documented limits.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTrackingServer, type TrackingServer } from './fixtures/tracking-server.ts'
import type { MetricLine } from './metrics.ts'
import { exportToMlflow, type TrackedTraining } from './mlflow.ts'

let server: TrackingServer
beforeEach(async () => {
  server = await startTrackingServer()
})
afterEach(() => server.close())

const lines = (count: number): MetricLine[] =>
  Array.from({ length: count }, (_, step) => ({
    kind: 'step',
    step,
    epoch: 0,
    loss: 4 - step / count,
    gradientNorm: Number.NaN,
    learningRate: 1e-3,
  }))

const training = (numLines: number, more: Partial<TrackedTraining> = {}): TrackedTraining => ({
  key: 'first/seed-1/tcl',
  name: "it's first",
  params: Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`contrast.p${i}`, String(i)])),
  tags: { commit: 'abc' },
  startedMs: 1_700_000,
  isDone: true,
  lines: lines(numLines),
  ...more,
})

describe('exportToMlflow', () => {
  it('makes a run of a training with all its parameters and numbers, within the limits of a request', async () => {
    expect(await exportToMlflow(server.url, [training(500)])).toEqual({ numSent: 1, numKept: 0 })
    const [run] = server.runs
    expect(server.experiment()).toBe('cinelead')
    expect(run).toMatchObject({ name: "it's first", status: 'FINISHED' })
    expect(run.params).toHaveLength(130)
    expect(run.metrics).toHaveLength(500 * 3) // epoch, loss and rate; the norm that is no number is left out
    expect(run.metrics.filter(({ key }) => key === 'step/loss').at(-1)).toMatchObject({ value: 4 - 499 / 500, step: 499 })
  })

  it('sends nothing twice, and anew what has grown', async () => {
    await exportToMlflow(server.url, [training(5, { isDone: false })])
    expect(await exportToMlflow(server.url, [training(5, { isDone: false })])).toEqual({ numSent: 0, numKept: 1 })
    expect(await exportToMlflow(server.url, [training(9)])).toEqual({ numSent: 1, numKept: 0 })
    expect(await exportToMlflow(server.url, [training(9)])).toEqual({ numSent: 0, numKept: 1 })
    expect(server.runs.map(({ isDeleted, status, metrics }) => [isDeleted, status, metrics.length])).toEqual([
      [true, 'KILLED', 15],
      [false, 'FINISHED', 27],
    ])
  })

  it('puts a user and password into the head of a request and never into an error', async () => {
    const secret = server.url.replace('http://', 'http://me:hidden@')
    await exportToMlflow(secret, [])
    expect(server.authorizations[0]).toBe(`Basic ${Buffer.from('me:hidden').toString('base64')}`)
    server.close()
    const refusal = await exportToMlflow(secret, []).catch((error: Error) => error.message)
    expect(refusal).toMatch(
      /^train\/mlflow exportToMlflow: expected an MLflow tracking server .* but received no answer from 127\.0\.0\.1:\d+\./,
    )
    expect(refusal).not.toContain('hidden')
  })

  it('refuses what is no address, and tells what a server refused', async () => {
    await expect(exportToMlflow('runs/first', [])).rejects.toThrow(/train\/mlflow .*http:\/\/127\.0\.0\.1:5000/)
    await expect(exportToMlflow(server.url.replace('behind', 'elsewhere'), [])).rejects.toThrow(/train\/mlflow .*status 404/)
  })

  it.each([
    ['a page', '<html>log in</html>'],
    ['another program', '{"ok":true}'],
    ['nothing', ''],
  ])('refuses %s in the place of an answer', async (_name, text) => {
    const other = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(exportToMlflow(`http://127.0.0.1:${port}`, [training(1)])).rejects.toThrow(
      /^train\/mlflow .*an answer that is none of MLflow/,
    )
    other.close()
  })

  it('refuses an answer that breaks off, and a password that is no part of an address', async () => {
    const other = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"a', () => response.destroy())
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(exportToMlflow(`http://127.0.0.1:${port}`, [training(1)])).rejects.toThrow(/^train\/mlflow .*no answer/)
    other.close()
    await expect(exportToMlflow('http://me:50%@127.0.0.1:1', [training(1)])).rejects.toThrow(/^train\/mlflow .*Write % as %25/)
  })
})
