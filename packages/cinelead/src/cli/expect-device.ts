// The device that a user named, before anything is begun on it.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'

/**
 * @param device    `cpu`, `cuda` or `cuda:N`.
 * @param numRanks  Processes of this machine that want a GPU each.
 * @throws          cli/device when libtorch does not see it here.
 */
export function expectDevice(device: string, numRanks = 1): void {
  const found = /^(?:cpu|cuda(?::(\d+))?)$/.exec(device)
  if (device === 'cpu') return
  const numGpus = torch.cuda.isAvailable() ? torch.cuda.deviceCount() : 0
  const numWanted = Math.max(numRanks, Number(found?.[1] ?? 0) + 1)
  if (found !== null && numWanted <= numGpus) return
  const there = numGpus === 0 ? 'this libtorch sees no GPU here' : `here cuda:0${numGpus === 1 ? '' : ` to cuda:${numGpus - 1}`}`
  throw fault({
    code: 'cli/device',
    where: 'expectDevice',
    expected: `--device cpu, or a GPU of this machine (${there})`,
    received: numRanks > 1 ? `${device} for ${numRanks} ranks` : device,
    hint: 'cinelead doctor says what this machine has, and nvidia-smi what its driver sees.',
  })
}
