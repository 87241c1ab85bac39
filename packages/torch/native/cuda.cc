// What only CUDA has. Compiled with its headers where the build found them; elsewhere each function says that they are missing.
#include "cuda.h"

#ifdef WITH_CUDA

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <optional>

namespace {

struct Capture {
  at::cuda::CUDAGraph graph;
  std::optional<c10::cuda::CUDAStreamGuard> guard;  // a graph is captured on a stream of its own
};

Capture& captureOf(const Args& args) {
  void* data = nullptr;
  expectOk(args.env, napi_get_value_external(args.env, args.at(0), &data), "a captured graph");
  return *static_cast<Capture*>(data);
}

}  // namespace

napi_value cudaSynchronize(const Args&) {
  c10::cuda::device_synchronize();
  return nullptr;
}

/// cudaMemory(device index) -> [bytes in use, most bytes in use so far]
napi_value cudaMemory(const Args& args) {
  auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(args.integer(0)));
  return toJs(args.env, at::IntArrayRef({stats.allocated_bytes[0].current, stats.allocated_bytes[0].peak}));
}

napi_value cudaEmptyCache(const Args&) {
  c10::cuda::CUDACachingAllocator::emptyCache();
  return nullptr;
}

/// cudaBeginCapture() -> graph: from now on kernels are noted, not run
napi_value cudaBeginCapture(const Args& args) {
  auto capture = std::make_unique<Capture>();
  c10::cuda::device_synchronize();
  capture->guard.emplace(c10::cuda::getStreamFromPool());
  capture->graph.capture_begin();
  napi_value result;
  expectOk(args.env, napi_create_external(args.env, capture.get(), [](napi_env, void* data, void*) { delete static_cast<Capture*>(data); }, nullptr, &result), "a graph");
  capture.release();
  return result;
}

napi_value cudaEndCapture(const Args& args) {
  Capture& capture = captureOf(args);
  capture.graph.capture_end();
  capture.guard.reset();
  return nullptr;
}

napi_value cudaReplay(const Args& args) {
  captureOf(args).graph.replay();
  return nullptr;
}

#else

namespace {

napi_value none() { throw std::runtime_error("this build has no CUDA: libtorch came without it or without CUDA's headers"); }

}  // namespace

napi_value cudaSynchronize(const Args&) { return none(); }
napi_value cudaMemory(const Args&) { return none(); }
napi_value cudaEmptyCache(const Args&) { return none(); }
napi_value cudaBeginCapture(const Args&) { return none(); }
napi_value cudaEndCapture(const Args&) { return none(); }
napi_value cudaReplay(const Args&) { return none(); }

#endif
