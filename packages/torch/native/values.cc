// The passage of values between JavaScript and C++: readers throw what was expected, makers hand out fresh JavaScript values.
#include "addon.h"

#include <cmath>

void expectOk(napi_env env, napi_status status, const char* what) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending || status == napi_pending_exception) throw Pending();
  throw std::invalid_argument(what);
}

bool isNothing(napi_env env, napi_value value) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  return type == napi_undefined || type == napi_null;
}

double doubleFrom(napi_env env, napi_value value) {
  double number;
  expectOk(env, napi_get_value_double(env, value, &number), "a number");
  return number;
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

bool booleanFrom(napi_env env, napi_value value) {
  bool flag;
  expectOk(env, napi_get_value_bool(env, value, &flag), "true or false");
  return flag;
}

std::string textFrom(napi_env env, napi_value value) {
  size_t length;
  expectOk(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a text");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

at::Tensor& tensorFrom(Addon& addon, napi_value value) {
  uint32_t id;
  expectOk(addon.env, napi_get_value_uint32(addon.env, value, &id), "a tensor");
  return addon.get(id);
}

std::vector<at::Tensor> tensorsFrom(Addon& addon, napi_value array) {
  std::vector<at::Tensor> result;
  forEachIn(addon.env, array, [&](napi_value element) { result.push_back(isNothing(addon.env, element) ? at::Tensor() : tensorFrom(addon, element)); });
  return result;
}

napi_value Args::at(size_t index) const {
  if (index >= count) throw std::invalid_argument("an argument is missing");
  return values[index];
}

std::vector<int64_t> Args::integers(size_t index) const {
  std::vector<int64_t> result;
  forEachIn(env, at(index), [&](napi_value element) { result.push_back(integerFrom(env, element)); });
  return result;
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

napi_value tensorToJs(Addon& addon, at::Tensor tensor) {
  napi_value result;
  if (!tensor.defined()) return nothing(addon.env);
  napi_create_uint32(addon.env, addon.put(std::move(tensor)), &result);
  return result;
}

napi_value nothing(napi_env env) {
  napi_value result;
  napi_get_null(env, &result);
  return result;
}

napi_value integersToJs(napi_env env, at::IntArrayRef values) {
  return listToJs(env, values, [env](int64_t value) { return toJs(env, static_cast<double>(value)); });
}

napi_value tensorsToJs(Addon& addon, const std::vector<at::Tensor>& tensors) {
  return listToJs(addon.env, tensors, [&](const at::Tensor& tensor) { return tensorToJs(addon, tensor); });
}

void setField(napi_env env, napi_value object, const char* name, napi_value value) { napi_set_named_property(env, object, name, value); }

napi_value holdInJs(napi_env env, std::unique_ptr<Held> held) {
  napi_value result;
  expectOk(env, napi_create_external(env, held.get(), [](napi_env, void* data, void*) { delete static_cast<Held*>(data); }, nullptr, &result), "memory");
  held.release();
  return result;
}

Held* heldFrom(napi_env env, napi_value value) {
  void* data = nullptr;
  expectOk(env, napi_get_value_external(env, value, &data), "an object of the addon's");
  return static_cast<Held*>(data);
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
