// Handles: a tensor is a small number in JavaScript and a slot here. Freeing, counting and describing by handle.
#include <unordered_set>

#include "addon.h"

Addon::Addon(napi_env environment) : env(environment) {}
Addon::~Addon() { drainReleases(); }

uint32_t Addon::put(at::Tensor tensor) {
  if (freeSlots.empty()) {
    slots.push_back(std::move(tensor));
    return static_cast<uint32_t>(slots.size() - 1);
  }
  uint32_t id = freeSlots.back();
  freeSlots.pop_back();
  slots[id] = std::move(tensor);
  return id;
}

at::Tensor& Addon::get(uint32_t id) {
  if (id >= slots.size() || !slots[id].defined()) throw std::invalid_argument("no live tensor has this handle");
  return slots[id];
}

/// One that is not in use is passed over.
void Addon::free(int64_t id) {
  if (id < 0 || static_cast<size_t>(id) >= slots.size() || !slots[id].defined()) return;
  slots[id].reset();
  freeSlots.push_back(static_cast<uint32_t>(id));
}

void Addon::freeAll(napi_value handles) {
  forEachIn(env, handles, [&](napi_value handle) {
    if (!isNothing(env, handle)) free(integerFrom(env, handle));
  });
}

void ReleaseQueue::push(napi_ref ref) {
  std::lock_guard<std::mutex> lock(mutex);
  refs.push_back(ref);
  waiting = true;
}

void Addon::drainReleases() {
  if (!releases->waiting.exchange(false)) return;
  std::vector<napi_ref> refs;
  {
    std::lock_guard<std::mutex> lock(releases->mutex);
    refs.swap(releases->refs);
  }
  for (napi_ref ref : refs) napi_delete_reference(env, ref);
}

/// freeTensors(handles as Int32Array, count): those not in use are passed over
napi_value freeTensors(const Args& args) {
  napi_typedarray_type type;
  size_t length;
  void* data;
  expectOk(args.env, napi_get_typedarray_info(args.env, args.at(0), &type, &length, &data, nullptr, nullptr), "an Int32Array");
  int64_t count = args.integer(1);
  if (type != napi_int32_array || count < 0 || static_cast<size_t>(count) > length) throw std::invalid_argument("an Int32Array");
  for (int64_t i = 0; i < count; i++) args.addon.free(static_cast<int32_t*>(data)[i]);
  args.addon.drainReleases();
  return nullptr;
}

/// aliasTensor(tensor) -> a second handle on the very same tensor
napi_value aliasTensor(const Args& args) {
  at::Tensor tensor = args.tensor(0);
  return tensorToJs(args.addon, tensor);
}

/// liveTensors() -> [handles, bytes under them, shared storage once]
napi_value liveTensors(const Args& args) {
  std::unordered_set<const c10::StorageImpl*> seen;
  int64_t handles = 0, bytes = 0;
  for (const at::Tensor& tensor : args.addon.slots) {
    if (!tensor.defined()) continue;
    handles++;
    if (tensor.has_storage() && seen.insert(tensor.storage().unsafeGetStorageImpl()).second) bytes += static_cast<int64_t>(tensor.storage().nbytes());
  }
  return integersToJs(args.env, {handles, bytes});
}

napi_value shapeOf(const Args& args) { return integersToJs(args.env, args.tensor(0).sizes()); }
napi_value stridesOf(const Args& args) { return integersToJs(args.env, args.tensor(0).strides()); }
napi_value deviceOf(const Args& args) { return toJs(args.env, args.tensor(0).device().str()); }

/// traitsOf(tensor) -> dtype code · 8 + contiguous · 4 + leaf · 2 + requires gradient · 1
napi_value traitsOf(const Args& args) {
  const at::Tensor& tensor = args.tensor(0);
  int flags = (tensor.requires_grad() ? 1 : 0) | (tensor.is_leaf() ? 2 : 0) | (tensor.is_contiguous() ? 4 : 0);
  return toJs(args.env, static_cast<double>(static_cast<int>(tensor.scalar_type()) * 8 + flags));
}
