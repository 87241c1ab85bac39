// The export table and nothing else: what JavaScript can reach, by file.
#include "autograd.h"
#include "collective.h"
#include "cuda.h"
#include "device.h"
#include "dispatch.h"
#include "handle.h"
#include "script-node.h"
#include "storage.h"

namespace {

struct Export {
  const char* name;
  napi_callback callback;
};

const Export exportTable[] = {
    // dispatch
    {"findOperator", guarded<findOperator>},
    {"listOperators", guarded<listOperators>},
    // handle
    {"freeTensors", guarded<freeTensors>},
    {"aliasTensor", guarded<aliasTensor>},
    {"liveTensors", guarded<liveTensors>},
    {"shapeOf", guarded<shapeOf>},
    {"stridesOf", guarded<stridesOf>},
    {"dtypeOf", guarded<dtypeOf>},
    {"deviceOf", guarded<deviceOf>},
    {"flagsOf", guarded<flagsOf>},
    // storage
    {"fromTypedArray", guarded<fromTypedArray>},
    {"mapFile", guarded<mapFile>},
    {"readInto", guarded<readInto>},
    {"shareArrayBuffer", guarded<shareArrayBuffer>},
    // autograd
    {"backward", guarded<backward>},
    {"gradients", guarded<gradients>},
    {"gradOf", guarded<gradOf>},
    {"setGrad", guarded<setGrad>},
    {"setRequiresGrad", guarded<setRequiresGrad>},
    {"setData", guarded<setData>},
    {"setGradMode", guarded<setGradMode>},
    {"setAutocast", guarded<setAutocast>},
    {"attachBackward", guarded<attachBackward>},
    // collective
    {"openGroup", guarded<openGroup>},
    {"closeGroup", guarded<closeGroup>},
    {"allReduce", guarded<allReduce>},
    {"allGather", guarded<allGather>},
    {"broadcastFrom", guarded<broadcastFrom>},
    {"barrier", guarded<barrier>},
    {"bucketGradients", guarded<bucketGradients>},
    {"armBuckets", guarded<armBuckets>},
    {"finishBuckets", guarded<finishBuckets>},
    // cuda
    {"cudaSynchronize", guarded<cudaSynchronize>},
    {"cudaMemory", guarded<cudaMemory>},
    {"cudaEmptyCache", guarded<cudaEmptyCache>},
    {"cudaBeginCapture", guarded<cudaBeginCapture>},
    {"cudaEndCapture", guarded<cudaEndCapture>},
    {"cudaReplay", guarded<cudaReplay>},
    // device
    {"describeLibrary", guarded<describeLibrary>},
    {"setNumThreads", guarded<setNumThreads>},
    {"manualSeed", guarded<manualSeed>},
    {"generatorState", guarded<generatorState>},
    {"setGeneratorState", guarded<setGeneratorState>},
};

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
