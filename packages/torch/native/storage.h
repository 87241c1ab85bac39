// Memory that comes from outside libtorch or leaves it: typed arrays and mapped files.
#pragma once
#include "addon.h"

napi_value fromTypedArray(const Args& args);
napi_value mapFile(const Args& args);
napi_value readInto(const Args& args);
napi_value shareArrayBuffer(const Args& args);
