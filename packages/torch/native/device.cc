// The machine: threads, memory, random generators, streams, what this libtorch was built with.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <torch/version.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "addon.h"

namespace {

c10::Device gpuFrom(const Args& args, size_t index) { return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(args.integer(index))); }

/// The stream that two arguments name: the GPU's index and the stream's number.
c10::Stream streamFrom(const Args& args, size_t index) { return c10::Stream(c10::Stream::UNSAFE, gpuFrom(args, index), args.integer(index + 1)); }

napi_value streamToJs(napi_env env, const c10::Stream& stream) { return toJs(env, static_cast<double>(stream.id())); }

}  // namespace

napi_value describeLibrary(const Args& args) {
  napi_env env = args.env;
  napi_value result;
  napi_create_object(env, &result);
  setField(env, result, "version", toJs(env, std::string(TORCH_VERSION)));
  setField(env, result, "numThreads", toJs(env, static_cast<double>(at::get_num_threads())));
  setField(env, result, "cuda", toJs(env, at::hasCUDA()));
  setField(env, result, "cudnn", toJs(env, at::hasCUDA() && at::globalContext().userEnabledCuDNN()));
  setField(env, result, "onednn", toJs(env, at::hasMKLDNN()));
  setField(env, result, "numGpus", toJs(env, static_cast<double>(at::getNumGPUs())));
  setField(env, result, "settings", toJs(env, at::show_config()));
  return result;
}

/// setNumThreads(count): also of OpenBLAS, whose own threads libtorch does not know and which spin while they wait
napi_value setNumThreads(const Args& args) {
  int count = static_cast<int>(args.integer(0));
  at::set_num_threads(count);
  if (void* library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_NOLOAD)) {
    if (void* set = dlsym(library, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(set)(count);
    dlclose(library);
  }
  return nullptr;
}

/// tuneAllocator(parameter, value) -> whether the C library's allocator took it (mallopt of glibc; others have none)
napi_value tuneAllocator(const Args& args) {
#ifdef __GLIBC__
  return toJs(args.env, mallopt(static_cast<int>(args.integer(0)), static_cast<int>(args.integer(1))) == 1);
#else
  return toJs(args.env, false);
#endif
}

/// manualSeed(seed): every device's default generator
napi_value manualSeed(const Args& args) {
  at::manual_seed(static_cast<uint64_t>(args.integer(0)));
  return nullptr;
}

/// generatorState(device, state | null) -> the state as it was; a state given is put in its place
napi_value generatorState(const Args& args) {
  at::Generator generator = at::globalContext().defaultGenerator(c10::Device(args.text(0)));
  std::lock_guard<std::mutex> lock(generator.mutex());
  at::Tensor before = generator.get_state();
  if (args.has(1)) generator.set_state(args.tensor(1));
  return tensorToJs(args.addon, before);
}

/// newStream(GPU) -> a stream of libtorch's pool, by number
napi_value newStream(const Args& args) {
  c10::Device gpu = gpuFrom(args, 0);
  return streamToJs(args.env, c10::impl::VirtualGuardImpl(gpu.type()).getStreamFromGlobalPool(gpu));
}

/// currentStream(GPU) -> the stream that this thread works on there, by number
napi_value currentStream(const Args& args) {
  c10::Device gpu = gpuFrom(args, 0);
  return streamToJs(args.env, c10::impl::VirtualGuardImpl(gpu.type()).getStream(gpu));
}

/// exchangeStream(GPU, stream, current GPU) -> [current GPU, stream on the first] as this thread had them until now
napi_value exchangeStream(const Args& args) {
  c10::impl::VirtualGuardImpl guard(c10::DeviceType::CUDA);
  c10::Device before = guard.getDevice();
  c10::Stream stream = guard.exchangeStream(streamFrom(args, 0));
  guard.uncheckedSetDevice(gpuFrom(args, 2));  // makes no context on a GPU that has none
  return integersToJs(args.env, {before.index(), stream.id()});
}

/// joinStream(GPU, stream, other's GPU, other): what the stream is given from now on waits for what the other has been given so far
napi_value joinStream(const Args& args) {
  c10::Event event(c10::DeviceType::CUDA);
  event.record(streamFrom(args, 2));
  event.block(streamFrom(args, 0));
  return nullptr;
}

/// recordStream(GPU, stream, tensor): its memory, once freed, waits for the stream's work before it is used again
napi_value recordStream(const Args& args) {
  args.tensor(2).record_stream(streamFrom(args, 0));
  return nullptr;
}

/// queryStream(GPU) -> whether the GPU has done all that this thread's stream was given
napi_value queryStream(const Args& args) {
  c10::Device gpu = gpuFrom(args, 0);
  c10::impl::VirtualGuardImpl guard(gpu.type());
  return toJs(args.env, guard.queryStream(guard.getStream(gpu)));
}

napi_value synchronizeStream(const Args& args) {
  streamFrom(args, 0).synchronize();
  return nullptr;
}
