// Many processes over libtorch's c10d: Gloo or NCCL, whichever this libtorch has the headers of.
#include "addon.h"

#if defined(WITH_GLOO) || defined(WITH_NCCL)

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/version.h>
#ifdef WITH_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef WITH_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;
#else
using Backend = c10d::ProcessGroup;
#endif

namespace {

struct Group : Held {
  c10::intrusive_ptr<Backend> backend;
};

struct Work : Held {
  c10::intrusive_ptr<c10d::Work> work;
  std::vector<at::Tensor> inputs;  // the memory it works on
  std::vector<std::vector<at::Tensor>> outputs{1};
};

c10::intrusive_ptr<Backend> makeBackend(const std::string& name, c10::intrusive_ptr<c10d::Store> store, int rank, int size, std::chrono::milliseconds timeout) {
#ifdef WITH_GLOO
  if (name == "gloo") {
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
  }
#endif
#ifdef WITH_NCCL
  if (name == "nccl") {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = timeout;
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
  }
#endif
  throw std::invalid_argument("a backend that this build has");
}

}  // namespace

/// openGroup(backend, host, port, rank, size, timeoutMs, prefix | null) -> group: rank 0 serves the store, or, with a prefix for its keys, another process does
napi_value openGroup(const Args& args) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(args.integer(2));
  options.isServer = args.integer(3) == 0 && !args.has(6);
  options.numWorkers = static_cast<size_t>(args.integer(4));
  options.timeout = std::chrono::milliseconds(args.integer(5));
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  options.useLibUV = false;  // the default since 2.4, which Debian's libtorch is built without
#endif
  c10::intrusive_ptr<c10d::Store> store = c10::make_intrusive<c10d::TCPStore>(args.text(1), options);
  if (args.has(6)) store = c10::make_intrusive<c10d::PrefixStore>(args.text(6), store);
  store->setTimeout(options.timeout);
  auto group = std::make_unique<Group>();
  group->backend = makeBackend(args.text(0), store, static_cast<int>(args.integer(3)), static_cast<int>(args.integer(4)), options.timeout);
  return holdInJs(args.env, std::move(group));
}

/// closeGroup(group): what is under way ends first
napi_value closeGroup(const Args& args) {
  heldAs<Group>(args, 0).backend.reset();
  return nullptr;
}

/// startCollective(group, "allReduce" | "allGather" | "broadcast", tensor, number, outputs) -> work: on the tensor's own memory, or into the
/// outputs, one per rank; the number is c10d's reduction (sum 0, product 2, min 3, max 4) or the root's rank
napi_value startCollective(const Args& args) {
  c10::intrusive_ptr<Backend> backend = heldAs<Group>(args, 0).backend;
  if (!backend) throw std::invalid_argument("an open group");
  std::string kind = args.text(1);
  auto work = std::make_unique<Work>();
  work->inputs = {args.tensor(2).detach()};
  if (kind == "allReduce") {
    c10d::AllreduceOptions options;
    options.reduceOp = c10d::ReduceOp(static_cast<c10d::ReduceOp::RedOpType>(args.integer(3)));
    work->work = backend->allreduce(work->inputs, options);
  } else if (kind == "broadcast") {
    c10d::BroadcastOptions options;
    options.rootRank = args.integer(3);
    work->work = backend->broadcast(work->inputs, options);
  } else if (kind == "allGather") {
    work->outputs[0] = args.tensors(4);
    work->work = backend->allgather(work->outputs, work->inputs);
  } else {
    throw std::invalid_argument("a kind of collective");
  }
  return holdInJs(args.env, std::move(work));
}

/// waitFor(work): throws what went wrong on the way; lets go of the memory now, of which JavaScript's garbage collector knows nothing
napi_value waitFor(const Args& args) {
  Work& held = heldAs<Work>(args, 0);
  if (held.work) held.work->wait();
  held = Work();
  return nullptr;
}

#endif
