// What only CUDA has: waiting, memory, and a whole step captured as one graph.
#pragma once
#include "addon.h"

napi_value cudaSynchronize(const Args& args);
napi_value cudaMemory(const Args& args);
napi_value cudaEmptyCache(const Args& args);
napi_value cudaBeginCapture(const Args& args);
napi_value cudaEndCapture(const Args& args);
napi_value cudaReplay(const Args& args);
