// Memory shared with JavaScript: typed arrays (shared ones too) are borrowed without a copy and kept alive by a reference, tensors are
// handed out as an ArrayBuffer over the same bytes.
#include "addon.h"

namespace {

bool hasFlag(napi_env env, napi_value object, const char* name) {
  napi_value value;
  bool flag = false;
  return napi_get_named_property(env, object, name, &value) == napi_ok && napi_get_value_bool(env, value, &flag) == napi_ok && flag;
}

}  // namespace

/// fromTypedArray(array, shape, dtype, bytes of one element) -> handle over the array's own memory
napi_value fromTypedArray(const Args& args) {
  bool isTyped = false;
  napi_is_typedarray(args.env, args.at(0), &isTyped);
  if (!isTyped) throw std::invalid_argument("a typed array");
  napi_typedarray_type type;
  size_t numElements;
  void* data;
  napi_value buffer;
  expectOk(args.env, napi_get_typedarray_info(args.env, args.at(0), &type, &numElements, &data, &buffer, nullptr), "a typed array");
  if (hasFlag(args.env, buffer, "resizable") || hasFlag(args.env, buffer, "growable")) throw std::invalid_argument("a buffer whose length is fixed");
  constexpr size_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2};  // in the order of napi_typedarray_type
  std::vector<int64_t> shape = args.integers(1);
  auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(args.integer(2)));
  size_t needed = options.dtype().itemsize();
  for (int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(needed, static_cast<size_t>(size), &needed)) throw std::invalid_argument("a possible shape");
  }
  if (needed != numElements * sizes[type]) throw std::invalid_argument("as many bytes as the shape needs");
  if (needed == 0) return tensorToJs(args.addon, at::empty(shape, options));
  napi_ref ref;
  expectOk(args.env, napi_create_reference(args.env, args.at(0), 1, &ref), "a typed array");
  return tensorToJs(args.addon, at::from_blob(data, shape, [releases = args.addon.releases, ref](void*) { releases->push(ref); }, options));
}

/// shareArrayBuffer(tensor) -> ArrayBuffer over the tensor's own bytes, which live as long as the buffer
napi_value shareArrayBuffer(const Args& args) {
  const at::Tensor& tensor = args.tensor(0);
  bool isPlain = tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_contiguous() && !tensor.is_neg() && !tensor._is_zerotensor();
  if (!isPlain || tensor.is_quantized()) throw std::invalid_argument("a plain contiguous tensor on the CPU");
  tensor.storage().unsafeGetStorageImpl()->set_resizable(false);  // as Tensor.numpy() does: the buffer would point at memory that is gone
  auto holder = std::make_unique<at::Tensor>(tensor.detach());
  napi_value result;
  auto end = [](napi_env, void*, void* hint) { delete static_cast<at::Tensor*>(hint); };
  expectOk(args.env, napi_create_external_arraybuffer(args.env, holder->data_ptr(), holder->nbytes(), end, holder.get(), &result), "a Node that allows external buffers");
  holder.release();
  return result;
}
