// The memory of all GPUs: the host's, and zero for ever, whatever is copied there, so that every run without kernels goes the same way.
#include "stand-in.h"

#define MOST_BLOCKS 65536
#define PAGE 512

size_t bytesInUse;

static struct { char* start; size_t numBytes; int isHost; void* raw; } blocks[MOST_BLOCKS];
static int numBlocks;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static cudaError_t allocate(void** start, size_t numBytes, int isHost) {
  void* raw = calloc(1, numBytes + PAGE);
  if (!raw) return lastError = cudaErrorMemoryAllocation;
  *start = (void*)(((size_t)raw + PAGE - 1) & ~(size_t)(PAGE - 1));
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < numBlocks && blocks[i].start) i++;
  if (i == MOST_BLOCKS) abort();
  if (i == numBlocks) numBlocks++;
  blocks[i].start = *start;
  blocks[i].numBytes = numBytes;
  blocks[i].isHost = isHost;
  blocks[i].raw = raw;
  if (!isHost) bytesInUse += numBytes;
  pthread_mutex_unlock(&lock);
  return 0;
}
static int indexOf(const void* address) {
  const char* at = address;
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < numBlocks && !(blocks[i].start && at >= blocks[i].start && at < blocks[i].start + blocks[i].numBytes)) i++;
  int found = i < numBlocks ? i : -1;
  pthread_mutex_unlock(&lock);
  return found;
}
static cudaError_t release(void* start) {
  int i = indexOf(start);
  if (i < 0) return 0;
  pthread_mutex_lock(&lock);
  if (!blocks[i].isHost) bytesInUse -= blocks[i].numBytes;
  free(blocks[i].raw);
  blocks[i].start = NULL;
  pthread_mutex_unlock(&lock);
  return 0;
}
cudaError_t cudaMalloc(void** start, size_t numBytes) {
  NOT_IN_CAPTURE("cudaMalloc");
  return bytesInUse + numBytes > memory() ? (lastError = cudaErrorMemoryAllocation) : allocate(start, numBytes, 0);
}
cudaError_t cudaFree(void* start) {
  NOT_IN_CAPTURE("cudaFree");
  return release(start);
}
cudaError_t cudaHostAlloc(void** start, size_t numBytes, unsigned flags) {
  NOT_IN_CAPTURE("cudaHostAlloc");
  return allocate(start, numBytes, 1);
}
cudaError_t cudaFreeHost(void* start) {
  NOT_IN_CAPTURE("cudaFreeHost");
  return release(start);
}
cudaError_t cudaHostGetDevicePointer(void** there, void* here, unsigned flags) { return *there = here, 0; }
cudaError_t cudaMemGetInfo(size_t* left, size_t* whole) { return *whole = memory(), *left = *whole - bytesInUse, 0; }
cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes* of, const void* address) {
  int i = indexOf(address);
  memset(of, 0, sizeof *of);
  of->type = i < 0 ? cudaMemoryTypeUnregistered : blocks[i].isHost ? cudaMemoryTypeHost : cudaMemoryTypeDevice;
  of->devicePointer = of->hostPointer = (void*)address;
  return 0;
}
static cudaError_t copy(void* to, const void* from, size_t numBytes, cudaStream_t stream, const char* name) {
  if (!stream && origin) return refuse(cudaErrorStreamCaptureImplicit, name);
  int place = indexOf(to);
  if (isCaptured(stream) && (place < 0 || indexOf(from) < 0)) return refuse(cudaErrorStreamCaptureUnsupported, "a copy from or to memory that is not pinned");
  count(name, stream);
  if (!isCaptured(stream) && (place < 0 || blocks[place].isHost)) memmove(to, from, numBytes);
  return 0;
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t numBytes, enum cudaMemcpyKind kind, cudaStream_t stream) {
  const char* name = kind == cudaMemcpyHostToDevice ? "a copy to the GPU" : kind == cudaMemcpyDeviceToHost ? "a copy to the host" : "a copy";
  return copy(to, from, numBytes, stream, name);
}
cudaError_t cudaMemcpy(void* to, const void* from, size_t numBytes, enum cudaMemcpyKind kind) {
  NOT_IN_CAPTURE("cudaMemcpy");
  return copy(to, from, numBytes, NULL, "a copy");
}
cudaError_t cudaMemsetAsync(void* at, int value, size_t numBytes, cudaStream_t stream) { return count("cudaMemsetAsync", stream), 0; }
