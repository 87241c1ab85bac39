// Truth: what libtorch sees on this machine.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { expectDevice } from './expect-device.ts'

describe('expectDevice', () => {
  it('takes what is there', () => {
    expect(() => expectDevice('cpu')).not.toThrow()
    expect(() => expectDevice('cpu', 4)).not.toThrow()
    for (let index = 0; index < torch.cuda.deviceCount(); index++) expect(() => expectDevice(`cuda:${index}`)).not.toThrow()
  })

  it.each(['gpu', 'cuda:', 'cuda:x', 'cuda:99', 'mps', ''])('refuses %j with what there is', (device) => {
    expect(() => expectDevice(device)).toThrow(
      /cli\/device .*--device cpu, or a GPU of this machine \((this libtorch sees no GPU here|here cuda:0.*)\)/,
    )
  })

  it('wants a GPU for each rank of this machine', () => {
    expect(() => expectDevice('cuda', 99)).toThrow(/received cuda for 99 ranks/)
  })
})
