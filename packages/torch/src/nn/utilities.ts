// PyTorch's torch.nn.utils: names kept for those who know them.

export { clipGradNorm as clipGradNorm_, clipGradValue as clipGradValue_ } from '../optim/clip.ts'
