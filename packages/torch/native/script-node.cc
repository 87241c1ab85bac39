// Nodes of the autograd graph whose backward pass is a JavaScript function. JavaScript runs on its own thread only: where libtorch calls a
// node from another one (graphs on GPUs), the JavaScript thread stands in `runOffThread` and takes the call.
#include "script-node.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <condition_variable>
#include <future>

namespace {

using Variables = torch::autograd::variable_list;

struct ScriptNode : torch::autograd::Node {
  ScriptNode(Addon& a, napi_ref c) : addon(a), releases(a.releases), desk(a.desk), callback(c) {}

  ~ScriptNode() override {
    std::lock_guard<std::mutex> lock(releases->mutex);
    releases->refs.push_back(callback);
    releases->waiting = true;
  }

  std::string name() const override { return "TypeScript"; }

  Variables apply(Variables&& gradients) override {
    if (std::this_thread::get_id() == addon.thread) return callJavaScript(gradients);
    std::promise<Variables> promise;
    desk->ask([&] {
      try {
        promise.set_value(callJavaScript(gradients));
      } catch (...) {
        promise.set_exception(std::current_exception());
      }
    });
    return promise.get_future().get();
  }

  Variables callJavaScript(const Variables& gradients) {
    napi_env env = addon.env;
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    std::unique_ptr<napi_handle_scope__, std::function<void(napi_handle_scope)>> closing(scope, [env](auto s) { napi_close_handle_scope(env, s); });
    napi_value function, self, argument = tensorsToJs(addon, gradients), answer;
    napi_get_reference_value(env, callback, &function);
    napi_get_undefined(env, &self);
    expectOk(env, napi_call_function(env, self, function, 1, &argument, &answer), "the backward function");
    uint32_t length = 0;
    expectOk(env, napi_get_array_length(env, answer, &length), "a list of gradients");
    Variables result(length);
    for (uint32_t i = 0; i < length; i++) {
      napi_value element;
      uint32_t id;
      napi_get_element(env, answer, i, &element);
      if (napi_get_value_uint32(env, element, &id) == napi_ok) result[i] = addon.get(id);
    }
    return result;
  }

  Addon& addon;
  std::shared_ptr<ReleaseQueue> releases;
  std::shared_ptr<Desk> desk;
  napi_ref callback;
};

/// Nodes are held by std::shared_ptr in older libtorchs and by c10::intrusive_ptr in newer ones.
using NodePointer = decltype(torch::autograd::Edge::function);

template <typename Pointer, typename... Arguments>
Pointer makeNode(Arguments&&... arguments) {
  if constexpr (std::is_same_v<Pointer, std::shared_ptr<torch::autograd::Node>>) {
    return std::make_shared<ScriptNode>(std::forward<Arguments>(arguments)...);
  } else {
    return c10::make_intrusive<ScriptNode>(std::forward<Arguments>(arguments)...);
  }
}

}  // namespace

void Desk::ask(std::function<void()> job) {
  std::lock_guard<std::mutex> lock(mutex);
  jobs.push_back(std::move(job));
  changed.notify_one();
}

void runOffThread(Addon& addon, const std::function<void()>& work) {
  std::shared_ptr<Desk> desk = addon.desk;
  bool done = false;
  std::exception_ptr failure;
  std::thread worker([&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    desk->ask([&] { done = true; });
  });
  while (!done) {
    std::unique_lock<std::mutex> lock(desk->mutex);
    desk->changed.wait(lock, [&] { return !desk->jobs.empty(); });
    std::function<void()> job = std::move(desk->jobs.front());
    desk->jobs.pop_front();
    lock.unlock();
    job();
  }
  worker.join();
  if (failure) std::rethrow_exception(failure);
}

/// attachBackward(outputs, inputs, callback): the outputs, fresh tensors without history, get the callback as theirs
napi_value attachBackward(const Args& args) {
  napi_ref callback;
  expectOk(args.env, napi_create_reference(args.env, args.at(2), 1, &callback), "a function");
  NodePointer node = makeNode<NodePointer>(args.addon, callback);
  node->set_next_edges(torch::autograd::collect_next_edges(args.tensors(1)));
  for (at::Tensor& output : args.tensors(0)) torch::autograd::set_history(output, node);
  return nullptr;
}
