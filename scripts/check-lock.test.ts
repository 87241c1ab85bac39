// Truth: locks of two packages written by hand, whole and with what is to be found taken out or put in.
import { describe, expect, it } from 'vitest'
import { findLockFaults } from './check-lock.mjs'

const whole = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/tool': { version: '2.0.0', optionalDependencies: { '@tool/linux': '2.0.0', '@tool/darwin': '2.0.0' } },
    'node_modules/@tool/linux': { version: '2.0.0' },
    'node_modules/tool/node_modules/@tool/darwin': { version: '2.0.0' },
  },
}

describe('findLockFaults', () => {
  it('accepts a lock with every platform in it', () => {
    expect(findLockFaults(whole)).toEqual([])
  })
  it('names the platform that is not there', () => {
    const { 'node_modules/@tool/linux': _gone, ...packages } = whole.packages
    expect(findLockFaults({ packages })).toEqual([expect.stringContaining('node_modules/tool 2.0.0 lacks @tool/linux:')])
  })
  it("names a registry's address", () => {
    const packages = { ...whole.packages, 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a-1.0.0.tgz' } }
    expect(findLockFaults({ packages })).toEqual([expect.stringContaining("node_modules/a names a registry's address")])
  })
})
