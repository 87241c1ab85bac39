// Any operator of ATen by the name and overload of its schema.
#pragma once
#include "addon.h"

napi_value findOperator(const Args& args);
napi_value listOperators(const Args& args);
