// The Node that runs the program (TypeScript directly): the `node` package's binary in node_modules. Hands on: prepareNode.
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SetupFault, runLoud, runQuiet, say } from './run.mjs'
import { npmCommand } from './packages.mjs'

const OLDEST = [22, 18] // the first that runs .ts files without a flag: nodejs.org, type stripping, v22.18.0

/** The version a Node binary says it has, when it starts and can run TypeScript; undefined otherwise. */
export function usableVersion(binary) {
  if (!existsSync(binary)) return undefined
  const { code, stdout } = runQuiet(binary, ['-p', 'process.versions.node'])
  const version = stdout.trim()
  const [major, minor] = version.split('.').map(Number)
  return code === 0 && (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) ? version : undefined
}

function link(from, to) {
  mkdirSync(dirname(to), { recursive: true })
  rmSync(to, { force: true })
  symlinkSync(from, to)
}

/** Makes sure that node_modules/.bin/node runs TypeScript, repairing it where needed; returns its path. */
export async function prepareNode(root, noteChild) {
  const binary = join(root, 'node_modules', '.bin', 'node')
  const found = usableVersion(binary)
  if (found !== undefined) {
    say(`Node ${found}: node_modules/.bin/node`)
    return binary
  }
  const fault = new SetupFault(
    'setup/node',
    'Node 22.18 or newer in node_modules/.bin',
    'none that starts',
    'Install Node 22.18 or newer on this machine, then run: npm run setup',
  )
  const installer = join(root, 'node_modules', 'node')
  if (existsSync(join(installer, 'installArchSpecificPackage.js'))) {
    say('Node: its binary is missing or does not start; fetching it again')
    const { node, env } = npmCommand(root)
    try {
      await runLoud(node, ['installArchSpecificPackage.js'], { cwd: installer, env, noteChild, fault })
      link(join('..', 'node', 'bin', 'node'), binary)
    } catch (error) {
      if (error !== fault) throw error
      say(`Node: ${error.message}`)
    }
  }
  if (usableVersion(binary) === undefined) {
    if (usableVersion(process.execPath) === undefined) throw fault
    say(`Node: using the one that runs this script (${process.execPath})`)
    link(process.execPath, binary)
  }
  say(`Node ${usableVersion(binary)}: node_modules/.bin/node`)
  return binary
}
