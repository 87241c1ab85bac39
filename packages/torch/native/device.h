// The machine: threads, devices, random generators, what this libtorch was built with.
#pragma once
#include "addon.h"

napi_value describeLibrary(const Args& args);
napi_value setNumThreads(const Args& args);
napi_value manualSeed(const Args& args);
napi_value generatorState(const Args& args);
napi_value setGeneratorState(const Args& args);
