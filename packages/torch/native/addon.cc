// The export table and nothing else: each function of exports.h becomes a Node-API callback, arguments in, exceptions out.
#include "addon.h"

namespace {

constexpr size_t mostArguments = 12;

using Body = napi_value (*)(const Args&);

template <Body body>
napi_value guarded(napi_env env, napi_callback_info info) {
  napi_value values[mostArguments];
  size_t count = mostArguments;
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, values, nullptr, &data);
  try {
    return body(Args{env, *static_cast<Addon*>(data), std::min(count, mostArguments), values});
  } catch (...) {
    throwCurrent(env);
    return nullptr;
  }
}

struct Export {
  const char* name;
  napi_callback callback;
};

#define ENTRY(name) {#name, guarded<name>},
const Export exportTable[] = {EXPORTS(ENTRY)};
#undef ENTRY

}  // namespace

NAPI_MODULE_INIT() {
  auto* addon = new Addon(env);
  napi_set_instance_data(env, addon, [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr);
  for (const Export& entry : exportTable) {
    napi_value function;
    napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, addon, &function);
    napi_set_named_property(env, exports, entry.name, function);
  }
  return exports;
}
