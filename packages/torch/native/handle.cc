// Handles: a tensor is a small number in JavaScript and a slot here. Also the reading of arguments and the making of results.
#include "handle.h"

#include <cmath>
#include <unordered_set>

Addon::Addon(napi_env e) : env(e) {}
Addon::~Addon() = default;

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

void Addon::drainReleases() {
  if (!releases->waiting.exchange(false)) return;
  std::vector<napi_ref> refs;
  {
    std::lock_guard<std::mutex> lock(releases->mutex);
    refs.swap(releases->refs);
  }
  for (napi_ref ref : refs) napi_delete_reference(env, ref);
}

void expectOk(napi_env env, napi_status status, const char* what) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending || status == napi_pending_exception) throw Pending();
  throw std::invalid_argument(what);
}

napi_value Args::at(size_t index) const {
  if (index >= count) throw std::invalid_argument("an argument is missing");
  return values[index];
}

bool Args::isNothing(size_t index) const {
  if (index >= count) return true;
  napi_valuetype type;
  napi_typeof(env, values[index], &type);
  return type == napi_undefined || type == napi_null;
}

double Args::number(size_t index) const {
  double value;
  expectOk(env, napi_get_value_double(env, at(index), &value), "a number");
  return value;
}

int64_t Args::integer(size_t index) const { return integerFrom(env, at(index)); }

bool Args::boolean(size_t index) const {
  bool value;
  expectOk(env, napi_get_value_bool(env, at(index), &value), "true or false");
  return value;
}

std::string Args::text(size_t index) const { return textFrom(env, at(index)); }

std::vector<int64_t> Args::integers(size_t index) const {
  uint32_t length;
  expectOk(env, napi_get_array_length(env, at(index), &length), "a list of whole numbers");
  std::vector<int64_t> result(length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    expectOk(env, napi_get_element(env, at(index), i, &element), "a list of whole numbers");
    result[i] = integerFrom(env, element);
  }
  return result;
}

at::Tensor& Args::tensor(size_t index) const {
  uint32_t id;
  expectOk(env, napi_get_value_uint32(env, at(index), &id), "a tensor");
  return addon.get(id);
}

std::vector<at::Tensor> Args::tensors(size_t index) const {
  std::vector<at::Tensor> result;
  for (int64_t id : integers(index)) result.push_back(addon.get(static_cast<uint32_t>(id)));
  return result;
}

int64_t integerFrom(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    if (std::trunc(number) != number || std::abs(number) > 9.2e18) throw std::invalid_argument("a whole number");
    return static_cast<int64_t>(number);
  }
  int64_t big;
  bool lossless = false;
  if (napi_get_value_bigint_int64(env, value, &big, &lossless) != napi_ok || !lossless) throw std::invalid_argument("a whole number");
  return big;
}

std::string textFrom(napi_env env, napi_value value) {
  size_t length;
  expectOk(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a text");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

napi_value toJs(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

napi_value toJs(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value toJs(napi_env env, const std::string& value) {
  napi_value result;
  napi_create_string_utf8(env, value.data(), value.size(), &result);
  return result;
}

napi_value toJs(napi_env env, const std::vector<std::string>& values) {
  napi_value result;
  napi_create_array_with_length(env, values.size(), &result);
  for (size_t i = 0; i < values.size(); i++) napi_set_element(env, result, i, toJs(env, values[i]));
  return result;
}

napi_value toJs(napi_env env, at::IntArrayRef values) {
  napi_value result;
  napi_create_array_with_length(env, values.size(), &result);
  for (size_t i = 0; i < values.size(); i++) napi_set_element(env, result, i, toJs(env, static_cast<double>(values[i])));
  return result;
}

napi_value tensorToJs(Addon& addon, at::Tensor tensor) {
  napi_value result;
  if (!tensor.defined()) return nothing(addon.env);
  napi_create_uint32(addon.env, addon.put(std::move(tensor)), &result);
  return result;
}

napi_value tensorsToJs(Addon& addon, const std::vector<at::Tensor>& tensors) {
  napi_value result;
  napi_create_array_with_length(addon.env, tensors.size(), &result);
  for (size_t i = 0; i < tensors.size(); i++) napi_set_element(addon.env, result, i, tensorToJs(addon, tensors[i]));
  return result;
}

napi_value nothing(napi_env env) {
  napi_value result;
  napi_get_null(env, &result);
  return result;
}

void setField(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

void throwCurrent(napi_env env) {
  try {
    throw;
  } catch (const Pending&) {
  } catch (const c10::Error& error) {
    napi_throw_error(env, "libtorch", error.what_without_backtrace());
  } catch (const std::invalid_argument& error) {
    napi_throw_error(env, "argument", error.what());
  } catch (const std::exception& error) {
    napi_throw_error(env, "native", error.what());
  } catch (...) {
    napi_throw_error(env, "native", "an unknown C++ exception");
  }
}

/// freeTensors(handles as Int32Array, count): those not in use are passed over
napi_value freeTensors(const Args& args) {
  napi_typedarray_type type;
  size_t length, offset;
  void* data;
  napi_value buffer;
  expectOk(args.env, napi_get_typedarray_info(args.env, args.at(0), &type, &length, &data, &buffer, &offset), "an Int32Array");
  int64_t count = args.integer(1);
  if (type != napi_int32_array || count < 0 || static_cast<size_t>(count) > length) throw std::invalid_argument("an Int32Array");
  std::vector<at::Tensor>& slots = args.addon.slots;
  for (const int32_t* id = static_cast<int32_t*>(data) + count; count > 0; count--) {  // the last made first: the next ones find warm memory in order
    id--;
    if (*id < 0 || static_cast<size_t>(*id) >= slots.size() || !slots[*id].defined()) continue;
    slots[*id].reset();
    args.addon.freeSlots.push_back(static_cast<uint32_t>(*id));
  }
  args.addon.drainReleases();
  return nullptr;
}

napi_value aliasTensor(const Args& args) {
  at::Tensor tensor = args.tensor(0);
  return tensorToJs(args.addon, tensor);
}

napi_value liveTensors(const Args& args) {
  std::unordered_set<const c10::StorageImpl*> seen;
  double handles = 0, bytes = 0;
  for (const at::Tensor& tensor : args.addon.slots) {
    if (!tensor.defined()) continue;
    handles++;
    if (tensor.has_storage() && seen.insert(tensor.storage().unsafeGetStorageImpl()).second) bytes += tensor.storage().nbytes();
  }
  napi_value result;
  napi_create_object(args.env, &result);
  setField(args.env, result, "handles", toJs(args.env, handles));
  setField(args.env, result, "bytes", toJs(args.env, bytes));
  return result;
}

napi_value shapeOf(const Args& args) { return toJs(args.env, args.tensor(0).sizes()); }
napi_value stridesOf(const Args& args) { return toJs(args.env, args.tensor(0).strides()); }
napi_value dtypeOf(const Args& args) { return toJs(args.env, static_cast<double>(args.tensor(0).scalar_type())); }
napi_value deviceOf(const Args& args) { return toJs(args.env, args.tensor(0).device().str()); }

napi_value flagsOf(const Args& args) {
  const at::Tensor& tensor = args.tensor(0);
  int flags = (tensor.requires_grad() ? 1 : 0) | (tensor.is_leaf() ? 2 : 0) | (tensor.is_contiguous() ? 4 : 0);
  return toJs(args.env, static_cast<double>(flags));
}
