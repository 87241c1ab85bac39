// JavaScript values to and from the types that an operator's schema names.
#pragma once
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include "addon.h"

enum class Kind : uint8_t { Tensor, Int, Float, Bool, Number, String, Device, Generator, TensorList, IntList, FloatList, BoolList, NumberList, Other };

struct Argument {
  std::string name;
  std::string type;
  Kind kind;
  bool optional;
  bool optionalElements;
  int64_t fixedLength;
  bool hasDefault;
  c10::IValue byDefault;
};

Argument argumentFrom(const c10::Argument& argument);
void pushArgument(Addon& addon, std::vector<c10::IValue>& stack, napi_value value, const Argument& argument);
napi_value fromIValue(Addon& addon, const c10::IValue& value);
