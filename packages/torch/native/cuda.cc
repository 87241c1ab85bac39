// What only CUDA has and only its headers reach: waiting for a device, memory, and a whole step captured as one graph.
#include "addon.h"

#ifdef WITH_CUDA

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>

namespace {

struct Graph : Held {
  at::cuda::CUDAGraph graph;
};

}  // namespace

napi_value cudaSynchronize(const Args&) {
  c10::cuda::device_synchronize();
  return nullptr;
}

/// cudaMemory(device index) -> [bytes in use, most bytes in use so far]; nothing before the first tensor, when the allocator has no devices yet
napi_value cudaMemory(const Args& args) {
  if (!c10::cuda::CUDACachingAllocator::get()->initialized()) return integersToJs(args.env, {0, 0});
  auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(args.integer(0)));
  return integersToJs(args.env, {stats.allocated_bytes[0].current, stats.allocated_bytes[0].peak});
}

napi_value cudaEmptyCache(const Args&) {
  c10::cuda::CUDACachingAllocator::emptyCache();
  return nullptr;
}

/// cudaBeginCapture() -> graph: from now on kernels of this thread's stream, which is not the default one, are noted and not run
napi_value cudaBeginCapture(const Args& args) {
  auto graph = std::make_unique<Graph>();
  graph->graph.capture_begin();
  return holdInJs(args.env, std::move(graph));
}

napi_value cudaEndCapture(const Args& args) {
  heldAs<Graph>(args, 0).graph.capture_end();
  return nullptr;
}

napi_value cudaReplay(const Args& args) {
  heldAs<Graph>(args, 0).graph.replay();
  return nullptr;
}

#endif
