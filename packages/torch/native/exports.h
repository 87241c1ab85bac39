// What JavaScript can reach, by file: the one table from which the functions are declared and exported. Their arguments and results
// stand in src/native.ts. Those that need headers of Gloo, NCCL or CUDA are missing where the build has not found them.
#pragma once

#if defined(WITH_GLOO) || defined(WITH_NCCL)
#define COLLECTIVE_EXPORTS(X) X(openGroup) X(closeGroup) X(startCollective) X(waitFor)
#else
#define COLLECTIVE_EXPORTS(X)
#endif

#ifdef WITH_CUDA
#define CUDA_EXPORTS(X) X(cudaSynchronize) X(cudaMemory) X(cudaEmptyCache) X(cudaBeginCapture) X(cudaEndCapture) X(cudaReplay)
#else
#define CUDA_EXPORTS(X)
#endif

#define EXPORTS(X)                                                                                             \
  /* dispatch */ X(findOperator) X(listOperators) X(hasKernel)                                                 \
  /* handle   */ X(freeTensors) X(aliasTensor) X(liveTensors) X(shapeOf) X(stridesOf) X(traitsOf) X(deviceOf)  \
  /* storage  */ X(fromTypedArray) X(shareArrayBuffer)                                                         \
  /* autograd */ X(differentiate) X(gradOf) X(setGrad) X(setGradMode) X(autocastState) X(setAutocast)          \
  /* script   */ X(attachBackward) X(watchGradients) X(mayCallFromElsewhere) X(graphPosition)                   \
  /* device   */ X(describeLibrary) X(setNumThreads) X(tuneAllocator) X(manualSeed) X(generatorState)          \
  /*          */ X(newStream) X(currentStream) X(exchangeStream) X(joinStream) X(recordStream) X(queryStream)  \
  /*          */ X(synchronizeStream)                                                                          \
  COLLECTIVE_EXPORTS(X)                                                                                        \
  CUDA_EXPORTS(X)
