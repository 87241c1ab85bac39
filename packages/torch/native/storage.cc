// Memory that comes from outside libtorch or leaves it: typed arrays (shared ones too) are borrowed without a copy and kept alive by a
// reference, files are mapped, results are copied into an array the caller made or handed out as an ArrayBuffer over the same bytes.
#include "storage.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace {

struct Bytes {
  void* data = nullptr;
  size_t length = 0;
};

Bytes bytesOf(const Args& args, size_t index) {
  Bytes bytes;
  bool isTyped = false;
  napi_is_typedarray(args.env, args.at(index), &isTyped);
  if (!isTyped) throw std::invalid_argument("a typed array");
  napi_typedarray_type type;
  size_t numElements, offset;
  napi_value buffer;
  expectOk(args.env, napi_get_typedarray_info(args.env, args.at(index), &type, &numElements, &bytes.data, &buffer, &offset), "a typed array");
  constexpr size_t sizes[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 2};
  bytes.length = numElements * sizes[type];
  return bytes;
}

at::TensorOptions optionsOf(int64_t dtype) { return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)); }

size_t bytesNeeded(at::IntArrayRef shape, int64_t dtype) {
  size_t needed = c10::elementSize(static_cast<at::ScalarType>(dtype));
  for (int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(needed, static_cast<size_t>(size), &needed)) throw std::invalid_argument("a possible shape");
  }
  return needed;
}

}  // namespace

/// fromTypedArray(array, shape, dtype) -> handle over the array's own memory
napi_value fromTypedArray(const Args& args) {
  std::vector<int64_t> shape = args.integers(1);
  Bytes bytes = bytesOf(args, 0);
  if (bytesNeeded(shape, args.integer(2)) != bytes.length) throw std::invalid_argument("as many bytes as the shape needs");
  if (bytes.length == 0) return tensorToJs(args.addon, at::empty(shape, optionsOf(args.integer(2))));
  napi_ref ref;
  expectOk(args.env, napi_create_reference(args.env, args.at(0), 1, &ref), "a typed array");
  auto deleter = [releases = args.addon.releases, ref](void*) {
    std::lock_guard<std::mutex> lock(releases->mutex);
    releases->refs.push_back(ref);
    releases->waiting = true;
  };
  return tensorToJs(args.addon, at::from_blob(bytes.data, shape, deleter, optionsOf(args.integer(2))));
}

/// mapFile(path) -> a uint8 tensor over the whole file, private to this process: writes to it never reach the file
napi_value mapFile(const Args& args) {
  std::string path = args.text(0);
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw std::runtime_error(std::string("open: ") + std::strerror(errno));
  struct stat info;
  bool known = fstat(file, &info) == 0;
  size_t length = known ? static_cast<size_t>(info.st_size) : 0;
  void* data = length > 0 ? mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0) : nullptr;
  int error = errno;
  close(file);
  if (!known || data == MAP_FAILED) throw std::runtime_error(std::string("mmap: ") + std::strerror(error));
  if (length == 0) return tensorToJs(args.addon, at::empty({0}, at::kByte));
  auto deleter = [length](void* start) { munmap(start, length); };
  return tensorToJs(args.addon, at::from_blob(data, {static_cast<int64_t>(length)}, deleter, at::TensorOptions().dtype(at::kByte)));
}

/// readInto(tensor, array): copies a contiguous CPU tensor's bytes
napi_value readInto(const Args& args) {
  const at::Tensor& tensor = args.tensor(0);
  Bytes bytes = bytesOf(args, 1);
  if (!tensor.device().is_cpu() || !tensor.is_contiguous()) throw std::invalid_argument("a contiguous tensor on the CPU");
  if (bytes.length != tensor.nbytes()) throw std::invalid_argument("an array of the tensor's size");
  if (bytes.length > 0) std::memcpy(bytes.data, tensor.data_ptr(), bytes.length);
  return nullptr;
}

/// shareArrayBuffer(tensor) -> ArrayBuffer over the tensor's own bytes, which live as long as the buffer
napi_value shareArrayBuffer(const Args& args) {
  const at::Tensor& tensor = args.tensor(0);
  if (!tensor.device().is_cpu() || !tensor.is_contiguous()) throw std::invalid_argument("a contiguous tensor on the CPU");
  auto* holder = new at::Tensor(tensor.detach());
  napi_value result;
  napi_status status = napi_create_external_arraybuffer(
      args.env, holder->data_ptr(), holder->nbytes(), [](napi_env, void*, void* hint) { delete static_cast<at::Tensor*>(hint); }, holder, &result);
  if (status != napi_ok) delete holder;
  expectOk(args.env, status, "a Node that allows external buffers");
  return result;
}
