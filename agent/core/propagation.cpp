// SPDX-License-Identifier: Apache-2.0
#include <edgespan/propagation.hpp>

namespace edgespan {
namespace {

constexpr std::array<std::string_view, 5> names{"b3", "b3_parent", "b3_multi", "w3c", "w3c_continued"};
static_assert(names.size() == static_cast<std::size_t>(TraceFormat::w3c_continued) + 1);

std::optional<TraceFormat> format_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<TraceFormat>(i);
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A list that its constructor would take element by element.
Propagation of(const std::array<TraceFormat, Propagation::formats_max>& formats, std::size_t size) noexcept {
  if (size == 1) return {formats[0]};
  return size == 2 ? Propagation{formats[0], formats[1]} : Propagation{formats[0], formats[1], formats[2]};
}

}  // namespace

std::optional<Propagation> parse_propagation(std::string_view text) noexcept {
  std::array<TraceFormat, Propagation::formats_max> formats{};
  for (std::size_t size = 0; size < formats.size();) {
    std::size_t end = 0;
    while (end < text.size() && text[end] != ',') ++end;
    const std::optional<TraceFormat> format = format_named(trimmed({text.data(), end}));
    if (!format) return std::nullopt;
    formats[size++] = *format;
    if (end == text.size()) {
      const Propagation propagation = of(formats, size);
      return propagation.valid() ? std::optional{propagation} : std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace edgespan
