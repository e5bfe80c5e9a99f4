// SPDX-License-Identifier: Apache-2.0
// What a process was started with.
#pragma once

#include <string_view>

namespace edgespan::posix {

// The environment, a null at its end; "NAME=value" each. Empty in a program that runs with more rights than
// its caller has (set-user-ID): what the caller says is not to be trusted there.
const char* const* environment() noexcept;

// The program's file name without its folder. For a script it is that of its interpreter.
std::string_view program_name() noexcept;

}  // namespace edgespan::posix
