// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/trace_difference.hpp"

#include "cli/text/escape.hpp"

#include <algorithm>

namespace edgespan::cli {
namespace {

// By append(): a literal in front of a text that goes away is an overlap to gcc 12 at -O3, which there is
// not.
std::string label(const ExpectedSpan& span) {
  return std::string{"`"}.append(span.name).append("` of ").append(span.service);
}
std::string label(const CollectedSpan& span) {
  return std::string{"`"}.append(printable(span.name)).append("` of ").append(printable(span.service));
}

std::string quoted(std::string_view text) {
  return text.empty() ? "none" : std::string{"'"}.append(printable(text)).append("'");
}

std::string tags_text(std::vector<Tag> tags) {
  std::ranges::sort(tags);
  std::string text;
  for (const auto& [key, value] : tags)
    text.append(text.empty() ? "" : " ").append(printable(key)).append("=").append(printable(value));
  return text.empty() ? "none" : text;
}

std::string wrong(const ExpectedSpan& span, const std::string& what, std::string_view want,
                  std::string_view got) {
  return label(span) + " has " + what + " " + std::string{got} + " instead of " + std::string{want};
}

std::string span_difference(const ExpectedSpan& want, const CollectedSpan& got) {
  if (got.kind != want.kind) return wrong(want, "kind", kind_text(want.kind), kind_text(got.kind));
  if (got.remote_service != want.remote_service) {
    return wrong(want, "remote service", quoted(want.remote_service), quoted(got.remote_service));
  }
  const std::string tags = tags_text(want.tags), got_tags = tags_text(got.tags);
  if (tags != got_tags) return wrong(want, "tags", tags, got_tags);
  if (got.timestamp_us == 0) return label(want) + " has no timestamp";
  if (got.duration_us == 0) return label(want) + " has no duration";
  if (got.shared) return label(want) + " is marked as shared, which no span of Kafka is";
  return {};
}

}  // namespace

std::string trace_difference(std::span<const ExpectedSpan> expected, std::span<const CollectedSpan> spans) {
  std::vector<const CollectedSpan*> found;
  std::vector<bool> used(spans.size());
  for (const ExpectedSpan& want : expected) {
    const std::string parent_id = want.parent ? found[*want.parent]->id : std::string{};
    const auto fits = [&](const CollectedSpan& span) {
      return !used[static_cast<std::size_t>(&span - spans.data())] && span.service == want.service &&
             span.name == want.name && span.parent_id == parent_id;
    };
    const auto got = std::ranges::find_if(spans, fits);
    const std::string place =
        want.parent ? std::string{" under "}.append(label(expected[*want.parent])) : " as the root";
    if (got == spans.end()) return label(want) + " is missing" + place;
    if (got->trace_id != spans.front().trace_id)
      return label(want) + " is in another trace than " + label(spans.front());
    std::string difference = span_difference(want, *got);
    if (!difference.empty()) return difference;
    used[static_cast<std::size_t>(got - spans.begin())] = true;
    found.push_back(&*got);
  }
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (!used[i]) return label(spans[i]) + " was not expected";
  }
  return {};
}

}  // namespace edgespan::cli
