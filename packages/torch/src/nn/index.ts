// Everything under torch.nn.

export * from './activation.ts'
export * from './attention.ts'
export * from './container.ts'
export * from './convolution.ts'
export * as functional from './functional.ts'
export * as init from './init.ts'
export * from './linear.ts'
export * from './module.ts'
export * from './normalisation.ts'
export * from './recurrent.ts'
export * from './sync-batch-norm.ts'
export * as utils from './utilities.ts'
