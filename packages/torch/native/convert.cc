// JavaScript values to and from the types that an operator's schema names; a misfit throws the name of the argument and its type.
#include "convert.h"

#include <cmath>

namespace {

c10::Scalar scalarFrom(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    bool whole = std::trunc(number) == number && std::abs(number) <= 9007199254740992.0 && !(number == 0 && std::signbit(number));
    return whole ? c10::Scalar(static_cast<int64_t>(number)) : c10::Scalar(number);
  }
  bool flag;
  if (napi_get_value_bool(env, value, &flag) == napi_ok) return flag;
  return integerFrom(env, value);
}

c10::IValue singleFrom(Addon& addon, napi_value value, c10::TypeKind kind) {
  napi_env env = addon.env;
  switch (kind) {
    case c10::TypeKind::TensorType: return tensorFrom(addon, value);
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return integerFrom(env, value);
    case c10::TypeKind::FloatType: return doubleFrom(env, value);
    case c10::TypeKind::BoolType: return booleanFrom(env, value);
    case c10::TypeKind::NumberType: return scalarFrom(env, value);
    case c10::TypeKind::StringType: return textFrom(env, value);
    case c10::TypeKind::DeviceObjType: return c10::Device(textFrom(env, value));
    default: throw std::invalid_argument("a type that JavaScript has a form for");
  }
}

c10::TypePtr elementType(const Argument& argument) {
  switch (argument.kind) {
    case c10::TypeKind::TensorType: return argument.hasGaps ? c10::OptionalType::ofTensor() : c10::TypePtr(c10::TensorType::get());
    case c10::TypeKind::FloatType: return c10::FloatType::get();
    case c10::TypeKind::BoolType: return c10::BoolType::get();
    case c10::TypeKind::NumberType: return c10::NumberType::get();
    case c10::TypeKind::StringType: return c10::StringType::get();
    default: return c10::IntType::get();
  }
}

c10::IValue listFrom(Addon& addon, napi_value value, const Argument& argument) {
  c10::impl::GenericList list(elementType(argument));
  bool isArray = false;
  napi_is_array(addon.env, value, &isArray);
  if (!isArray && argument.fixedLength > 0) {
    for (int64_t i = 0; i < argument.fixedLength; i++) list.push_back(singleFrom(addon, value, argument.kind));
  } else {
    forEachIn(addon.env, value, [&](napi_value element) {
      list.push_back(argument.hasGaps && isNothing(addon.env, element) ? c10::IValue() : singleFrom(addon, element, argument.kind));
    });
  }
  return list;
}

}  // namespace

Argument::Argument(const c10::Argument& source) : name(source.name()), type(source.type()->str()), fixedLength(source.N().value_or(0)) {
  c10::TypePtr inner = source.type();
  bool isOptional = inner->kind() == c10::TypeKind::OptionalType;
  if (isOptional) inner = inner->containedType(0);
  isList = inner->kind() == c10::TypeKind::ListType;
  if (isList) inner = inner->containedType(0);
  hasGaps = isList && inner->kind() == c10::TypeKind::OptionalType;
  if (hasGaps) inner = inner->containedType(0);
  kind = inner->kind();
  isRequired = !source.default_value().has_value() && !isOptional && kind != c10::TypeKind::GeneratorType;
  if (source.default_value().has_value()) byDefault = *source.default_value();
}

void pushArgument(Addon& addon, std::vector<c10::IValue>& stack, napi_value value, const Argument& argument) {
  uint32_t id;
  if (argument.kind == c10::TypeKind::TensorType && !argument.isList && napi_get_value_uint32(addon.env, value, &id) == napi_ok) {
    stack.emplace_back(addon.get(id));  // the commonest case, without asking for the type
  } else if (isNothing(addon.env, value)) {
    if (argument.isRequired) throw std::invalid_argument(argument.name + "|" + argument.type);
    stack.emplace_back(argument.byDefault);
  } else {
    try {
      stack.push_back(argument.isList ? listFrom(addon, value, argument) : singleFrom(addon, value, argument.kind));
    } catch (const std::invalid_argument&) {
      throw std::invalid_argument(argument.name + "|" + argument.type);
    }
  }
}

napi_value fromIValue(Addon& addon, const c10::IValue& value) {
  napi_env env = addon.env;
  if (value.isTensor()) return tensorToJs(addon, value.toTensor());
  if (value.isNone()) return nothing(env);
  if (value.isBool()) return toJs(env, value.toBool());
  if (value.isScalar()) return toJs(env, value.toScalar().toDouble());
  if (value.isString()) return toJs(env, value.toStringRef());
  if (value.isList()) return listToJs(env, value.toListRef(), [&](const c10::IValue& element) { return fromIValue(addon, element); });
  throw std::invalid_argument("a result of type " + value.tagKind() + " has no form in JavaScript");
}
