// SPDX-License-Identifier: Apache-2.0
// The version of edgespan. This is the one place that says it: CMake and `edgespan --version` read it here.
#pragma once

#include <string_view>

#define EDGESPAN_VERSION_MAJOR 0
#define EDGESPAN_VERSION_MINOR 2
#define EDGESPAN_VERSION_PATCH 0

#define EDGESPAN_VERSION_JOIN_(major, minor, patch) #major "." #minor "." #patch
#define EDGESPAN_VERSION_TEXT_(major, minor, patch) EDGESPAN_VERSION_JOIN_(major, minor, patch)

// "0.2.0", as a literal.
#define EDGESPAN_VERSION \
  EDGESPAN_VERSION_TEXT_(EDGESPAN_VERSION_MAJOR, EDGESPAN_VERSION_MINOR, EDGESPAN_VERSION_PATCH)

namespace edgespan {

// The version of the headers that a program was compiled with. Ends with a NUL.
inline constexpr std::string_view version = EDGESPAN_VERSION;

}  // namespace edgespan
