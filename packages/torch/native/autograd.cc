// Gradients: the mode, the backward pass, what it left on leaves; autocast stands here because it is a mode of the same kind.
#include "autograd.h"

#include "script-node.h"

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>

namespace {

/// Gradients given from outside, one per root; null stands for the implicit gradient of a scalar.
std::vector<at::Tensor> rootGradients(const Args& args, size_t index) {
  std::vector<at::Tensor> result;
  if (args.isNothing(index)) return result;
  uint32_t length = 0;
  expectOk(args.env, napi_get_array_length(args.env, args.at(index), &length), "a list of tensors");
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    napi_get_element(args.env, args.at(index), i, &element);
    uint32_t id;
    result.push_back(napi_get_value_uint32(args.env, element, &id) == napi_ok ? args.addon.get(id) : at::Tensor());
  }
  return result;
}

}  // namespace

/// backward(roots, rootGradients | null, retainGraph, createGraph, offThread)
napi_value backward(const Args& args) {
  std::vector<at::Tensor> roots = args.tensors(0), given = rootGradients(args, 1);
  bool retain = args.boolean(2), create = args.boolean(3);
  auto work = [&] { torch::autograd::backward(roots, given, retain, create); };
  args.boolean(4) ? runOffThread(args.addon, work) : work();
  return nullptr;
}

/// gradients(roots, inputs, rootGradients | null, retainGraph, createGraph, allowUnused, offThread) -> handles or null
napi_value gradients(const Args& args) {
  std::vector<at::Tensor> roots = args.tensors(0), inputs = args.tensors(1), given = rootGradients(args, 2), result;
  bool retain = args.boolean(3), create = args.boolean(4), allowUnused = args.boolean(5);
  auto work = [&] { result = torch::autograd::grad(roots, inputs, given, retain, create, allowUnused); };
  args.boolean(6) ? runOffThread(args.addon, work) : work();
  return tensorsToJs(args.addon, result);
}

napi_value gradOf(const Args& args) { return tensorToJs(args.addon, args.tensor(0).grad()); }

napi_value setGrad(const Args& args) {
  args.tensor(0).mutable_grad() = args.isNothing(1) ? at::Tensor() : args.tensor(1);
  return nullptr;
}

napi_value setRequiresGrad(const Args& args) {
  args.tensor(0).requires_grad_(args.boolean(1));
  return nullptr;
}

/// Puts the second tensor's values (shape, dtype and device too) under the first one's name.
napi_value setData(const Args& args) {
  args.tensor(0).set_data(args.tensor(1));
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
