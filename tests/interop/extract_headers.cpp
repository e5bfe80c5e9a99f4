// SPDX-License-Identifier: Apache-2.0
// What extract() makes of header sets, for test_differential.py. A line a set on stdin: its headers,
// separated by tabs, each `name=VALUE` with the value's bytes in hexadecimal, or `name` alone for a null
// value. A line a set on stdout: `none`, or trace id, span id, decision (0, 1, or ? for none), whether the
// trace id is known to be random, and the tracestate's bytes in hexadecimal behind a `=`.
#include <edgespan/trace_reader.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;

constexpr std::size_t any_tracestate = 1U << 20;  // a bound of edgespan's own would be a difference each time

std::string bytes_of(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const char digits[] = {hex[i], hex[i + 1], '\0'};
    bytes += static_cast<char>(std::strtoul(digits, nullptr, 16));
  }
  return bytes;
}

using Header = std::pair<std::string, std::string>;

std::vector<Header> headers_of(std::string_view line) {
  std::vector<Header> headers;
  while (!line.empty()) {
    const std::string_view field = line.substr(0, line.find('\t'));
    line.remove_prefix(field.size() == line.size() ? field.size() : field.size() + 1);
    const std::size_t name_size = field.find('=');
    const bool has_value = name_size != std::string_view::npos;
    headers.emplace_back(field.substr(0, name_size), has_value ? bytes_of(field.substr(name_size + 1)) : "");
  }
  return headers;
}

void answer(const Extraction& found) {
  if (found.kind != B3Extraction::Kind::ids) {
    std::puts("none");
    return;
  }
  const Context& context = found.context;
  const char decision = context.decision == Decision::undecided ? '?' : context.sampled() ? '1' : '0';
  std::printf("%016llx%016llx %016llx %c %d =", static_cast<unsigned long long>(context.trace_hi),
              static_cast<unsigned long long>(context.trace_lo),
              static_cast<unsigned long long>(context.span_id), decision,
              (context.w3c & random_trace_id) != 0 ? 1 : 0);
  for (const char c : found.tracestate)
    std::printf("%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
  std::puts("");
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const std::vector<Header> headers = headers_of(line);
    TraceReader reader{any_tracestate};
    reader.add_all(headers);
    answer(reader.extract());
  }
  return 0;
}
