// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/ids_text.hpp"

#include <edgespan/b3.hpp>

namespace edgespan::cli {

std::string_view decision_in_words(Decision decision) {
  switch (decision) {
    case Decision::deny:
      return "not sampled";
    case Decision::accept:
      return "sampled";
    case Decision::debug:
      return "debug";
    case Decision::undecided:
      break;
  }
  return "undecided";
}

IdsText ids_text(const Context& context) {
  IdsText text;
  B3Buffer buffer;
  for (const B3Header& header : b3_inject(context, B3Format::multi, buffer)) {
    const B3Key key = b3_key(header.name);
    if (key == B3Key::trace_id) text.trace = header.value;
    if (key == B3Key::span_id) text.span = header.value;
    if (key == B3Key::parent_span_id) text.parent = header.value;
  }
  return text;
}

std::string ids_in_words(const Context& context) {
  const IdsText ids = ids_text(context);
  const std::string parent = ids.parent.empty() ? "" : ", parent " + ids.parent;
  return "trace " + ids.trace + ", span " + ids.span + parent + ", " +
         std::string{decision_in_words(context.decision)};
}

}  // namespace edgespan::cli
