// Values without chance that Python makes too: torch.sin(torch.arange(n) * 0.7 + phase), for inputs and for every parameter of a layer.
import * as torch from '../src/index.ts'

export function wave(shape: readonly number[], phase: number): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return torch.arange(0, count, { dtype: 'float32' }).mul(0.7).add(phase).sin().reshape(shape)
}

export function filled<Kind extends torch.nn.Module>(module: Kind): Kind {
  for (const [index, parameter] of module.parameters().entries()) torch.noGrad(() => parameter.copy_(wave(parameter.shape, index)))
  return module
}
