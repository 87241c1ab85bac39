// Gradients: the mode, the backward pass, what it left on leaves; autocast stands here because it is a mode of the same kind.
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/version.h>

#include "addon.h"

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

/// setAutocast(isCuda, on, dtype) -> what it was; leaving drops the cached casts of weights.
napi_value setAutocast(const Args& args) {
  bool isCuda = args.boolean(0), on = args.boolean(1);
  auto dtype = static_cast<at::ScalarType>(args.integer(2));
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  auto device = isCuda ? at::kCUDA : at::kCPU;
  bool before = at::autocast::is_autocast_enabled(device);
  at::autocast::set_autocast_enabled(device, on);
  at::autocast::set_autocast_dtype(device, dtype);
#else
  bool before = isCuda ? at::autocast::is_enabled() : at::autocast::is_cpu_enabled();
  isCuda ? at::autocast::set_enabled(on) : at::autocast::set_cpu_enabled(on);
  isCuda ? at::autocast::set_autocast_gpu_dtype(dtype) : at::autocast::set_autocast_cpu_dtype(dtype);
#endif
  if (!on) at::autocast::clear_cache();
  return toJs(args.env, before);
}
