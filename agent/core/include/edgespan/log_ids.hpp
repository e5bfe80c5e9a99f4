// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/context.hpp>
#include <edgespan/scope.hpp>
#include <string_view>

namespace edgespan {

// The ids of a context as text, for log lines: 16 or 32 and 16 lower-case hexadecimal digits.
struct LogIds {
  char trace_text[33] = {};
  char span_text[17] = {};
  std::string_view trace_id() const noexcept { return trace_text; }
  std::string_view span_id() const noexcept { return span_text; }
};

// Both texts are empty if the context is not valid. Any thread; never blocks.
LogIds log_ids(const Context& context = current()) noexcept;

}  // namespace edgespan
