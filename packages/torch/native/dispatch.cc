// One call for every operator: find it in libtorch's dispatcher by schema name and overload, convert the arguments by the schema's
// types, run it boxed, and convert the results back.
#include "convert.h"

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
  bool isInPlace;  // its only result is an argument, which JavaScript has already
  Addon* addon;
};

namespace {

constexpr size_t usualArguments = 8;
constexpr size_t mostArguments = 64;

napi_value resultToJs(Addon& addon, std::vector<c10::IValue>& stack) {
  if (stack.empty()) return nullptr;
  if (stack.size() > 1) return listToJs(addon.env, stack, [&](const c10::IValue& value) { return fromIValue(addon, value); });
  return stack[0].isTensor() ? tensorToJs(addon, std::move(stack[0]).toTensor()) : fromIValue(addon, stack[0]);
}

napi_value callOperator(napi_env env, napi_callback_info info) {
  napi_value few[usualArguments], many[mostArguments];
  napi_value* values = few;
  size_t count = usualArguments;
  void* data = nullptr;
  napi_get_cb_info(env, info, &count, few, nullptr, &data);  // Node-API fills up with undefined
  Operator& op = *static_cast<Operator*>(data);
  Addon& addon = *op.addon;
  try {
    size_t length = op.arguments.size();
    if (length > usualArguments) {
      if (length > mostArguments) throw std::invalid_argument("operators of more than 64 arguments are out of reach");
      count = mostArguments;
      values = many;
      napi_get_cb_info(env, info, &count, many, nullptr, nullptr);
    }
    std::vector<c10::IValue> stack = std::move(addon.spareStack);  // an operator may call back into JavaScript, so it takes the stack along
    stack.clear();
    stack.reserve(length + 4);
    for (size_t i = 0; i < length; i++) {
      if (i >= count && !op.arguments[i].isRequired) stack.emplace_back(op.arguments[i].byDefault);
      else pushArgument(addon, stack, values[i], op.arguments[i]);
    }
    op.handle.callBoxed(&stack);
    napi_value result = op.isInPlace ? nullptr : resultToJs(addon, stack);
    stack.clear();
    addon.spareStack = std::move(stack);
    return result;
  } catch (...) {
    throwCurrent(env);
    return nullptr;
  }
}

}  // namespace

/// findOperator(name, overload) -> { call, schema, names, types, needed, returns } or null when this libtorch has none
napi_value findOperator(const Args& args) {
  auto handle = c10::Dispatcher::singleton().findSchema({args.text(0), args.text(1)});
  if (!handle) return nothing(args.env);
  const c10::FunctionSchema& schema = handle->schema();
  const c10::AliasInfo* written = schema.returns().size() == 1 ? schema.returns()[0].alias_info() : nullptr;
  auto op = std::make_shared<Operator>(Operator{*handle, {}, written != nullptr && written->isWrite(), &args.addon});
  for (const c10::Argument& source : schema.arguments()) op->arguments.emplace_back(source);
  napi_value result, call;
  napi_create_object(args.env, &result);
  napi_create_function(args.env, nullptr, 0, callOperator, op.get(), &call);
  setField(args.env, result, "call", call);
  setField(args.env, result, "schema", toJs(args.env, c10::toString(schema)));
  setField(args.env, result, "names", listToJs(args.env, op->arguments, [&](const Argument& argument) { return toJs(args.env, argument.name); }));
  setField(args.env, result, "types", listToJs(args.env, op->arguments, [&](const Argument& argument) { return toJs(args.env, argument.type); }));
  setField(args.env, result, "needed", listToJs(args.env, op->arguments, [&](const Argument& argument) { return toJs(args.env, argument.isRequired); }));
  setField(args.env, result, "returns", listToJs(args.env, schema.returns(), [&](const c10::Argument& one) { return toJs(args.env, one.type()->str()); }));
  args.addon.operators.push_back(std::move(op));
  return result;
}

/// listOperators() -> every "namespace::name.overload" that this libtorch registers.
napi_value listOperators(const Args& args) {
  return listToJs(args.env, c10::Dispatcher::singleton().getAllOpNames(), [&](const c10::OperatorName& name) {
    return toJs(args.env, name.overload_name.empty() ? name.name : name.name + "." + name.overload_name);
  });
}

/// hasKernel(name, overload, dispatch key such as "CPU") -> whether the operator is written for it
napi_value hasKernel(const Args& args) {
  auto handle = c10::Dispatcher::singleton().findSchema({args.text(0), args.text(1)});
  return toJs(args.env, handle && handle->hasKernelForDispatchKey(c10::parseDispatchKey(args.text(2))));
}
