// Serves a folder of runs at http://127.0.0.1:4780 until it is interrupted.
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { createServer, startServer } from '../serve/server.ts'
import type { Report } from './progress.ts'

export const defaultPort = 4780

export type ServeOptions = {
  /** A folder of runs, or one run. */
  runs?: string
  port?: number | string
  /** Ends the server; Ctrl-C does when left out. */
  signal?: AbortSignal
}

/**
 * The verb `serve`: returns when it is told to stop.
 *
 * @throws  cli/no-run when there is no such folder; serve/port-taken, serve/port.
 */
export async function run(options: ServeOptions, report: Report): Promise<void> {
  const folder = resolve(options.runs ?? 'runs')
  if (!existsSync(folder)) {
    throw fault({
      code: 'cli/no-run',
      where: 'serve',
      expected: 'a folder of runs, or one run',
      received: 'no such folder',
      hint: 'Make one first: npm start, or cinelead compare.',
    })
  }
  const isOneRun = existsSync(join(folder, 'run.json')) || existsSync(join(folder, 'report.json'))
  const server = createServer(isOneRun ? { runsFolder: dirname(folder), run: basename(folder) } : { runsFolder: folder })
  const address = await startServer(server, Number(options.port ?? defaultPort))
  report.answer({ address }, `The report is at ${address} (Ctrl-C stops the server).`)
  await new Promise<void>((stop) => {
    options.signal?.addEventListener('abort', () => stop())
    process.once('SIGINT', () => stop())
    process.once('SIGTERM', () => stop())
  })
  await server.close()
}
