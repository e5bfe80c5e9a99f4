// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/context.hpp>

#include <string>
#include <string_view>

namespace edgespan::cli {

std::string_view decision_in_words(Decision decision);

// The ids of a valid context in full width, as the library writes them; a trace id has 16 or 32 digits.
struct IdsText {
  std::string trace;
  std::string span;
  std::string parent;  // empty: none
};
IdsText ids_text(const Context& context);

// "trace T, span S, parent P, sampled"
std::string ids_in_words(const Context& context);

}  // namespace edgespan::cli
