// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan::canary {

void call_malloc();
void call_new();
void call_c_library();
void call_cpp_library();
void call_standard_template();
void call_back(void (*function)());  // the one that may: what allocates there is the caller's

}  // namespace edgespan::canary
