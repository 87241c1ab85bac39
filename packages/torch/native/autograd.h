// Gradients: the mode, the backward pass, what it left on leaves.
#pragma once
#include "addon.h"

napi_value backward(const Args& args);
napi_value gradients(const Args& args);
napi_value gradOf(const Args& args);
napi_value setGrad(const Args& args);
napi_value setRequiresGrad(const Args& args);
napi_value setData(const Args& args);
napi_value setGradMode(const Args& args);
napi_value setAutocast(const Args& args);
