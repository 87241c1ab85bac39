// A device that is no GPU but is driven as one: its memory is the CPU's and the CPU computes for it, yet libtorch takes it for a device of
// another kind and gives its part of a backward pass to a thread of its own. For machines without a GPU, to be preloaded; its name is
// privateuseone:0. Compiled and used by other-device.test.ts.
#include <ATen/core/Tensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_local_scalar_dense.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>
#if TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR > 206
#include <ATen/detail/PrivateUse1HooksInterface.h>
#endif

namespace {

const c10::DeviceType kind = c10::DeviceType::PrivateUse1;
const c10::Device only(kind, 0);

/// One device with one stream, where all is done as soon as it is asked for.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return kind; }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  c10::Device getDevice() const override { return only; }
  c10::Device exchangeDevice(c10::Device) const override { return only; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getDefaultStream(c10::Device) const override { return c10::Stream(c10::Stream::DEFAULT, only); }
  c10::Stream getStream(c10::Device) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, only); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, only); }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
  void record(void**, const c10::Stream&, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}
};
const c10::impl::DeviceGuardImplRegistrar registered(kind, new Guard());
#if TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR > 206
/// Newer libtorchs drive none that has no name and does not say that it is there.
struct Hooks final : at::PrivateUse1HooksInterface {
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
};
const bool isNamed = (c10::register_privateuse1_backend("privateuseone"), at::RegisterPrivateUse1HooksInterface(new Hooks()), true);
#endif

using Dtype = c10::optional<at::ScalarType>;
using Layout = c10::optional<at::Layout>;
using Device = c10::optional<at::Device>;
using Flag = c10::optional<bool>;

/// The CPU's memory under this device's name.
at::Tensor renamed(const at::Tensor& memory) {
  auto free = [memory](void*) {};
  auto options = memory.options().device(only);
  return at::for_blob(memory.data_ptr(), memory.sizes()).strides(memory.strides()).deleter(free).options(options).target_device(only).make_tensor();
}

at::Tensor make(at::IntArrayRef size, Dtype dtype, Layout, Device, Flag, c10::optional<at::MemoryFormat> format) {
  return renamed(at::empty(size, at::TensorOptions(dtype.value_or(at::kFloat)), format));
}

at::Tensor makeStrided(at::IntArrayRef size, at::IntArrayRef stride, Dtype dtype, Layout, Device, Flag) {
  return renamed(at::empty_strided(size, stride, at::TensorOptions(dtype.value_or(at::kFloat))));
}

/// The CPU's view of the same memory.
at::Tensor seenByCpu(const at::Tensor& tensor) {
  if (tensor.is_cpu()) return tensor;
  return at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(), tensor.options().device(at::kCPU));
}

at::Tensor copy(const at::Tensor& from, const at::Tensor& to, bool) {
  seenByCpu(to).copy_(seenByCpu(from));
  return to;
}

at::Tensor copyBack(const at::Tensor& from, const at::Tensor& to) { return copy(from, to, false); }

at::Scalar valueOf(const at::Tensor& tensor) { return seenByCpu(tensor).item(); }

void compute(const c10::OperatorHandle& op, torch::jit::Stack* stack) { at::native::cpu_fallback(op, stack); }

}  // namespace

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &make);
  library.impl("empty_strided", &makeStrided);
  library.impl("_copy_from", &copy);
  library.impl("_copy_from_and_resize", &copyBack);
  library.impl("_local_scalar_dense", &valueOf);
  library.impl("as_strided", &at::native::as_strided_tensorimpl);
  library.impl("view", &at::native::view);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&compute>()); }
