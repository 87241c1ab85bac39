// Nodes of the autograd graph whose backward pass is a JavaScript function.
#pragma once
#include "addon.h"

napi_value attachBackward(const Args& args);

/// Runs work that may need JavaScript on another thread while this one answers it.
void runOffThread(Addon& addon, const std::function<void()>& work);
