// A CUDA runtime for machines without a GPU, to be preloaded: memory stays zero, kernels are counted and not run, and what CUDA forbids
// while a stream is captured is refused. It shows that libtorch's CUDA side is called in a lawful order, with tensors where they should be, and
// how much the processor does for a step; it shows no number. Built and used by scripts/try-debian.sh, which adds an empty function for each
// symbol of cuBLAS, cuDNN, NCCL and so on that is not here. Rules of capture: CUDA Runtime API 12.4,
// cudaStreamBeginCapture and cudaThreadExchangeStreamCaptureMode.
//   STAND_IN_GPUS=2      so many GPUs            STAND_IN_MIB=200   memory of all of them together
//   STAND_IN_TRACE=1     a line a launch
#include "stand-in.h"

#define MOST_NAMES 400000
#define MOST_STREAMS 1024

struct CUevent_st { int isCapturing; struct timespec at; };
struct CUgraph_st { long numNodes; };
struct CUgraphExec_st { long numNodes; };

static int isTraced, numErrors;
static long numLaunched, numCaptured, numReplayed, numGraphs, numBeside;
struct CUstream_st* origin;
static long numNodes;               // captured by it so far
__thread enum cudaStreamCaptureMode threadMode = cudaStreamCaptureModeGlobal;
__thread cudaError_t lastError;

long setting(const char* name, long otherwise) {
  const char* text = getenv(name);
  return text ? atol(text) : otherwise;
}

static void report(void) {
  if (numLaunched + numCaptured + numErrors == 0) return;
  fprintf(stderr, "stand-in: %ld launched, %ld captured in %ld graphs, %ld replayed, %ld beside a capture, %d forbidden\n", numLaunched, numCaptured, numGraphs, numReplayed, numBeside, numErrors);
}

__attribute__((constructor)) static void begin(void) {
  isTraced = setting("STAND_IN_TRACE", 0) != 0;
  atexit(report);
}

cudaError_t refuse(cudaError_t code, const char* what) {
  numErrors++;
  fprintf(stderr, "stand-in: %s: %s\n", what, cudaGetErrorString(code));
  return lastError = code;
}

void count(const char* name, cudaStream_t stream) {
  if (isCaptured(stream)) {
    numCaptured++;
    numNodes++;
  } else {
    numLaunched++;
    if (origin) {
      numBeside++;
      fprintf(stderr, "stand-in: beside the capture: %s\n", name);
    }
  }
  if (isTraced) fprintf(stderr, "stand-in: %s %s\n", isCaptured(stream) ? "captures" : "runs", name);
}

// Devices: all like an H100 as far as libtorch asks.

static __thread int device;
size_t memory(void) { return (size_t)setting("STAND_IN_MIB", 8192) << 20; }

cudaError_t cudaGetDeviceCount(int* count) { return *count = setting("STAND_IN_GPUS", 1), 0; }
cudaError_t cudaGetDevice(int* index) { return *index = device, 0; }
cudaError_t cudaSetDevice(int index) {
  if (index < 0 || index >= setting("STAND_IN_GPUS", 1)) return refuse(cudaErrorInvalidDevice, "cudaSetDevice");
  return device = index, 0;
}
cudaError_t cudaDriverGetVersion(int* version) { return *version = CUDART_VERSION, 0; }
cudaError_t cudaRuntimeGetVersion(int* version) { return *version = CUDART_VERSION, 0; }
cudaError_t cudaDeviceCanAccessPeer(int* can, int from, int to) { return *can = 0, 0; }
cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* most) { return *least = 0, *most = -5, 0; }
cudaError_t cudaDeviceGetAttribute(int* value, enum cudaDeviceAttr name, int index) {
  switch (name) {
    case cudaDevAttrMaxThreadsPerBlock: case cudaDevAttrMaxBlockDimX: case cudaDevAttrMaxBlockDimY: return *value = 1024, 0;
    case cudaDevAttrMaxBlockDimZ: return *value = 64, 0;
    case cudaDevAttrWarpSize: return *value = 32, 0;
    case cudaDevAttrMultiProcessorCount: return *value = 132, 0;
    case cudaDevAttrMaxThreadsPerMultiProcessor: return *value = 2048, 0;
    case cudaDevAttrMaxSharedMemoryPerBlock: return *value = 49152, 0;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: return *value = 232448, 0;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor: return *value = 233472, 0;
    case cudaDevAttrMaxRegistersPerBlock: case cudaDevAttrMaxRegistersPerMultiprocessor: return *value = 65536, 0;
    case cudaDevAttrComputeCapabilityMajor: return *value = 9, 0;
    case cudaDevAttrMaxGridDimX: return *value = 2147483647, 0;
    case cudaDevAttrMaxGridDimY: case cudaDevAttrMaxGridDimZ: return *value = 65535, 0;
    default: return *value = 0, 0;
  }
}
cudaError_t cudaGetDeviceProperties_v2(struct cudaDeviceProp* of, int index) {
  memset(of, 0, sizeof *of);
  strcpy(of->name, "a stand-in, no GPU");
  of->major = 9;
  of->multiProcessorCount = 132;
  of->warpSize = 32;
  of->maxThreadsPerBlock = of->maxThreadsDim[0] = of->maxThreadsDim[1] = 1024;
  of->maxThreadsDim[2] = 64;
  of->maxThreadsPerMultiProcessor = 2048;
  of->maxBlocksPerMultiProcessor = 32;
  of->maxGridSize[0] = 2147483647;
  of->maxGridSize[1] = of->maxGridSize[2] = 65535;
  of->totalGlobalMem = memory();
  of->sharedMemPerBlock = 49152;
  of->sharedMemPerBlockOptin = 232448;
  of->sharedMemPerMultiprocessor = 233472;
  of->regsPerBlock = of->regsPerMultiprocessor = 65536;
  of->l2CacheSize = 50 << 20;
  of->textureAlignment = 512;
  of->unifiedAddressing = of->canMapHostMemory = of->concurrentKernels = 1;
  return 0;
}
cudaError_t cudaDeviceSynchronize(void) {
  NOT_IN_CAPTURE("cudaDeviceSynchronize");
  return 0;
}

cudaError_t cudaGetLastError(void) {
  cudaError_t code = lastError;
  lastError = 0;
  return code;
}
cudaError_t cudaPeekAtLastError(void) { return lastError; }
const char* cudaGetErrorString(cudaError_t code) {
  switch (code) {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorInvalidDevice: return "invalid device ordinal";
    case cudaErrorStreamCaptureUnsupported: return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureImplicit: return "operation would make the legacy stream depend on a capturing blocking stream";
    default: return "an error of the stand-in";
  }
}
const char* cudaGetErrorName(cudaError_t code) { return cudaGetErrorString(code); }

// Streams and events: work is done when it is given, so that nothing ever waits.

static struct CUstream_st* streams[MOST_STREAMS];
static int numStreams;

cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned flags, int priority) {
  if (numStreams == MOST_STREAMS) abort();
  *stream = streams[numStreams++] = calloc(1, sizeof **stream);
  return 0;
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (isCaptured(stream)) return refuse(cudaErrorStreamCaptureUnsupported, "cudaStreamSynchronize");
  NOT_IN_CAPTURE("cudaStreamSynchronize");
  return 0;
}
cudaError_t cudaStreamQuery(cudaStream_t stream) { return isCaptured(stream) ? refuse(cudaErrorStreamCaptureUnsupported, "cudaStreamQuery") : 0; }
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
  if (event->isCapturing && stream) stream->isCapturing = 1;  // it joins the capture
  return 0;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) { return *event = calloc(1, sizeof **event), 0; }
cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }
cudaError_t cudaEventDestroy(cudaEvent_t event) { return free(event), 0; }
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->isCapturing = isCaptured(stream);
  clock_gettime(CLOCK_MONOTONIC, &event->at);
  return 0;
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
  if (event->isCapturing && origin) return refuse(cudaErrorCapturedEvent, "cudaEventQuery");
  NOT_IN_CAPTURE("cudaEventQuery");
  return 0;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  NOT_IN_CAPTURE("cudaEventSynchronize");
  return 0;
}
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t from, cudaEvent_t to) {
  return *ms = (to->at.tv_sec - from->at.tv_sec) * 1e3f + (to->at.tv_nsec - from->at.tv_nsec) / 1e6f, 0;
}

// Graphs.

cudaError_t cudaThreadExchangeStreamCaptureMode(enum cudaStreamCaptureMode* mode) {
  enum cudaStreamCaptureMode before = threadMode;
  return threadMode = *mode, *mode = before, 0;
}
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, enum cudaStreamCaptureStatus* status) {
  if (!stream && origin) return refuse(cudaErrorStreamCaptureImplicit, "cudaStreamIsCapturing");
  return *status = isCaptured(stream) ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone, 0;
}
cudaError_t cudaStreamGetCaptureInfo_v2(cudaStream_t stream, enum cudaStreamCaptureStatus* status, unsigned long long* id, cudaGraph_t* graph, const cudaGraphNode_t** before, size_t* numBefore) {
  if (id) *id = numGraphs + 1;
  return cudaStreamIsCapturing(stream, status);
}
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode) {
  if (!stream || origin) return refuse(cudaErrorStreamCaptureUnsupported, "cudaStreamBeginCapture");
  origin = stream;
  return numNodes = 0, stream->isCapturing = 1, 0;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  if (!origin || stream != origin) return refuse(cudaErrorStreamCaptureUnmatched, "cudaStreamEndCapture");
  for (int i = 0; i < numStreams; i++) streams[i]->isCapturing = 0;
  origin = NULL;
  numGraphs++;
  *graph = calloc(1, sizeof **graph);
  return (*graph)->numNodes = numNodes, 0;
}
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags) {
  *exec = calloc(1, sizeof **exec);
  return (*exec)->numNodes = graph->numNodes, 0;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags) { return cudaGraphInstantiateWithFlags(exec, graph, flags); }
cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) { return *count = graph->numNodes, 0; }
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  NOT_IN_CAPTURE("cudaGraphLaunch");
  return numReplayed += exec->numNodes, 0;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return free(graph), 0; }
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) { return free(exec), 0; }

// Kernels, as nvcc's host code registers and launches them.

typedef struct { const char* at; const char* name; } Kernel;
static Kernel kernels[MOST_NAMES];
static int numKernels, isSorted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread struct { dim3 grid, block; size_t numShared; void* stream; } call;

static int byAddress(const void* a, const void* b) {
  const char *left = ((const Kernel*)a)->at, *right = ((const Kernel*)b)->at;
  return left < right ? -1 : left > right;
}
static const char* nameOf(const void* kernel) {
  if (!isTraced && !origin) return "a kernel";
  pthread_mutex_lock(&lock);
  if (!isSorted) qsort(kernels, numKernels, sizeof *kernels, byAddress);
  isSorted = 1;
  Kernel wanted = {kernel, NULL};
  Kernel* found = bsearch(&wanted, kernels, numKernels, sizeof *kernels, byAddress);
  pthread_mutex_unlock(&lock);
  return found ? found->name : "a kernel without a name";
}
void** __cudaRegisterFatBinary(void* binary) { return calloc(1, sizeof(void*)); }
void __cudaRegisterFatBinaryEnd(void** handle) {}
void __cudaUnregisterFatBinary(void** handle) {}
void __cudaRegisterVar(void** handle, char* here, char* there, const char* name, int ext, size_t numBytes, int constant, int global) {}
void __cudaRegisterFunction(void** handle, const char* here, char* there, const char* name, int limit, void* t, void* b, void* bd, void* gd, int* warp) {
  if (numKernels == MOST_NAMES) return;
  kernels[numKernels++] = (Kernel){here, name};
  isSorted = 0;
}
unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t numShared, struct CUstream_st* stream) {
  return call.grid = grid, call.block = block, call.numShared = numShared, call.stream = stream, 0;
}
cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* numShared, void* stream) {
  return *grid = call.grid, *block = call.block, *numShared = call.numShared, *(void**)stream = call.stream, 0;
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** args, size_t numShared, cudaStream_t stream) {
  if (!stream && origin) return refuse(cudaErrorStreamCaptureImplicit, nameOf(kernel));
  if (grid.x * grid.y * grid.z == 0 || block.x * block.y * block.z == 0) return refuse(cudaErrorInvalidConfiguration, nameOf(kernel));
  return count(nameOf(kernel), stream), 0;
}
cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* how, const void* kernel, void** args) {
  return cudaLaunchKernel(kernel, how->gridDim, how->blockDim, args, how->dynamicSmemBytes, how->stream);
}
cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes* of, const void* kernel) {
  memset(of, 0, sizeof *of);
  return of->maxThreadsPerBlock = 1024, of->numRegs = 32, of->binaryVersion = of->ptxVersion = 90, 0;
}
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* count, const void* kernel, int block, size_t numShared, unsigned flags) { return *count = 2, 0; }
