// Freeing, counting and describing tensors by their handles.
#pragma once
#include "addon.h"

napi_value freeTensors(const Args& args);
napi_value aliasTensor(const Args& args);
napi_value liveTensors(const Args& args);
napi_value shapeOf(const Args& args);
napi_value stridesOf(const Args& args);
napi_value dtypeOf(const Args& args);
napi_value deviceOf(const Args& args);
napi_value flagsOf(const Args& args);
