// All that has to be done between `git clone` and the first run: npm packages, Node 24, libtorch, the tensor addon.
// `npm start`, `npm test` and `npm run check` run it first. Plain JavaScript that Node 20 runs without any package.
//
// Run twice it does nothing the second time; two at once wait for each other; killed at any moment, the next one goes on.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './setup/lock.mjs'
import { prepareLibtorch } from './setup/libtorch.mjs'
import { preparePackages } from './setup/packages.mjs'
import { prepareNode } from './setup/node.mjs'
import { SetupFault, runLoud, say } from './setup/run.mjs'

const OLDEST_NODE_MAJOR = 20 // what this script itself is tried with; the program runs on the Node it installs

async function setUp(root) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST_NODE_MAJOR) {
    throw new SetupFault('setup/node', `Node ${OLDEST_NODE_MAJOR} or newer`, `Node ${process.versions.node}`, 'Install a newer Node first.')
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  await withLock(join(root, '.cache', 'setup.lock'), async (noteChild) => {
    await preparePackages(root, noteChild)
    const node = await prepareNode(root, noteChild)
    await prepareLibtorch(root, node, noteChild)
    await runLoud(node, [join(root, 'packages/torch/scripts/build.mjs')], {
      cwd: root,
      noteChild,
      fault: new SetupFault(
        'setup/addon',
        'the tensor addon to build',
        'an error of its build (above)',
        'Install a C++17 compiler, make and python3, then run: npm run setup',
      ),
    })
    say('tensor addon: built')
  })
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const startMs = performance.now()
try {
  await setUp(root)
  say(`ready (${((performance.now() - startMs) / 1000).toFixed(1)} s)`)
} catch (error) {
  process.stderr.write(`${error instanceof SetupFault ? error.message : error.stack}\n`)
  process.exitCode = 1
}
