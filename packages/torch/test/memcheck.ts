// What valgrind watches: every kind of native call once or a few times, in an interpreter without compiled JavaScript.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '../src/index.ts'

torch.setNumThreads(1)
const folder = mkdtempSync(join(tmpdir(), 'memcheck-'))
const layer = new torch.nn.Linear(4, 3)
const optimiser = new torch.optim.AdamW(layer.parameters())
const twice = torch.customFunction(
  (_, x) => x.mul(2),
  (_, gradient) => [gradient.mul(2)],
)
for (let round = 0; round < 3; round++) {
  torch.scope(() => {
    optimiser.zeroGrad()
    const x = torch.fromArray(new Float32Array(8).fill(round), [2, 4])
    const loss = twice(layer.forward(x)).square().sum()
    loss.backward()
    optimiser.step()
    torch.cat([x, x.neg()], 0).max(1)[0].toArray()
    x.clone().asArray()
    torch.setRngState(torch.getRngState())
    torch.saveSafetensors(join(folder, 'a.safetensors'), layer.stateDict())
    layer.loadStateDict(torch.loadSafetensors(join(folder, 'a.safetensors')))
  })
  for (const wrong of [() => x3().matmul(x3()), () => torch.call('nothing'), () => torch.ones([2 ** 50]), () => x3().sum(9)]) {
    try {
      torch.scope(wrong)
    } catch (error) {
      if (!(error instanceof torch.TorchError)) throw error
    }
  }
}
rmSync(folder, { recursive: true })

function x3(): torch.Tensor {
  return torch.ones([2, 3])
}
