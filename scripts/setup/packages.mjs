// The npm packages, exactly as package-lock.json has them. Hands on: preparePackages, npmCommand, packagesKey.
//
// A stamp in node_modules/.cache remembers what was asked for and what was installed; it is written last, so that an
// installation that was cut off is done again. `npm ci` empties node_modules first and is used where there is nothing to
// lose; where packages are there already, `npm install --no-save` changes only what differs and leaves the lock file alone.
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { SetupFault, runLoud, say } from './run.mjs'

/** The PATH without this project's own programs: npm must not run on the Node that it is about to replace. */
function outsidePath(root) {
  const own = join(root, 'node_modules', '.bin')
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && resolve(folder) !== own)
  return folders.filter((folder) => !folder.endsWith(join('node_modules', '.bin')) || !folder.startsWith(root))
}

function findProgram(name, folders) {
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** How npm is started here: program, first arguments, environment; and the Node outside this project that it runs on. */
export function npmCommand(root) {
  const folders = outsidePath(root)
  const node = findProgram('node', folders) ?? process.execPath
  const npm = findProgram('npm', folders)
  const script = process.env.npm_execpath
  if (npm === undefined && script === undefined)
    throw new SetupFault('setup/npm', 'npm on the PATH', 'none', 'Install npm (it comes with Node), then run: npm start')
  const env = {
    ...process.env,
    PATH: [...new Set([...folders, dirname(node)])].join(delimiter),
    // The install script of onnxruntime-node only fetches a GPU library; the CPU library is in the package.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip',
    npm_config_update_notifier: 'false',
  }
  return npm === undefined ? { node, program: node, args: [script], env } : { node, program: npm, args: [], env }
}

function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(existsSync(path) ? readFileSync(path) : 'none').update('\0')
  return hash.digest('hex')
}

/** What the packages depend on, and what npm noted when it last put them there. */
export function packagesKey(root) {
  const manifests = ['package-lock.json', 'package.json', 'packages/torch/package.json', 'packages/cinelead/package.json']
  return {
    wanted: `${process.platform}-${process.arch} ${digest(manifests.map((path) => join(root, path)))}`,
    installed: digest([join(root, 'node_modules', '.package-lock.json')]),
  }
}

function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {} // no stamp, or a broken one: the packages are looked at again
  }
}

/** Installs the packages unless they are already the ones the lock file names. */
export async function preparePackages(root, noteChild) {
  const stampPath = join(root, 'node_modules', '.cache', 'cinelead-setup.json')
  const stamp = readStamp(stampPath)
  const key = packagesKey(root)
  if (stamp.wanted === key.wanted && stamp.installed === key.installed) return say('npm packages: as the lock file has them')
  const hasPackages = existsSync(join(root, 'node_modules', '.package-lock.json'))
  const npm = npmCommand(root)
  const flags = ['--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const fault = () =>
    new SetupFault(
      'setup/packages',
      'the npm packages to install',
      'an error of npm (above)',
      'Check the network and the disk, then run: npm run setup',
    )
  const run = (verb) => runLoud(npm.program, [...npm.args, ...verb, ...flags], { cwd: root, env: npm.env, noteChild, fault: fault() })
  const ways = [
    { words: 'installing all of them (npm ci)', verb: ['ci'] },
    { words: 'bringing them up to the lock file (npm install)', verb: ['install', '--no-save'] },
  ]
  // The other way is the second try: `npm ci` mends a broken folder, `npm install` a lock file that lags behind package.json.
  const [first, second] = hasPackages ? ways.toReversed() : ways
  say(`npm packages: ${first.words}`)
  try {
    await run(first.verb)
  } catch (error) {
    say(`npm packages: that failed (${error.message}); ${second.words}`)
    await run(second.verb)
  }
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(`${stampPath}.${process.pid}`, JSON.stringify(packagesKey(root)))
  renameSync(`${stampPath}.${process.pid}`, stampPath)
}
