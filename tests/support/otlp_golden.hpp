// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <golden/otlp.hpp>

#include <string>
#include <string_view>

#include "support/test.hpp"

namespace edgespan::test {

// The bytes of the block `name` of tests/golden/otlp.txt: a line "name | ...", then indented hexadecimal
// digits.
inline std::string otlp_golden_bytes(std::string_view name) {
  const std::size_t at = otlp_golden.find("\n" + std::string(name) + " | ");
  TEST_ASSERT_TRUE(at != otlp_golden.npos);
  std::string_view rest = otlp_golden.substr(otlp_golden.find('\n', at + 1) + 1);
  std::string digits;
  while (rest.starts_with("  ")) {
    const std::size_t end = rest.find('\n');
    digits += rest.substr(2, end - 2);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
  }
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  if (digits == "(empty)") return bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  }
  return bytes;
}

}  // namespace edgespan::test
