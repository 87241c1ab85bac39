// One training over several processes: who this one is, as torchrun, Slurm, Kubernetes or our own runner say by environment variables.
import { createServer } from 'node:net'
import * as torch from '@cinelead/torch'

/** Whether the environment names several ranks. */
export const hasRanks = (): boolean => !(Number(process.env.WORLD_SIZE ?? '1') <= 1)

/** Whether this process is the one of a launcher's ranks that scores, reports and answers; one alone is. */
export const speaks = (): boolean => !hasRanks() || Number(process.env.RANK ?? '0') === 0

/**
 * Joins the group that the environment names, if it names one.
 *
 * @param device  `cuda` becomes this rank's own GPU.
 * @returns       The device of this process.
 * @throws        torch/distributed when the others do not come.
 */
export function joinRanks(device: string): string {
  if (!hasRanks()) return device
  const isCuda = device.startsWith('cuda')
  torch.distributed.init({ backend: isCuda ? 'nccl' : 'gloo' })
  return isCuda ? `cuda:${torch.distributed.localRank()}` : device
}

/** A port of this machine that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
