// Gradients: the mode, the backward pass, what it left on leaves; autocast stands here because it is a mode of the same kind.
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/version.h>

#include "addon.h"

// From 2.4 on autocast's functions take the device; before that each device has its own.
#define SAYS_DEVICE (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4))

/// differentiate(roots, gradients at the roots, inputs | null, retainGraph, createGraph, allowUnused, offThread): without inputs the
/// gradients are added to the leaves, with inputs they are the result, null where an input is not reached
napi_value differentiate(const Args& args) {
  std::vector<at::Tensor> roots = args.tensors(0), given = args.tensors(1), inputs, result;
  bool isWanted = args.has(2), retain = args.boolean(3), create = args.boolean(4), allowUnused = args.boolean(5);
  if (isWanted) inputs = args.tensors(2);
  auto work = [&] {
    if (isWanted) result = torch::autograd::grad(roots, inputs, given, retain, create, allowUnused);
    else torch::autograd::backward(roots, given, retain, create);
  };
  args.boolean(6) ? runOffThread(args.addon, work) : work();
  return isWanted ? tensorsToJs(args.addon, result) : nullptr;
}

napi_value gradOf(const Args& args) { return tensorToJs(args.addon, args.tensor(0).grad()); }

/// setGrad(tensor, gradient | null)
napi_value setGrad(const Args& args) {
  args.tensor(0).mutable_grad() = args.has(1) ? args.tensor(1) : at::Tensor();
  return nullptr;
}

/// setGradMode(on) -> what it was
napi_value setGradMode(const Args& args) {
  bool before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(args.boolean(0));
  return toJs(args.env, before);
}

/// autocastState(isCuda) -> [on, dtype]
napi_value autocastState(const Args& args) {
  bool isCuda = args.boolean(0);
#if SAYS_DEVICE
  auto device = isCuda ? at::kCUDA : at::kCPU;
  bool on = at::autocast::is_autocast_enabled(device);
  at::ScalarType dtype = at::autocast::get_autocast_dtype(device);
#else
  bool on = isCuda ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
  at::ScalarType dtype = isCuda ? at::autocast::get_autocast_gpu_dtype() : at::autocast::get_autocast_cpu_dtype();
#endif
  std::vector<napi_value> state{toJs(args.env, on), toJs(args.env, static_cast<double>(dtype))};
  return listToJs(args.env, state, [](napi_value value) { return value; });
}

/// setAutocast(isCuda, on, dtype): a dtype that is refused changes nothing; off drops the cached casts of weights.
napi_value setAutocast(const Args& args) {
  bool isCuda = args.boolean(0), on = args.boolean(1);
  auto dtype = static_cast<at::ScalarType>(args.integer(2));
#if SAYS_DEVICE
  auto device = isCuda ? at::kCUDA : at::kCPU;
  at::autocast::set_autocast_dtype(device, dtype);
  at::autocast::set_autocast_enabled(device, on);
#else
  isCuda ? at::autocast::set_autocast_gpu_dtype(dtype) : at::autocast::set_autocast_cpu_dtype(dtype);
  isCuda ? at::autocast::set_enabled(on) : at::autocast::set_cpu_enabled(on);
#endif
  if (!on) at::autocast::clear_cache();
  return nullptr;
}
