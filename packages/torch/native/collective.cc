// Many processes over libtorch's c10d: Gloo or NCCL, whichever this libtorch has the headers of; without either, opening a group says so.
#include "collective.h"

#include <torch/version.h>

#if defined(WITH_GLOO) || defined(WITH_NCCL)

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef WITH_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef WITH_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#if TORCH_VERSION_MAJOR >= 2
using Group = c10d::Backend;
#else
using Group = c10d::ProcessGroup;
#endif

namespace {

struct Bucket {
  std::vector<at::Tensor> params;
  size_t numReady = 0;
  bool isLaunched = false;
  std::vector<at::Tensor> flat;
  c10::intrusive_ptr<c10d::Work> work;
};

}  // namespace

struct Collective {
  c10::intrusive_ptr<Group> group;
  std::mutex mutex;
  std::vector<Bucket> buckets;
  std::vector<decltype(torch::autograd::Edge::function)> accumulators;  // a hook lives as long as its node
  bool isArmed = false;

  void ready(size_t index) {
    std::lock_guard<std::mutex> lock(mutex);
    if (!isArmed) return;
    buckets[index].numReady++;
    for (Bucket& bucket : buckets) {  // in one order on all ranks, whatever order the gradients come in
      if (bucket.isLaunched) continue;
      if (bucket.numReady < bucket.params.size()) break;
      launch(bucket);
    }
  }

  void launch(Bucket& bucket) {
    at::NoGradGuard guard;
    std::vector<at::Tensor> parts;
    for (const at::Tensor& param : bucket.params) parts.push_back(param.grad().defined() ? param.grad().flatten() : at::zeros({param.numel()}, param.options()));
    bucket.flat = {at::cat(parts)};
    bucket.work = group->allreduce(bucket.flat);
    bucket.isLaunched = true;
  }
};

namespace {

struct ReadyHook : torch::autograd::FunctionPostHook {
  ReadyHook(std::weak_ptr<Collective> o, size_t b) : owner(std::move(o)), bucket(b) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs, const torch::autograd::variable_list&) override {
    if (auto collective = owner.lock()) collective->ready(bucket);
    return outputs;
  }
  std::weak_ptr<Collective> owner;
  size_t bucket;
};

Collective& groupOf(const Args& args) {
  if (!args.addon.collective) throw std::invalid_argument("an open group");
  return *args.addon.collective;
}

c10::intrusive_ptr<Group> makeGroup(const std::string& backend, c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::chrono::milliseconds timeout) {
#ifdef WITH_GLOO
  if (backend == "gloo") {
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
  }
#endif
#ifdef WITH_NCCL
  if (backend == "nccl") {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = timeout;
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
  }
#endif
  throw std::invalid_argument("a backend that this build has");
}

}  // namespace

/// openGroup(backend, host, port, rank, size, timeoutMs)
napi_value openGroup(const Args& args) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(args.integer(2));
  options.isServer = args.integer(3) == 0;
  options.numWorkers = static_cast<size_t>(args.integer(4));
  options.timeout = std::chrono::milliseconds(args.integer(5));
  auto store = c10::make_intrusive<c10d::TCPStore>(args.text(1), options);
  store->setTimeout(options.timeout);
  auto collective = std::make_shared<Collective>();
  collective->group = makeGroup(args.text(0), store, static_cast<int>(args.integer(3)), static_cast<int>(args.integer(4)), options.timeout);
  args.addon.collective = collective;
  return nullptr;
}

napi_value closeGroup(const Args& args) {
  args.addon.collective.reset();
  return nullptr;
}

/// allReduce(tensor, operation): in place; operations as in c10d (sum 0, product 2, min 3, max 4)
napi_value allReduce(const Args& args) {
  std::vector<at::Tensor> tensors{args.tensor(0).detach()};
  c10d::AllreduceOptions options;
  options.reduceOp = c10d::ReduceOp(static_cast<c10d::ReduceOp::RedOpType>(args.integer(1)));
  groupOf(args).group->allreduce(tensors, options)->wait();
  return nullptr;
}

/// allGather(tensor) -> one tensor per rank
napi_value allGather(const Args& args) {
  std::vector<at::Tensor> inputs{args.tensor(0).detach().contiguous()};
  std::vector<std::vector<at::Tensor>> outputs(1);
  for (int rank = 0; rank < groupOf(args).group->getSize(); rank++) outputs[0].push_back(at::empty_like(inputs[0]));
  groupOf(args).group->allgather(outputs, inputs)->wait();
  return tensorsToJs(args.addon, outputs[0]);
}

/// broadcastFrom(tensor, root): in place
napi_value broadcastFrom(const Args& args) {
  std::vector<at::Tensor> tensors{args.tensor(0).detach()};
  c10d::BroadcastOptions options;
  options.rootRank = args.integer(1);
  groupOf(args).group->broadcast(tensors, options)->wait();
  return nullptr;
}

napi_value barrier(const Args& args) {
  groupOf(args).group->barrier()->wait();
  return nullptr;
}

/// bucketGradients(params, bucketBytes): the last parameters first, since their gradients come first
napi_value bucketGradients(const Args& args) {
  Collective& collective = groupOf(args);
  size_t limit = static_cast<size_t>(args.integer(1)), bytes = limit;
  std::vector<at::Tensor> params = args.tensors(0);
  collective.buckets.clear();
  collective.accumulators.clear();
  for (auto param = params.rbegin(); param != params.rend(); ++param) {
    bool fits = !collective.buckets.empty() && bytes < limit && collective.buckets.back().params[0].options().type_equal(param->options());
    if (!fits) {
      collective.buckets.emplace_back();
      bytes = 0;
    }
    bytes += param->nbytes();
    collective.buckets.back().params.push_back(*param);
    auto accumulator = torch::autograd::impl::grad_accumulator(*param);
    accumulator->add_post_hook(std::make_unique<ReadyHook>(args.addon.collective, collective.buckets.size() - 1));
    collective.accumulators.push_back(accumulator);
  }
  return nullptr;
}

/// armBuckets(): the next backward pass sums its gradients over the group
napi_value armBuckets(const Args& args) {
  Collective& collective = groupOf(args);
  std::lock_guard<std::mutex> lock(collective.mutex);
  for (Bucket& bucket : collective.buckets) {
    bucket.numReady = 0;
    bucket.isLaunched = false;
  }
  collective.isArmed = true;
  return nullptr;
}

/// finishBuckets(): waits, and leaves the mean over the ranks in every parameter's gradient
napi_value finishBuckets(const Args& args) {
  Collective& collective = groupOf(args);
  at::NoGradGuard guard;
  std::lock_guard<std::mutex> lock(collective.mutex);
  collective.isArmed = false;
  for (Bucket& bucket : collective.buckets) {
    if (!bucket.isLaunched) collective.launch(bucket);  // parameters without a gradient on this rank
  }
  for (Bucket& bucket : collective.buckets) {
    bucket.work->wait();
    bucket.flat[0].div_(collective.group->getSize());
    int64_t from = 0;
    for (at::Tensor& param : bucket.params) {
      at::Tensor part = bucket.flat[0].narrow(0, from, param.numel()).view(param.sizes());
      if (param.grad().defined()) {
        param.mutable_grad().copy_(part);
      } else {
        param.mutable_grad() = part.clone();
      }
      from += param.numel();
    }
    bucket.flat.clear();
    bucket.work.reset();
  }
  return nullptr;
}

#else

struct Collective {};

namespace {

napi_value none() { throw std::runtime_error("this build has neither Gloo nor NCCL: libtorch came without their headers"); }

}  // namespace

napi_value openGroup(const Args&) { return none(); }
napi_value closeGroup(const Args&) { return nullptr; }
napi_value allReduce(const Args&) { return none(); }
napi_value allGather(const Args&) { return none(); }
napi_value broadcastFrom(const Args&) { return none(); }
napi_value barrier(const Args&) { return none(); }
napi_value bucketGradients(const Args&) { return none(); }
napi_value armBuckets(const Args&) { return none(); }
napi_value finishBuckets(const Args&) { return none(); }

#endif
