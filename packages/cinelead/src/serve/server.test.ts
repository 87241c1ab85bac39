// Truth: HTTP's own rules, and a folder made here with a secret beside it that must never be served.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeReport } from '../report/fixtures/made-report.ts'
import { renderReport } from '../report/page.ts'
import { createServer, listRuns, startServer } from './server.ts'

const home = mkdtempSync(join(tmpdir(), 'cinelead-serve-'))
const runsFolder = join(home, 'runs')
const { report, figures } = madeReport(80)
const page = renderReport(report, figures)
const server = createServer({ runsFolder, run: 'demo' })
const get = (url: string, host = '127.0.0.1:4780') => server.inject({ method: 'GET', url, headers: { host } })

beforeAll(() => {
  mkdirSync(join(runsFolder, 'demo', 'report'), { recursive: true })
  mkdirSync(join(runsFolder, 'young'))
  writeFileSync(join(home, 'report.json'), '{"secret":true}')
  writeFileSync(join(runsFolder, 'young', 'run.json'), '{}')
  writeFileSync(join(runsFolder, 'demo', 'report', 'index.html'), page)
  writeFileSync(join(runsFolder, 'demo', 'report.json'), JSON.stringify(report))
  symlinkSync(home, join(runsFolder, 'link'))
})
afterAll(async () => {
  await server.close()
  rmSync(home, { recursive: true })
})

describe('createServer', () => {
  it('shows the chosen run at the root, and every run under its name', async () => {
    for (const url of ['/', '/runs/demo', '/runs/demo/']) {
      const answer = await get(url)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(answer.body === page).toBe(true)
    }
    for (const url of ['/report.json', '/runs/demo/report.json'])
      expect((await get(url)).json()).toEqual(JSON.parse(JSON.stringify(report)))
  })

  it('lists finished and unfinished runs', async () => {
    const list = (await get('/api/runs')).json() as { name: string; isFinished: boolean }[]
    expect(list.map(({ name, isFinished }) => [name, isFinished])).toEqual([
      ['demo', true],
      ['young', false],
    ])
    const shown = (await get('/runs')).body
    expect(shown).toContain('href="/runs/demo/"')
    expect(shown).toContain('not finished')
    expect(listRuns(join(home, 'nowhere'))).toEqual([])
  })

  it('serves nothing outside its runs, however it is asked', async () => {
    // Over a socket, because a client library would tidy the path before it is sent.
    const listening = createServer({ runsFolder, run: 'demo' })
    const port = Number(new URL(await startServer(listening, 0)).port)
    const outside = [
      '/runs/../report.json',
      '/runs/..%2freport.json',
      '/runs/%2e%2e/report.json',
      '/runs/..%5c/report.json',
      '/runs/./report.json',
    ]
    const inside = [
      '/runs/link/report.json',
      '/runs/demo/run.json',
      '/runs/demo%00/report.json',
      '/runs/demo/../../report.json',
      '//etc/passwd',
    ]
    for (const path of [...outside, ...inside]) {
      const [status, body] = await new Promise<[number | undefined, string]>((resolve) =>
        request({ port, path }, (answer) => {
          let text = ''
          answer.on('data', (part) => {
            text += part
          })
          answer.on('end', () => resolve([answer.statusCode, text]))
        }).end(),
      )
      expect([400, 404], path).toContain(status)
      expect(body, path).not.toContain('secret')
    }
    await listening.close()
  })

  it('answers only requests that name this machine, and forbids pages to load anything', async () => {
    expect((await get('/', 'evil.example')).statusCode).toBe(403)
    const answer = await get('/', 'localhost:4780')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    expect((await server.inject({ method: 'POST', url: '/', headers: { host: 'localhost' } })).statusCode).toBe(404)
  })

  it('says plainly what is wrong with a run that cannot be read', async () => {
    mkdirSync(join(runsFolder, 'broken'))
    writeFileSync(join(runsFolder, 'broken', 'report.json'), '{"schema": "cinelead.rep')
    const answer = await get('/api/runs')
    expect(answer.statusCode).toBe(200)
    rmSync(join(runsFolder, 'broken'), { recursive: true })
  })
})

describe('startServer', () => {
  it('listens on this machine alone and refuses a taken port with the way out', async () => {
    const first = createServer({ runsFolder })
    const address = await startServer(first, 0)
    const port = Number(new URL(address).port)
    expect(new URL(address).hostname).toBe('127.0.0.1')
    const status = await new Promise((resolve) => request({ port, path: '/runs' }, (answer) => resolve(answer.statusCode)).end())
    expect(status).toBe(200)
    const second = createServer({ runsFolder })
    await expect(startServer(second, port)).rejects.toThrow(
      `serve/port-taken startServer: expected port ${port} of 127.0.0.1 to be free but received a port that is taken.`,
    )
    await expect(startServer(second, 99_999)).rejects.toThrow('serve/port startServer')
    await first.close()
    await second.close()
  })
})
