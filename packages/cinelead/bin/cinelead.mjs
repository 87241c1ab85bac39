#!/usr/bin/env node
// The `cinelead` command: starts the TypeScript program with a Node that runs TypeScript (22.18 or newer).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const [major, minor] = process.versions.node.split('.').map(Number)
const isNewEnough = major > 22 || (major === 22 && minor >= 18)
const bundled = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url))
const node = isNewEnough ? process.execPath : bundled
if (!existsSync(node)) {
  process.stderr.write(
    `cli/node cinelead: expected Node 22.18 or newer but received ${process.versions.node}. Run: node scripts/setup.mjs (it installs Node 24 into node_modules).\n`,
  )
  process.exit(1)
}
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
