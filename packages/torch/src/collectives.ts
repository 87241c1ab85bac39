// Everything under torch.distributed.

export {
  allGather,
  allReduce,
  barrier,
  broadcast,
  destroy,
  type GroupOptions,
  init,
  isInitialized,
  localRank,
  type Reduction,
  rank,
  sumOverRanks,
  worldSize,
} from './distributed.ts'
export { GradientReducer } from './gradient-reducer.ts'
