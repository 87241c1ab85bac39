// The machine: threads, devices, random generators, what this libtorch was built with.
#include "device.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

namespace {

at::Generator generatorOf(const std::string& device) { return at::globalContext().defaultGenerator(c10::Device(device)); }

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

napi_value setNumThreads(const Args& args) {
  at::set_num_threads(static_cast<int>(args.integer(0)));
  return nullptr;
}

/// manualSeed(seed): every device's default generator
napi_value manualSeed(const Args& args) {
  at::manual_seed(static_cast<uint64_t>(args.integer(0)));
  return nullptr;
}

napi_value generatorState(const Args& args) {
  at::Generator generator = generatorOf(args.text(0));
  std::lock_guard<std::mutex> lock(generator.mutex());
  return tensorToJs(args.addon, generator.get_state());
}

napi_value setGeneratorState(const Args& args) {
  at::Generator generator = generatorOf(args.text(0));
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(args.tensor(1));
  return nullptr;
}
