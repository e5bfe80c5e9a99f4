// SPDX-License-Identifier: Apache-2.0
// The words of tests/support/test.hpp without Catch2: for boards that have neither a heap nor exceptions.
// What is printed is the report of ThrowTheSwitch Unity, line for line, so that Unity's tools read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "target/text.hpp"

namespace edgespan::unity {

// A test case. It registers itself, so cases run in the order of their lines, files in the order of the link.
struct Case {
  Case(void (*body)(), const char* name, const char* file, int line) noexcept;
  void (*body)();
  const char* name;
  const char* file;
  int line;
  Case* next = nullptr;
};

// The name of a test's file without what comes before the folder `tests`: reports do not depend on where the
// sources lie.
consteval const char* short_path(const char* path) {
  const std::string_view text{path};
  const std::size_t at = text.rfind("tests/");
  return at == std::string_view::npos ? path : path + at;
}

// Runs all cases and prints the report; returns how many failed. Not reentrant.
int run_all() noexcept;

// Where the report goes; every platform that runs tests defines it.
void put(std::string_view text) noexcept;

// What an assertion does. One that does not hold, or that ignores, ends the test case, from any depth of
// calls; destructors on the way do not run.
enum class Style : std::uint8_t { signed_decimal, decimal, hex32, hex64 };
enum class Relation : std::uint8_t { at_most, at_least, unequal };
void hold(bool condition, int line, std::string_view text) noexcept;
void equal(std::uint64_t expected, std::uint64_t actual, Style style, int line) noexcept;
void compare(std::uint64_t limit, Relation relation, std::uint64_t actual, int line) noexcept;
void equal_text(std::string_view expected, std::string_view actual, int line) noexcept;
void equal_memory(const void* expected, const void* actual, std::size_t size, int line) noexcept;
void message(std::string_view text, int line) noexcept;
[[noreturn]] void fail(std::string_view text, int line) noexcept;
[[noreturn]] void ignore(std::string_view text, int line) noexcept;

}  // namespace edgespan::unity

#define EDGESPAN_TEST(name, tag)                                                                   \
  static void name();                                                                              \
  static ::edgespan::unity::Case name##_case{name, #name, ::edgespan::unity::short_path(__FILE__), \
                                             __LINE__};                                            \
  static void name()

#define TEST_ASSERT_TRUE(condition) \
  ::edgespan::unity::hold(static_cast<bool>(condition), __LINE__, " Expected TRUE Was FALSE")
#define TEST_ASSERT_FALSE(condition) \
  ::edgespan::unity::hold(!static_cast<bool>(condition), __LINE__, " Expected FALSE Was TRUE")
#define TEST_ASSERT_NULL(pointer) ::edgespan::unity::hold((pointer) == nullptr, __LINE__, " Expected NULL")
#define TEST_ASSERT_NOT_NULL(pointer) \
  ::edgespan::unity::hold((pointer) != nullptr, __LINE__, " Expected Non-NULL")

#define EDGESPAN_TEST_EQUAL(type, style, expected, actual)                          \
  ::edgespan::unity::equal(static_cast<std::uint64_t>(static_cast<type>(expected)), \
                           static_cast<std::uint64_t>(static_cast<type>(actual)),   \
                           ::edgespan::unity::Style::style, __LINE__)
#define TEST_ASSERT_EQUAL_INT(expected, actual) \
  EDGESPAN_TEST_EQUAL(std::int64_t, signed_decimal, expected, actual)
#define TEST_ASSERT_EQUAL_UINT32(expected, actual) \
  EDGESPAN_TEST_EQUAL(std::uint32_t, decimal, expected, actual)
#define TEST_ASSERT_EQUAL_HEX32(expected, actual) EDGESPAN_TEST_EQUAL(std::uint32_t, hex32, expected, actual)
#define TEST_ASSERT_EQUAL_UINT64(expected, actual) \
  EDGESPAN_TEST_EQUAL(std::uint64_t, decimal, expected, actual)
#define TEST_ASSERT_EQUAL_HEX64(expected, actual) EDGESPAN_TEST_EQUAL(std::uint64_t, hex64, expected, actual)

#define EDGESPAN_TEST_COMPARE(type, limit, relation, actual)                                  \
  ::edgespan::unity::compare(static_cast<type>(limit), ::edgespan::unity::Relation::relation, \
                             static_cast<type>(actual), __LINE__)
#define TEST_ASSERT_NOT_EQUAL_UINT64(unwanted, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, unwanted, unequal, actual)
#define TEST_ASSERT_LESS_OR_EQUAL_UINT32(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint32_t, limit, at_most, actual)
#define TEST_ASSERT_LESS_OR_EQUAL_UINT64(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, limit, at_most, actual)
#define TEST_ASSERT_GREATER_OR_EQUAL_UINT64(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, limit, at_least, actual)

#define TEST_ASSERT_EQUAL_STRING(expected, actual) \
  ::edgespan::unity::equal_text((expected), (actual), __LINE__)
#define TEST_ASSERT_EQUAL_STRING_LEN(expected, actual, size) \
  ::edgespan::unity::equal_text({(expected), (size)}, {(actual), (size)}, __LINE__)
#define TEST_ASSERT_EQUAL_MEMORY(expected, actual, size) \
  ::edgespan::unity::equal_memory((expected), (actual), (size), __LINE__)

#define TEST_MESSAGE(text) ::edgespan::unity::message(::edgespan::target::Text{} << text, __LINE__)
#define TEST_FAIL_MESSAGE(text) ::edgespan::unity::fail(::edgespan::target::Text{} << text, __LINE__)
#define TEST_IGNORE_MESSAGE(text) ::edgespan::unity::ignore((text), __LINE__)
