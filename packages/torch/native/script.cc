// JavaScript inside the autograd graph: nodes whose backward pass is a JavaScript function, and hooks that tell JavaScript of gradients.
// JavaScript runs on its own thread only: where libtorch calls from another one (graphs on GPUs), the JavaScript thread stands in
// `runOffThread` and takes the call, under the modes and on the stream of the thread that asks. That thread serves too while it waits: a
// backward pass inside the call runs on it, since nobody else takes the nodes of its device.
#include <ATen/SequenceNumber.h>
#include <ATen/ThreadLocalState.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <optional>
#include <unordered_set>
#include <utility>

#include "addon.h"

namespace {

using Variables = torch::autograd::variable_list;
using NodePointer = decltype(torch::autograd::Edge::function);  // std::shared_ptr in older libtorchs, c10::intrusive_ptr in newer ones

/// What a thread works under: gradient mode, autocast, and the stream of its GPU; taken here, put on elsewhere.
struct Surroundings {
  at::ThreadLocalState modes;
  std::optional<c10::Stream> stream;

  Surroundings() {
    if (!c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA)) return;
    c10::impl::VirtualGuardImpl gpu(c10::DeviceType::CUDA);
    if (gpu.deviceCount() > 0) stream = gpu.getStream(gpu.getDevice());
  }

  void run(const std::function<void()>& work) const {
    at::ThreadLocalStateGuard guard(modes);
    std::optional<c10::StreamGuard> streamGuard;
    if (stream) streamGuard.emplace(*stream);
    work();
  }
};

/// A JavaScript function that gradients are given to, callable from any thread.
struct Script {
  Script(const Args& args, size_t index) : addon(args.addon), releases(addon.releases), desk(addon.desk) {
    expectOk(args.env, napi_create_reference(args.env, args.at(index), 1, &callback), "a function");
    releases->numScripts++;
  }
  Script(const Script&) = delete;
  ~Script() {
    releases->numScripts--;
    releases->push(callback);
  }

  Variables call(const Variables& gradients) {
    if (std::this_thread::get_id() == addon.thread) return callHere(gradients);
    Surroundings surroundings;
    auto own = std::make_shared<Desk>();
    bool done = false;
    Variables results;
    std::exception_ptr failure;
    desk->ask([&, own] {
      std::shared_ptr<Desk> before = std::exchange(addon.asker, own);
      try {
        surroundings.run([&] { results = callHere(gradients); });
      } catch (...) {
        failure = std::current_exception();
      }
      addon.asker = before;
      own->ask([&] { done = true; });
    });
    own->serveUntil(done);
    if (failure) std::rethrow_exception(failure);
    return results;
  }

  Variables callHere(const Variables& gradients) {
    napi_env env = addon.env;
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    std::unique_ptr<napi_handle_scope__, std::function<void(napi_handle_scope)>> closing(scope, [env](auto s) { napi_close_handle_scope(env, s); });
    napi_value function, self, argument = tensorsToJs(addon, gradients), answer;
    napi_get_reference_value(env, callback, &function);
    napi_get_undefined(env, &self);
    expectOk(env, napi_call_function(env, self, function, 1, &argument, &answer), "a function");
    if (isNothing(env, answer)) return {};
    Variables results = tensorsFrom(addon, answer);
    addon.freeAll(answer);  // the answer's handles were made for this passage
    return results;
  }

  Addon& addon;
  std::shared_ptr<ReleaseQueue> releases;
  std::shared_ptr<Desk> desk;
  napi_ref callback;
};

/// Its saved tensors go when libtorch lets go of a graph's: after a backward pass that does not retain it, or with the graph.
struct ScriptNode : torch::autograd::Node {
  explicit ScriptNode(const Args& args) : script(args, 2), saved(args.tensors(3)) {}
  std::string name() const override { return "TypeScript"; }
  void release_variables() override {
    isReleased = isReleased || !saved.empty();  // one that saved nothing may be gone through again, as in PyTorch
    saved.clear();
  }
  Variables apply(Variables&& gradients) override {
    TORCH_CHECK(!isReleased, "Trying to backward through the graph a second time");
    gradients.insert(gradients.end(), saved.begin(), saved.end());
    return script.call(gradients);
  }
  Script script;
  Variables saved;
  bool isReleased = false;
};

struct ScriptHook : torch::autograd::FunctionPostHook {
  explicit ScriptHook(std::shared_ptr<Script> s) : script(std::move(s)) {}
  Variables operator()(const Variables& results, const Variables&) override {
    script->call(results);
    return results;
  }
  std::shared_ptr<Script> script;
};

struct HeldNode : Held {
  explicit HeldNode(NodePointer n) : node(std::move(n)) {}
  NodePointer node;
};

template <typename Pointer>
Pointer makeNode(const Args& args) {
  if constexpr (std::is_same_v<Pointer, std::shared_ptr<torch::autograd::Node>>) return std::make_shared<ScriptNode>(args);
  else return c10::make_intrusive<ScriptNode>(args);
}

}  // namespace

void Desk::ask(std::function<void()> job) {
  std::lock_guard<std::mutex> lock(mutex);
  jobs.push_back(std::move(job));
  changed.notify_one();
}

void Desk::serveUntil(const bool& done) {
  while (!done) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return !jobs.empty(); });
    std::function<void()> job = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    job();
  }
}

void runOffThread(Addon& addon, const std::function<void()>& work) {
  std::shared_ptr<Desk> desk = addon.desk;
  Surroundings surroundings;
  bool done = false;
  std::exception_ptr failure;
  auto job = [&, desk] {
    try {
      surroundings.run(work);
    } catch (...) {
      failure = std::current_exception();
    }
    desk->ask([&] { done = true; });
  };
  std::thread worker;
  if (addon.asker) addon.asker->ask(job);
  else worker = std::thread(job);
  desk->serveUntil(done);
  if (worker.joinable()) worker.join();
  if (failure) std::rethrow_exception(failure);
}

/// attachBackward(outputs, inputs, callback, saved): the outputs, fresh tensors without history, get the callback as theirs; it is called with
/// the gradients, then the saved tensors, and answers with handles made for it
napi_value attachBackward(const Args& args) {
  std::vector<at::Tensor> outputs = args.tensors(0), inputs = args.tensors(1);
  NodePointer node = makeNode<NodePointer>(args);
  node->set_next_edges(torch::autograd::collect_next_edges(inputs));
  for (at::Tensor& output : outputs) torch::autograd::set_history(output, node);
  return nullptr;
}

/// mayCallFromElsewhere() -> whether some graph has a function of JavaScript's and some device's part of a graph runs on a thread of libtorch's
napi_value mayCallFromElsewhere(const Args& args) {
  bool hasThreads = false;
  for (const auto& entry : c10::impl::device_guard_impl_registry) {
    const auto* device = entry.load();
    bool isOnCaller = device == nullptr || device->type() == at::kCPU || device->type() == at::kMeta || device->type() == at::kLazy;
    if (!isOnCaller && device->deviceCount() > 0) hasThreads = true;
  }
  return toJs(args.env, hasThreads && args.addon.releases->numScripts > 0);
}

/// graphPosition() -> a number below those of all nodes that this thread has yet to make
napi_value graphPosition(const Args& args) { return toJs(args.env, static_cast<double>(at::sequence_number::peek())); }

/// watchGradients(tensor, since, callback): the callback gets the gradients that the tensor's node hands on, and those of every node below it
/// that is not older than `since`; for a leaf it is called once the gradient is there, as long as the object lives that is given for leaves alone
napi_value watchGradients(const Args& args) {
  auto script = std::make_shared<Script>(args, 2);
  int64_t since = args.integer(1);
  NodePointer first = torch::autograd::impl::gradient_edge(args.tensor(0)).function;
  if (first == nullptr) return nothing(args.env);
  std::vector<torch::autograd::Node*> waiting{first.get()};
  std::unordered_set<torch::autograd::Node*> seen;
  while (!waiting.empty()) {
    torch::autograd::Node* node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    bool isLeaf = node->sequence_nr() == UINT64_MAX;  // accumulators of leaves have the greatest number, whenever they were made
    if (node != first.get() && (isLeaf || node->sequence_nr() < static_cast<uint64_t>(since))) continue;
    node->add_post_hook(std::make_unique<ScriptHook>(script));
    for (const auto& edge : node->next_edges()) waiting.push_back(edge.function.get());
  }
  return first->sequence_nr() == UINT64_MAX ? holdInJs(args.env, std::make_unique<HeldNode>(std::move(first))) : nothing(args.env);
}
