// Finished numbers of trainings to an MLflow tracking server that the user names: one MLflow run a training, all in one experiment.
// Only recipes, versions and metrics leave; records hold no subject. Sending the same again changes nothing on the server.
//
// Source: MLflow's REST API 2.0, mlflow.org/docs/latest/rest-api.html (paths, fields); its limits of a log-batch request
// (1,000 entities, of these 100 parameters) as the page of "Log Batch" says.
import { fault } from '../base/errors.ts'
import type { MetricLine } from './metrics.ts'

/** A training as a tracking server sees it. */
export type TrackedTraining = {
  /** Which training of which run; the same key is the same training. */
  key: string
  name: string
  params: Readonly<Record<string, string>>
  tags: Readonly<Record<string, string>>
  startedMs: number
  isDone: boolean
  lines: readonly MetricLine[]
}

const EXPERIMENT = 'cinelead'
const MOST_ENTITIES = 1000
const MOST_PARAMS = 100
const KEY_TAG = 'cinelead.key'
const STATE_TAG = 'cinelead.state'

type Answer = Readonly<Record<string, unknown>>
type Answered = { experiment: { experiment_id: string }; experiment_id: string; run: FoundRun }
type Server = { call(method: 'GET' | 'POST', path: string, body: Answer): Promise<Answer | undefined> }

/**
 * Sends trainings to a server.
 *
 * A training that is there with as many lines and in the same state is left alone; one that has grown since is sent anew and its old copy deleted.
 *
 * @param url  Of the server, `http://127.0.0.1:5000`; a user and password in it go into the request's head.
 * @returns    How many were sent and how many were there already.
 * @throws     train/mlflow when the server cannot be reached or refuses.
 */
export async function exportToMlflow(url: string, trainings: readonly TrackedTraining[]): Promise<{ numSent: number; numKept: number }> {
  const server = connect(url)
  const experimentId = await findExperiment(server)
  let numSent = 0
  for (const training of trainings) {
    const earlier = await findRuns(server, experimentId, training.key)
    const state = `${training.lines.length} lines${training.isDone ? ', whole' : ''}`
    if (earlier.some((run) => run.state === state && run.isSent)) continue
    for (const { id } of earlier) await server.call('POST', 'runs/delete', { run_id: id })
    await sendRun(server, experimentId, training, state)
    numSent++
  }
  return { numSent, numKept: trainings.length - numSent }
}

async function findExperiment(server: Server): Promise<string> {
  const known = await server.call('GET', 'experiments/get-by-name', { experiment_name: EXPERIMENT })
  if (known !== undefined) return (known.experiment as { experiment_id: string }).experiment_id
  return ((await server.call('POST', 'experiments/create', { name: EXPERIMENT })) as { experiment_id: string }).experiment_id
}

type FoundRun = { info: { run_id: string; status: string }; data: { tags?: { key: string; value: string }[] } }

async function findRuns(server: Server, experimentId: string, key: string) {
  const filter = `tags."${KEY_TAG}" = '${key.replaceAll("'", '')}'`
  const { runs = [] } = ((await server.call('POST', 'runs/search', { experiment_ids: [experimentId], filter })) ?? {}) as {
    runs?: FoundRun[]
  }
  return runs.map(({ info, data }) => ({
    id: info.run_id,
    state: data.tags?.find((tag) => tag.key === STATE_TAG)?.value,
    isSent: info.status === 'FINISHED' || info.status === 'KILLED', // set last
  }))
}

async function sendRun(server: Server, experimentId: string, training: TrackedTraining, state: string): Promise<void> {
  const { key, name, params, tags, startedMs, isDone, lines } = training
  const entries = (record: Readonly<Record<string, string>>) => Object.entries(record).map(([entry, value]) => ({ key: entry, value }))
  const created = await server.call('POST', 'runs/create', {
    experiment_id: experimentId,
    run_name: name,
    start_time: startedMs,
    tags: entries({ ...tags, [KEY_TAG]: key.replaceAll("'", ''), [STATE_TAG]: state }),
  })
  const { run_id } = (created as { run: FoundRun }).run.info
  for (const some of pieces(entries(params), MOST_PARAMS)) await server.call('POST', 'runs/log-batch', { run_id, params: some })
  const metrics = lines.flatMap((line) => metricsOf(line, startedMs))
  for (const some of pieces(metrics, MOST_ENTITIES)) await server.call('POST', 'runs/log-batch', { run_id, metrics: some })
  await server.call('POST', 'runs/update', { run_id, status: isDone ? 'FINISHED' : 'KILLED', end_time: startedMs })
}

/** The numbers of a line, each under `<kind>/<name>`. Records keep no time of a step, so all carry the run's beginning. */
function metricsOf({ kind, step, ...numbers }: MetricLine, timestamp: number) {
  return Object.entries(numbers).flatMap(([name, value]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ key: `${kind}/${name}`, value, timestamp, step }] : [],
  )
}

function pieces<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, piece) => items.slice(piece * size, (piece + 1) * size))
}

function connect(url: string): Server {
  const base = parseUrl(url)
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (base.username !== '')
    headers.authorization = `Basic ${Buffer.from(decodeURIComponent(`${base.username}:${base.password}`)).toString('base64')}`
  const root = `${base.origin}${base.pathname.replace(/\/$/, '')}/api/2.0/mlflow/`
  return {
    async call(method, path, body) {
      const target = new URL(root + path)
      if (method === 'GET') for (const [name, value] of Object.entries(body)) target.searchParams.set(name, String(value))
      let response: Response
      let text: string
      try {
        response = await fetch(target, { method, headers, ...(method === 'POST' ? { body: JSON.stringify(body) } : {}) })
        text = await response.text()
      } catch (cause) {
        throw refused(path, `no answer from ${base.host}`, 'Is the server running, and is this its address?', cause)
      }
      if (response.ok) return parseAnswer(path, text)
      if (response.status === 404 && method === 'GET' && text.includes('RESOURCE_DOES_NOT_EXIST')) return undefined
      throw refused(
        path,
        `status ${response.status}: ${text.slice(0, 200).replaceAll(/\s+/g, ' ')}`,
        'See what the server says of it in its own log.',
      )
    },
  }
}

/** What a server said, with the identity that later calls need where this call is to give one. */
function parseAnswer(path: string, text: string): Answer {
  const gives: Readonly<Record<string, (answer: Partial<Answered>) => unknown>> = {
    'experiments/get-by-name': ({ experiment }) => experiment?.experiment_id,
    'experiments/create': ({ experiment_id }) => experiment_id,
    'runs/create': ({ run }) => run?.info.run_id,
  }
  const refuse = (cause?: unknown) =>
    refused(path, 'an answer that is none of MLflow', 'Is this the address of an MLflow server, with nothing in between?', cause)
  let answer: Answer
  try {
    answer = JSON.parse(text === '' ? '{}' : text) as Answer
  } catch (cause) {
    throw refuse(cause)
  }
  if (gives[path] !== undefined && typeof gives[path](answer) !== 'string') throw refuse()
  return answer
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const hasBadEscape = /%(?![0-9a-f]{2})/i.test(`${parsed?.username}${parsed?.password}`)
  if (hasBadEscape) throw refused('connect', 'a password with a bare %', 'Write % as %25 in the address.')
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed
  throw refused('connect', 'something else', 'Give the address of the tracking server, http://127.0.0.1:5000 for instance.')
}

function refused(path: string, received: string, hint: string, cause?: unknown) {
  return fault({ code: 'train/mlflow', where: 'exportToMlflow', expected: `an MLflow tracking server (${path})`, received, hint, cause })
}
