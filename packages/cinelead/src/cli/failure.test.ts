// Truth: real refusals of the file system and errors of the house's own pattern, as a user would read them.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { fault, faultAt } from '../base/errors.ts'
import { expectEcg } from '../formats/ecg.ts'
import { describeFailure, systemFault } from './failure.ts'

const eid = String(3 * 10 ** 6 + 21)

function caught(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw fault({ code: 'test/none', where: 'caught', expected: 'an error', received: 'none', hint: 'Mend the test.' })
}

describe('describeFailure', () => {
  it('tells a missing file by its base name, without the participant number in it', () => {
    const { code, message } = describeFailure(caught(() => readFileSync(join('/nowhere', `${eid}_20205_2_0.xml`))))
    expect(code).toBe('cli/system')
    expect(message).toBe(
      'cli/system cinelead: expected a file or folder that exists but received ENOENT in <subject>_20205_2_0.xml. Check the path.',
    )
  })

  it('tells the size of a file, which is no participant number', () => {
    const { message } = describeFailure(caught(() => expectEcg('odd.bin', new Uint8Array(16), 1_234_567)))
    expect(message).toContain('but received 1,234,567 bytes of another kind')
    const folder = mkdtempSync(join(tmpdir(), 'cinelead-size-'))
    const path = join(folder, 'long.safetensors')
    torch.saveSafetensors(path, { x: torch.zeros([250_000]) })
    appendFileSync(path, ' ')
    expect(describeFailure(caught(() => torch.loadSafetensors(path))).message).toMatch(
      /a file of 1,000,\d{3} bytes but received 1,000,\d{3} bytes/,
    )
    rmSync(folder, { recursive: true })
  })

  it('tells a file where a folder was wanted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'failure-'))
    expect(describeFailure(caught(() => readFileSync(folder))).message).toContain('expected a file but received EISDIR')
    expect(describeFailure(caught(() => readdirSync('/proc/self/status'))).message).toContain('expected a folder but received ENOTDIR')
    rmSync(folder, { recursive: true })
  })

  it("keeps the tensor package's sentence, with the place it came from", () => {
    const error = caught(() => torch.ones([2]).reshape([3]))
    expect(describeFailure(error).message).toMatch(/^torch\/shape reshape: expected a shape of 2 elements but received/)
    expect(faultAt(error, 'the stage tcl').message).toMatch(/^torch\/shape reshape: .* in the stage tcl\. /)
  })

  it("keeps the house's own sentence as it is", () => {
    const error = fault({ code: 'prepare/band', where: 'bandpass', expected: 'a', received: 'b', hint: 'Do c.' })
    expect(describeFailure(error)).toMatchObject({
      code: 'prepare/band',
      message: 'prepare/band bandpass: expected a but received b. Do c.',
    })
  })

  it('keeps one line and takes numbers out of the stack and its causes too', () => {
    const cause = new TypeError(`bad ${eid}`)
    const { message, stack } = describeFailure(fault({ code: 'a/b', where: 'c', expected: `x\n  y`, received: eid, hint: 'Z.', cause }))
    expect(message).toBe('a/b c: expected x y but received <subject>. Z.')
    expect(stack).toContain('caused by TypeError: bad <subject>')
    expect(stack).not.toContain(eid)
  })

  it('tells a refusal of the system with the place a process of its own adds', () => {
    const refused = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    expect(faultAt(systemFault(refused), 'the stage tcl').message).toMatch(
      /^cli\/system .* received ENOSPC in the stage tcl\. Free some space/,
    )
    expect(systemFault(new RangeError('no such index'))).toBeUndefined()
  })

  it('says of an unforeseen error that it is a defect', () => {
    expect(describeFailure(new RangeError('no such index'))).toMatchObject({ code: 'base/internal' })
    expect(describeFailure('just words').message).toContain('just words')
  })
})
