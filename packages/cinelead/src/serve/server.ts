// Shows a folder of runs to a browser on this machine: reports as pages, their numbers as JSON. Reads, never writes.
// Hands on: createServer, startServer.
//
//   GET /                       the report of the chosen run, or the list
//   GET /runs                   the list as a page          GET /api/runs  the list as JSON
//   GET /runs/NAME/             the report of a run         GET /runs/NAME/report.json  its numbers
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { type CineLeadError, fault } from '../base/errors.ts'
import { type ReportJson, reportSchema } from '../report/report-json.ts'
import { type RunEntry, renderRunList } from '../report/run-list.ts'

export type ServerOptions = {
  /** Folder whose sub-folders are runs. */
  runsFolder: string
  /** The run shown at the root. */
  run?: string
}

/** What a run is called: a folder's plain name. Anything else is no run, whatever lies on the disk. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

/** Pages hold everything they need; a browser is told to load nothing else. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/**
 * A server of a runs folder, not listening yet.
 *
 * Runs are looked up by name among the folder's own entries, so no path from outside reaches the disk. Only requests that name this
 * machine as their host are answered, so that a foreign page cannot read a report through the reader's browser.
 */
export function createServer({ runsFolder, run }: ServerOptions): FastifyInstance {
  const server = fastify({ logger: false, routerOptions: { ignoreTrailingSlash: true } })
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) {
      return refuse(reply, 403, 'Only requests to this machine by its own name are answered.')
    }
  })
  server.get('/', (_request, reply) => (run === undefined ? showList(reply, runsFolder) : showPage(reply, runsFolder, run)))
  server.get('/runs', (_request, reply) => showList(reply, runsFolder))
  server.get('/api/runs', () =>
    listRuns(runsFolder).map(({ name, report }) => ({ name, isFinished: report !== undefined, report: report ?? null })),
  )
  server.get<{ Params: { name: string } }>('/runs/:name', (request, reply) => showPage(reply, runsFolder, request.params.name))
  server.get<{ Params: { name: string } }>('/runs/:name/report.json', (request, reply) =>
    sendFile(reply, runsFolder, request.params.name, 'report.json', 'application/json; charset=utf-8'),
  )
  if (run !== undefined) {
    server.get('/report.json', (_request, reply) => sendFile(reply, runsFolder, run, 'report.json', 'application/json; charset=utf-8'))
  }
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is nothing here. The list of runs is at /runs.'))
  server.setErrorHandler((error: { statusCode?: number }, _request, reply) =>
    refuse(
      reply,
      error.statusCode ?? 500,
      error.statusCode === undefined ? 'The server could not read this run.' : 'This request cannot be answered.',
    ),
  )
  return server
}

/**
 * Starts listening.
 *
 * @returns  The address to open.
 * @throws   serve/port-taken when another program listens there; serve/port when the system refuses the port.
 */
export async function startServer(server: FastifyInstance, port: number, host = '127.0.0.1'): Promise<string> {
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw portFault('serve/port', 'a port from 0 to 65535', String(port), 'Give --port 4780.')
  try {
    return await server.listen({ port, host })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') {
      const hint = `Stop the program that listens there, or choose another port: --port ${port + 1}.`
      throw portFault('serve/port-taken', `port ${port} of ${host} to be free`, 'a port that is taken', hint, error)
    }
    if (code === 'EACCES') throw portFault('serve/port', `leave to listen on port ${port}`, 'a refusal', 'Choose a port above 1023.', error)
    throw error
  }
}

/** All runs in a folder, by name; a run without a report that can be read is listed as not finished. */
export function listRuns(runsFolder: string): RunEntry[] {
  return listNames(runsFolder)
    .filter((name) => existsSync(join(runsFolder, name, 'run.json')) || existsSync(join(runsFolder, name, 'report.json')))
    .map((name) => ({ name, report: reportOf(join(runsFolder, name, 'report.json')) }))
}

/** Real folders with plain names; links are not followed out of the runs folder. */
function listNames(runsFolder: string): string[] {
  if (!existsSync(runsFolder)) return []
  const entries = readdirSync(runsFolder, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() && RUN_NAME.test(entry.name) ? [entry.name] : [])).sort()
}

function reportOf(path: string): ReportJson | undefined {
  if (!existsSync(path)) return undefined
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as ReportJson
    return report.schema === reportSchema ? report : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // somebody else's file, or one that is being copied: the list goes on without it
    throw error
  }
}

function showList(reply: FastifyReply, runsFolder: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(renderRunList(listRuns(runsFolder)))
}

function showPage(reply: FastifyReply, runsFolder: string, name: string): FastifyReply {
  return sendFile(reply, runsFolder, name, join('report', 'index.html'), 'text/html; charset=utf-8')
}

/** A file of a run: the run is one of the folder's own, the file's name is ours. */
function sendFile(reply: FastifyReply, runsFolder: string, name: string, file: string, type: string): FastifyReply {
  const isRun = listNames(runsFolder).includes(name)
  const path = join(runsFolder, name, file)
  if (!isRun || !existsSync(path)) return refuse(reply, 404, 'There is no such report. The list of runs is at /runs.')
  return reply.type(type).send(readFileSync(path))
}

function refuse(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${sentence}\n`)
}

function portFault(code: string, expected: string, received: string, hint: string, cause?: unknown): CineLeadError {
  return fault({ code, where: 'startServer', expected, received, hint, cause })
}
