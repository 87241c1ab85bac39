// Everything under torch.optim.

export * from './adamw.ts'
export { clipGradNorm, clipGradValue } from './clip.ts'
export { GradScaler, type ScalerOptions } from './grad-scaler.ts'
export * from './optimiser.ts'
export * from './sgd.ts'
