// What only CUDA has and only its headers reach: waiting for a device, memory, and a whole step captured as one graph.
#include "addon.h"

#ifdef WITH_CUDA

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

namespace {

struct Graph : Held {
  c10::DeviceIndex gpu = 0;
  at::cuda::CUDAGraph graph;
};

c10::DeviceIndex indexFrom(const Args& args) { return static_cast<c10::DeviceIndex>(args.integer(0)); }

}  // namespace

/// cudaSynchronize(device index)
napi_value cudaSynchronize(const Args& args) {
  c10::cuda::CUDAGuard guard(indexFrom(args));
  c10::cuda::device_synchronize();
  return nullptr;
}

/// cudaMemory(device index) -> [bytes in use, most bytes in use so far, bytes to be had: the GPU's free ones and those the allocator keeps]
napi_value cudaMemory(const Args& args) {
  c10::cuda::CUDAGuard guard(indexFrom(args));
  size_t left, whole;
  C10_CUDA_CHECK(cudaMemGetInfo(&left, &whole));
  int64_t free = static_cast<int64_t>(left);
  // before the first tensor the allocator has no devices yet
  if (!c10::cuda::CUDACachingAllocator::get()->initialized()) return integersToJs(args.env, {0, 0, free});
  auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(guard.current_device().index());
  auto& used = stats.allocated_bytes[0];
  return integersToJs(args.env, {used.current, used.peak, free + stats.reserved_bytes[0].current - used.current});
}

napi_value cudaEmptyCache(const Args&) {
  c10::cuda::CUDACachingAllocator::emptyCache();
  return nullptr;
}

/// cudaBeginCapture(device index) -> graph: from now on kernels of this thread's stream there, which is not the default one, are noted and not run
napi_value cudaBeginCapture(const Args& args) {
  auto graph = std::make_unique<Graph>();
  graph->gpu = indexFrom(args);
  c10::cuda::CUDAGuard guard(graph->gpu);
  graph->graph.capture_begin();
  return holdInJs(args.env, std::move(graph));
}

napi_value cudaEndCapture(const Args& args) {
  Graph& held = heldAs<Graph>(args, 0);
  c10::cuda::CUDAGuard guard(held.gpu);
  held.graph.capture_end();
  return nullptr;
}

napi_value cudaReplay(const Args& args) {
  Graph& held = heldAs<Graph>(args, 0);
  c10::cuda::CUDAGuard guard(held.gpu);
  held.graph.replay();
  return nullptr;
}

#endif
