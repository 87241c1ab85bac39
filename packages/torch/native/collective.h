// Many processes: one group per environment, and gradients that are summed in buckets while the backward pass still runs.
#pragma once
#include "addon.h"

napi_value openGroup(const Args& args);
napi_value closeGroup(const Args& args);
napi_value allReduce(const Args& args);
napi_value allGather(const Args& args);
napi_value broadcastFrom(const Args& args);
napi_value barrier(const Args& args);
napi_value bucketGradients(const Args& args);
napi_value armBuckets(const Args& args);
napi_value finishBuckets(const Args& args);
