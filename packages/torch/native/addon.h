// What every native file shares: the per-environment state (never a static, so that worker threads do not meet), the handles of
// tensors, and the passage of values between JavaScript and C++. C++ decides nothing here: defaults, checks and names live in TypeScript.
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

#include "exports.h"

/// A JavaScript exception already waits in the environment; unwind to the border without another one.
struct Pending : std::exception {
  const char* what() const noexcept override { return "a JavaScript exception is pending"; }
};

/// References on JavaScript values that tensors and graphs hold; those may die on any thread, a reference only on its own.
struct ReleaseQueue {
  std::mutex mutex;
  std::vector<napi_ref> refs;
  std::atomic<bool> waiting{false};
  std::atomic<int64_t> numScripts{0};  // functions that graphs hold now
  void push(napi_ref ref);
};

/// Where other threads leave work for a thread while it waits.
struct Desk {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  void ask(std::function<void()> job);
  void serveUntil(const bool& done);  // a job sets it
};

struct Operator;

struct Addon {
  explicit Addon(napi_env environment);
  ~Addon();
  napi_env env;
  std::thread::id thread = std::this_thread::get_id();
  std::vector<at::Tensor> slots;
  std::vector<uint32_t> freeSlots;
  std::deque<std::shared_ptr<Operator>> operators;
  std::vector<c10::IValue> spareStack;
  std::shared_ptr<ReleaseQueue> releases = std::make_shared<ReleaseQueue>();
  std::shared_ptr<Desk> desk = std::make_shared<Desk>();
  std::shared_ptr<Desk> asker;  // of the thread whose call JavaScript is answering

  uint32_t put(at::Tensor tensor);
  at::Tensor& get(uint32_t id);
  void free(int64_t id);
  void freeAll(napi_value handles);
  void drainReleases();
};

/// Runs work that may need JavaScript on another thread, the one that asked for what runs now if there is one, while this one answers it.
void runOffThread(Addon& addon, const std::function<void()>& work);

/// Throws when Node-API reports a failure; the text says what was expected.
void expectOk(napi_env env, napi_status status, const char* what);

bool isNothing(napi_env env, napi_value value);
double doubleFrom(napi_env env, napi_value value);
int64_t integerFrom(napi_env env, napi_value value);
bool booleanFrom(napi_env env, napi_value value);
std::string textFrom(napi_env env, napi_value value);
at::Tensor& tensorFrom(Addon& addon, napi_value value);

/// Reads a JavaScript array element by element.
template <typename Read>
void forEachIn(napi_env env, napi_value array, const Read& read) {
  uint32_t length = 0;
  expectOk(env, napi_get_array_length(env, array, &length), "a list");
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    expectOk(env, napi_get_element(env, array, i, &element), "a list");
    read(element);
  }
}

/// Undefined tensors stand where the list has null or undefined.
std::vector<at::Tensor> tensorsFrom(Addon& addon, napi_value array);

/// The arguments of one JavaScript call.
struct Args {
  napi_env env;
  Addon& addon;
  size_t count;
  napi_value* values;

  napi_value at(size_t index) const;
  bool has(size_t index) const { return index < count && !::isNothing(env, values[index]); }
  int64_t integer(size_t index) const { return integerFrom(env, at(index)); }
  bool boolean(size_t index) const { return booleanFrom(env, at(index)); }
  std::string text(size_t index) const { return textFrom(env, at(index)); }
  at::Tensor& tensor(size_t index) const { return tensorFrom(addon, at(index)); }
  std::vector<at::Tensor> tensors(size_t index) const { return tensorsFrom(addon, at(index)); }
  std::vector<int64_t> integers(size_t index) const;
};

napi_value toJs(napi_env env, double value);
napi_value toJs(napi_env env, bool value);
napi_value toJs(napi_env env, const std::string& value);
napi_value tensorToJs(Addon& addon, at::Tensor tensor);
napi_value nothing(napi_env env);

/// A JavaScript array of a container's elements, each made by `make`.
template <typename List, typename Make>
napi_value listToJs(napi_env env, const List& list, const Make& make) {
  napi_value result;
  napi_create_array_with_length(env, list.size(), &result);
  uint32_t index = 0;
  for (const auto& element : list) napi_set_element(env, result, index++, make(element));
  return result;
}

napi_value integersToJs(napi_env env, at::IntArrayRef values);
napi_value tensorsToJs(Addon& addon, const std::vector<at::Tensor>& tensors);
void setField(napi_env env, napi_value object, const char* name, napi_value value);

/// Something of C++'s that JavaScript holds and its garbage collector ends.
struct Held {
  virtual ~Held() = default;
};

napi_value holdInJs(napi_env env, std::unique_ptr<Held> held);
Held* heldFrom(napi_env env, napi_value value);

template <typename Kind>
Kind& heldAs(const Args& args, size_t index) {
  auto* held = dynamic_cast<Kind*>(heldFrom(args.env, args.at(index)));
  if (held == nullptr) throw std::invalid_argument("an object of the addon's");
  return *held;
}

/// Turns whatever C++ throws into a JavaScript exception; libtorch's text comes without its C++ stack.
void throwCurrent(napi_env env);

#define DECLARE(name) napi_value name(const Args& args);
EXPORTS(DECLARE)
#undef DECLARE
