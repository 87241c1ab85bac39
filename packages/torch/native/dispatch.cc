// One call for every operator: find it in libtorch's dispatcher by schema name and overload, convert the arguments by the schema's
// types, run it boxed, and convert the results back.
#include "dispatch.h"

#include "convert.h"

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
  int writes;  // the argument that the only result aliases and changes, or -1
  Addon* addon;
};

namespace {

constexpr size_t usualArguments = 12;
constexpr size_t mostArguments = 64;

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
    for (size_t i = 0; i < length; i++) pushArgument(addon, stack, values[i], op.arguments[i]);
    op.handle.callBoxed(&stack);
    napi_value result = nullptr;
    if (op.writes < 0 && stack.size() == 1) {
      result = stack[0].isTensor() ? tensorToJs(addon, std::move(stack[0]).toTensor()) : fromIValue(addon, stack[0]);
    } else if (op.writes < 0 && !stack.empty()) {
      napi_create_array_with_length(env, stack.size(), &result);
      for (size_t i = 0; i < stack.size(); i++) napi_set_element(env, result, i, fromIValue(addon, stack[i]));
    }
    stack.clear();
    addon.spareStack = std::move(stack);
    return result;
  } catch (...) {
    throwCurrent(env);
    return nullptr;
  }
}

/// The argument that an in-place or `out=` operator hands back as its only result.
int writtenArgument(const c10::FunctionSchema& schema) {
  if (schema.returns().size() != 1) return -1;
  const c10::AliasInfo* result = schema.returns()[0].alias_info();
  if (result == nullptr || !result->isWrite()) return -1;
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const c10::AliasInfo* alias = schema.arguments()[i].alias_info();
    if (alias != nullptr && alias->isWrite() && alias->beforeSets() == result->beforeSets()) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

/// findOperator(name, overload) -> { call, names, types, required, keywordOnly, writes, returns, schema } or null when this libtorch has none.
napi_value findOperator(const Args& args) {
  auto handle = c10::Dispatcher::singleton().findSchema({args.text(0), args.text(1)});
  if (!handle) return nothing(args.env);
  const c10::FunctionSchema& schema = handle->schema();
  auto op = std::make_shared<Operator>(Operator{*handle, {}, writtenArgument(schema), &args.addon});
  std::vector<std::string> names, types, returns;
  size_t required = 0, positional = 0;
  for (const c10::Argument& source : schema.arguments()) {
    op->arguments.push_back(argumentFrom(source));
    const Argument& argument = op->arguments.back();
    names.push_back(argument.name);
    types.push_back(argument.type);
    if (!source.kwarg_only()) positional++;
    if (!argument.hasDefault && !argument.optional && argument.kind != Kind::Generator) required = op->arguments.size();
  }
  for (const c10::Argument& source : schema.returns()) returns.push_back(source.type()->str());
  napi_value result, call;
  napi_create_object(args.env, &result);
  napi_create_function(args.env, nullptr, 0, callOperator, op.get(), &call);
  setField(args.env, result, "call", call);
  setField(args.env, result, "names", toJs(args.env, names));
  setField(args.env, result, "types", toJs(args.env, types));
  setField(args.env, result, "returns", toJs(args.env, returns));
  setField(args.env, result, "required", toJs(args.env, static_cast<double>(required)));
  setField(args.env, result, "positional", toJs(args.env, static_cast<double>(positional)));
  setField(args.env, result, "writes", toJs(args.env, static_cast<double>(op->writes)));
  setField(args.env, result, "schema", toJs(args.env, c10::toString(schema)));
  args.addon.operators.push_back(std::move(op));
  return result;
}

/// listOperators() -> every "namespace::name.overload" that this libtorch registers.
napi_value listOperators(const Args& args) {
  std::vector<std::string> names;
  for (const c10::OperatorName& name : c10::Dispatcher::singleton().getAllOpNames()) {
    names.push_back(name.overload_name.empty() ? name.name : name.name + "." + name.overload_name);
  }
  return toJs(args.env, names);
}
