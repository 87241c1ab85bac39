// JavaScript values to and from the types that an operator's schema names.
#pragma once
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

#include "addon.h"

/// One argument of a schema, taken apart once so that calls need not.
struct Argument {
  explicit Argument(const c10::Argument& source);
  std::string name;
  std::string type;
  c10::TypeKind kind;        // of the elements where it is a list
  bool isList = false;
  bool hasGaps = false;      // a list whose elements may be missing
  bool isRequired = false;
  int64_t fixedLength = 0;   // a schema such as int[2] lets one number stand for all
  c10::IValue byDefault;
};

void pushArgument(Addon& addon, std::vector<c10::IValue>& stack, napi_value value, const Argument& argument);
napi_value fromIValue(Addon& addon, const c10::IValue& value);
