// What every native file shares: the per-environment state (never a static, so that worker threads do not meet), the handles of
// tensors, and the reading of JavaScript arguments. C++ decides nothing here: defaults, checks and names live in TypeScript.
#pragma once
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <node_api.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

/// A JavaScript exception already waits in the environment; unwind to the border without another one.
struct Pending : std::exception {
  const char* what() const noexcept override { return "a JavaScript exception is pending"; }
};

/// References that tensors hold on JavaScript buffers; a tensor may die on any thread, a reference only on its own.
struct ReleaseQueue {
  std::mutex mutex;
  std::vector<napi_ref> refs;
  std::atomic<bool> waiting{false};
};

/// Where other threads leave work for the JavaScript thread while it waits.
struct Desk {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  void ask(std::function<void()> job);
};

struct Operator;
struct Collective;

struct Addon {
  explicit Addon(napi_env env);
  ~Addon();
  napi_env env;
  std::thread::id thread = std::this_thread::get_id();
  std::vector<at::Tensor> slots;
  std::vector<uint32_t> freeSlots;
  std::deque<std::shared_ptr<Operator>> operators;
  std::vector<c10::IValue> spareStack;
  std::shared_ptr<ReleaseQueue> releases = std::make_shared<ReleaseQueue>();
  std::shared_ptr<Collective> collective;
  std::shared_ptr<Desk> desk = std::make_shared<Desk>();

  uint32_t put(at::Tensor tensor);
  at::Tensor& get(uint32_t id);
  void drainReleases();
};

/// Throws when Node-API reports a failure.
void expectOk(napi_env env, napi_status status, const char* what);

/// The arguments of one JavaScript call and the making of its result.
struct Args {
  napi_env env;
  Addon& addon;
  size_t count;
  napi_value* values;

  napi_value at(size_t index) const;
  bool isNothing(size_t index) const;
  double number(size_t index) const;
  int64_t integer(size_t index) const;
  bool boolean(size_t index) const;
  std::string text(size_t index) const;
  std::vector<int64_t> integers(size_t index) const;
  std::vector<at::Tensor> tensors(size_t index) const;
  at::Tensor& tensor(size_t index) const;
};

int64_t integerFrom(napi_env env, napi_value value);
std::string textFrom(napi_env env, napi_value value);
napi_value toJs(napi_env env, double value);
napi_value toJs(napi_env env, bool value);
napi_value toJs(napi_env env, const std::string& value);
napi_value toJs(napi_env env, const std::vector<std::string>& values);
napi_value toJs(napi_env env, at::IntArrayRef values);
napi_value tensorToJs(Addon& addon, at::Tensor tensor);
napi_value tensorsToJs(Addon& addon, const std::vector<at::Tensor>& tensors);
napi_value nothing(napi_env env);
void setField(napi_env env, napi_value object, const char* name, napi_value value);

/// Turns whatever C++ throws into a JavaScript exception; libtorch's text comes without its C++ stack.
void throwCurrent(napi_env env);

using Body = napi_value (*)(const Args&);

/// Wraps a native body as a Node-API callback: arguments in, exceptions out.
template <Body body>
napi_value guarded(napi_env env, napi_callback_info info) {
  napi_value values[48];
  size_t count = 48;
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, values, nullptr, &data);
  try {
    return body(Args{env, *static_cast<Addon*>(data), count < 48 ? count : 48, values});
  } catch (...) {
    throwCurrent(env);
    return nullptr;
  }
}
