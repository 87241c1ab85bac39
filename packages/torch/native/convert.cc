// JavaScript values to and from the types that an operator's schema names; a misfit throws the name of the argument and its type.
#include "convert.h"

#include <cmath>

namespace {

Kind kindOf(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return Kind::Tensor;
    case c10::TypeKind::IntType: return Kind::Int;
    case c10::TypeKind::SymIntType: return Kind::Int;
    case c10::TypeKind::FloatType: return Kind::Float;
    case c10::TypeKind::BoolType: return Kind::Bool;
    case c10::TypeKind::NumberType: return Kind::Number;
    case c10::TypeKind::StringType: return Kind::String;
    case c10::TypeKind::DeviceObjType: return Kind::Device;
    case c10::TypeKind::GeneratorType: return Kind::Generator;
    default: return Kind::Other;
  }
}

Kind listKindOf(Kind element) {
  switch (element) {
    case Kind::Tensor: return Kind::TensorList;
    case Kind::Int: return Kind::IntList;
    case Kind::Float: return Kind::FloatList;
    case Kind::Bool: return Kind::BoolList;
    case Kind::Number: return Kind::NumberList;
    default: return Kind::Other;
  }
}

c10::Scalar scalarFrom(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    bool whole = std::trunc(number) == number && std::abs(number) <= 9007199254740992.0 && !(number == 0 && std::signbit(number));
    return whole ? c10::Scalar(static_cast<int64_t>(number)) : c10::Scalar(number);
  }
  bool flag;
  if (napi_get_value_bool(env, value, &flag) == napi_ok) return c10::Scalar(flag);
  return c10::Scalar(integerFrom(env, value));
}

template <typename Element, typename Read>
c10::List<Element> listFrom(napi_env env, napi_value value, const Argument& argument, Read read) {
  c10::List<Element> list;
  bool isArray = false;
  napi_is_array(env, value, &isArray);
  if (!isArray) {  // a schema such as int[2] lets one number stand for all
    if (argument.fixedLength <= 0) throw std::invalid_argument("");
    for (int64_t i = 0; i < argument.fixedLength; i++) list.push_back(read(value));
    return list;
  }
  uint32_t length = 0;
  napi_get_array_length(env, value, &length);
  list.reserve(length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    expectOk(env, napi_get_element(env, value, i, &element), "");
    list.push_back(read(element));
  }
  return list;
}

double doubleFrom(napi_env env, napi_value value) {
  double number;
  expectOk(env, napi_get_value_double(env, value, &number), "");
  return number;
}

bool boolFrom(napi_env env, napi_value value) {
  bool flag;
  expectOk(env, napi_get_value_bool(env, value, &flag), "");
  return flag;
}

at::Tensor& tensorFrom(Addon& addon, napi_value value) {
  uint32_t id;
  expectOk(addon.env, napi_get_value_uint32(addon.env, value, &id), "");
  return addon.get(id);
}

bool isNothing(napi_env env, napi_value value) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  return type == napi_undefined || type == napi_null;
}

c10::IValue optionalTensorsFrom(Addon& addon, napi_value value) {
  c10::impl::GenericList list(c10::OptionalType::ofTensor());
  uint32_t length = 0;
  expectOk(addon.env, napi_get_array_length(addon.env, value, &length), "");
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    expectOk(addon.env, napi_get_element(addon.env, value, i, &element), "");
    list.push_back(isNothing(addon.env, element) ? c10::IValue() : c10::IValue(tensorFrom(addon, element)));
  }
  return list;
}

c10::IValue convert(Addon& addon, napi_value value, const Argument& argument) {
  napi_env env = addon.env;
  switch (argument.kind) {
    case Kind::Tensor: return tensorFrom(addon, value);
    case Kind::Int: return integerFrom(env, value);
    case Kind::Float: return doubleFrom(env, value);
    case Kind::Bool: return boolFrom(env, value);
    case Kind::Number: return scalarFrom(env, value);
    case Kind::String: return textFrom(env, value);
    case Kind::Device: return c10::Device(textFrom(env, value));
    case Kind::TensorList:
      if (argument.optionalElements) return optionalTensorsFrom(addon, value);
      return listFrom<at::Tensor>(env, value, argument, [&](napi_value element) { return tensorFrom(addon, element); });
    case Kind::IntList: return listFrom<int64_t>(env, value, argument, [&](napi_value element) { return integerFrom(env, element); });
    case Kind::FloatList: return listFrom<double>(env, value, argument, [&](napi_value element) { return doubleFrom(env, element); });
    case Kind::BoolList: return listFrom<bool>(env, value, argument, [&](napi_value element) { return boolFrom(env, element); });
    case Kind::NumberList: return listFrom<c10::Scalar>(env, value, argument, [&](napi_value element) { return scalarFrom(env, element); });
    default: throw std::invalid_argument("");
  }
}

template <typename List, typename Make>
napi_value arrayFrom(napi_env env, const List& list, Make make) {
  napi_value result;
  napi_create_array_with_length(env, list.size(), &result);
  for (size_t i = 0; i < list.size(); i++) napi_set_element(env, result, i, make(list[i]));
  return result;
}

}  // namespace

Argument argumentFrom(const c10::Argument& source) {
  const c10::Type* type = source.type().get();
  bool optional = type->kind() == c10::TypeKind::OptionalType;
  c10::TypePtr inner = optional ? type->containedType(0) : source.type();
  bool optionalElements = false;
  Kind kind;
  if (inner->kind() == c10::TypeKind::ListType) {
    c10::TypePtr element = inner->containedType(0);
    optionalElements = element->kind() == c10::TypeKind::OptionalType;
    kind = listKindOf(kindOf(optionalElements ? *element->containedType(0) : *element));
  } else {
    kind = kindOf(*inner);
  }
  bool hasDefault = source.default_value().has_value();
  return {source.name(), source.type()->str(), kind, optional, optionalElements, source.N() ? *source.N() : 0, hasDefault,
          hasDefault ? *source.default_value() : c10::IValue()};
}

void pushArgument(Addon& addon, std::vector<c10::IValue>& stack, napi_value value, const Argument& argument) {
  uint32_t id;
  if (argument.kind == Kind::Tensor && napi_get_value_uint32(addon.env, value, &id) == napi_ok) {  // the commonest case, without asking for the type
    stack.emplace_back(addon.get(id));
  } else if (isNothing(addon.env, value)) {
    if (!argument.hasDefault && !argument.optional && argument.kind != Kind::Generator) throw std::invalid_argument(argument.name + "|" + argument.type);
    stack.emplace_back(argument.byDefault);
  } else {
    try {
      stack.push_back(convert(addon, value, argument));
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
  if (value.isInt()) return toJs(env, static_cast<double>(value.toInt()));
  if (value.isDouble()) return toJs(env, value.toDouble());
  if (value.isScalar()) return toJs(env, value.toScalar().toDouble());
  if (value.isString()) return toJs(env, value.toStringRef());
  if (value.isTensorList()) return tensorsToJs(addon, value.toTensorVector());
  if (value.isIntList()) return toJs(env, at::IntArrayRef(value.toIntVector()));
  if (value.isList()) {
    return arrayFrom(env, value.toListRef(), [&](const c10::IValue& element) { return fromIValue(addon, element); });
  }
  throw std::invalid_argument("a result of type " + value.tagKind() + " has no form in JavaScript");
}
