// Truth: real processes that hold or lose a real lock file, os-release texts as the systems write them, and Node itself.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installAdvice, isDebianLike } from './libtorch.mjs'
import { withLock } from './lock.mjs'
import { usableVersion } from './node.mjs'
import { packagesKey } from './packages.mjs'
import { runLoud, runQuiet, SetupFault } from './run.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
let folder: string
let lock: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'setup-'))
  lock = join(folder, 'setup.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Another process that takes the lock, notes times in a file and holds it for a while. */
function startHolder(name: string, holdMs: number) {
  const script = `
    import { appendFileSync } from 'node:fs'
    import { withLock } from ${JSON.stringify(pathToFileURL(join(here, 'lock.mjs')).href)}
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(join(folder, 'log'))}, '${name} in\\n')
      await new Promise((resolve) => setTimeout(resolve, ${holdMs}))
      appendFileSync(${JSON.stringify(join(folder, 'log'))}, '${name} out\\n')
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  return { child, ended: new Promise((resolve) => child.on('exit', resolve)) }
}

async function until(isTrue: () => boolean) {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('withLock', () => {
  it('lets one set-up in at a time', async () => {
    const holders = ['a', 'b', 'c'].map((name) => startHolder(name, 60))
    await Promise.all(holders.map(({ ended }) => ended))
    const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(6)
    for (let i = 0; i < 6; i += 2) expect(lines[i + 1]).toBe(lines[i].replace('in', 'out'))
    expect(existsSync(lock)).toBe(false)
  })

  it('is not kept by an owner that was killed', async () => {
    const { child, ended } = startHolder('a', 60_000)
    await until(() => existsSync(join(folder, 'log')))
    child.kill('SIGKILL')
    await ended
    expect(existsSync(lock)).toBe(true)
    expect(await withLock(lock, () => Promise.resolve('in'))).toBe('in')
  })

  it.skipIf(!existsSync('/proc/self/stat'))('waits for a program that a killed owner left running', async () => {
    const orphan = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 300)'], { stdio: 'ignore' })
    const startMs = performance.now()
    const stat = readFileSync(`/proc/${orphan.pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    writeFileSync(lock, `999999999 1\n${orphan.pid} ${ticks}\n`)
    await withLock(lock, () => Promise.resolve())
    expect(performance.now() - startMs).toBeGreaterThan(250)
  })

  it.skipIf(!existsSync('/proc/self/stat'))('takes a process number used again for another process', async () => {
    writeFileSync(lock, `${process.pid} 1\n`)
    expect(await withLock(lock, () => Promise.resolve('in'))).toBe('in')
  })

  it('gives the lock back when the work fails', async () => {
    await expect(withLock(lock, () => Promise.reject(new SetupFault('setup/x', 'a', 'b', 'C.')))).rejects.toThrow(
      'setup/x setup: expected a but received b. C.',
    )
    expect(existsSync(lock)).toBe(false)
  })
})

describe('isDebianLike', () => {
  it('knows Debian and what is made from it', () => {
    expect(isDebianLike('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n')).toBe(true)
    expect(isDebianLike('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true)
  })
  it('does not take another system for it', () => {
    expect(isDebianLike('ID="rocky"\nID_LIKE="rhel centos fedora"\nHOME_URL="https://debian.example"\n')).toBe(false)
    expect(isDebianLike('')).toBe(false)
  })
})

describe('installAdvice', () => {
  it('gives a command for apt, Homebrew, pip and conda', () => {
    for (const word of ['apt-get install -y --no-install-recommends libtorch-dev', 'brew install', 'pip install torch', 'conda install']) {
      expect(installAdvice()).toContain(word)
    }
  })
})

describe('usableVersion', () => {
  it('believes a Node that runs TypeScript and nothing else', () => {
    expect(usableVersion(process.execPath)).toBe(process.versions.node)
    expect(usableVersion('/bin/true')).toBeUndefined()
    expect(usableVersion(join(folder, 'none'))).toBeUndefined()
    writeFileSync(join(folder, 'node'), '#!/bin/sh\necho 20.11.0\n', { mode: 0o755 })
    expect(usableVersion(join(folder, 'node'))).toBeUndefined()
    writeFileSync(join(folder, 'broken'), 'half a binary', { mode: 0o755 })
    expect(usableVersion(join(folder, 'broken'))).toBeUndefined()
  })
})

describe('packagesKey', () => {
  it('changes with the lock file and with what npm noted', () => {
    writeFileSync(join(folder, 'package-lock.json'), '{}')
    const before = packagesKey(folder)
    writeFileSync(join(folder, 'package-lock.json'), '{ }')
    expect(packagesKey(folder).wanted).not.toBe(before.wanted)
    expect(packagesKey(folder).installed).toBe(before.installed)
    expect(packagesKey(root).installed).not.toBe(before.installed)
  })
})

describe('runLoud and runQuiet', () => {
  it('turn a failure into the given sentence with the exit code', async () => {
    const fault = new SetupFault('setup/x', 'a', 'b', 'C.')
    await expect(runLoud('/bin/sh', ['-c', 'exit 3'], { cwd: folder, fault })).rejects.toThrow('C. (/bin/sh: ended with 3)')
    const other = new SetupFault('setup/x', 'a', 'b', 'C.')
    await expect(runLoud(join(folder, 'none'), [], { cwd: folder, fault: other })).rejects.toThrow('ENOENT')
  })
  it('answer 127 for a program that is not there', () => {
    expect(runQuiet(join(folder, 'none'), []).code).toBe(127)
  })
})
