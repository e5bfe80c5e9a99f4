// SPDX-License-Identifier: Apache-2.0
// The macros of unit tests. They have Unity's names, because the same tests run on boards that have neither a
// heap nor exceptions (EDGESPAN_TEST_UNITY; tests/target/CMakeLists.txt lists the files that do). On a host
// they are made of Catch2, version 2 or 3.
//
//   EDGESPAN_TEST(name, "tag") { ... }      a test; the tag is written without brackets
//   TEST_ASSERT_*(expected, actual)         the expected value comes first; a failure ends the test
//   TEST_MESSAGE(text)                      context of the next assertion: Catch2 shows it if that fails,
//                                           Unity's report shows it at once
//   TEST_CONTEXT(text)                      context of every assertion that follows in its block; on a host
//                                           only
//
// Each argument is evaluated once. A loop over very many cases should compare by itself and call
// TEST_FAIL_MESSAGE, as an assertion costs a multiple of what is compared. A text is a std::string_view or
// turns into one; TEST_MESSAGE, TEST_CONTEXT and TEST_FAIL_MESSAGE also take a chain, "byte " << n.
#pragma once

#ifdef EDGESPAN_TEST_UNITY
#include "target/unity.hpp"
#else

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#define EDGESPAN_TEST_CATCH 3
#elif __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#define EDGESPAN_TEST_CATCH 2
#else
#error "the tests need Catch2 (Debian and Ubuntu: the package catch2)"
#endif

#define EDGESPAN_TEST(name, tag) TEST_CASE(#name, "[" tag "]")

#define TEST_ASSERT_TRUE(condition) REQUIRE(static_cast<bool>(condition))
#define TEST_ASSERT_FALSE(condition) REQUIRE_FALSE(static_cast<bool>(condition))
#define TEST_ASSERT_NULL(pointer) REQUIRE((pointer) == nullptr)
#define TEST_ASSERT_NOT_NULL(pointer) REQUIRE((pointer) != nullptr)

// Both values are converted to one type first, so that enumerations compare and mixed signs do not warn.
#define EDGESPAN_TEST_COMPARE(type, left, relation, right) \
  REQUIRE(static_cast<type>(left) relation static_cast<type>(right))
#define TEST_ASSERT_EQUAL_INT(expected, actual) EDGESPAN_TEST_COMPARE(std::int64_t, expected, ==, actual)
#define TEST_ASSERT_EQUAL_UINT32(expected, actual) EDGESPAN_TEST_COMPARE(std::uint32_t, expected, ==, actual)
#define TEST_ASSERT_EQUAL_HEX32(expected, actual) EDGESPAN_TEST_COMPARE(std::uint32_t, expected, ==, actual)
#define TEST_ASSERT_EQUAL_UINT64(expected, actual) EDGESPAN_TEST_COMPARE(std::uint64_t, expected, ==, actual)
#define TEST_ASSERT_EQUAL_HEX64(expected, actual) EDGESPAN_TEST_COMPARE(std::uint64_t, expected, ==, actual)
#define TEST_ASSERT_NOT_EQUAL_UINT64(unwanted, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, unwanted, !=, actual)

// As in Unity the limit comes first: TEST_ASSERT_LESS_OR_EQUAL_UINT32(10, n) wants n <= 10.
#define TEST_ASSERT_LESS_OR_EQUAL_UINT32(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint32_t, actual, <=, limit)
#define TEST_ASSERT_LESS_OR_EQUAL_UINT64(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, actual, <=, limit)
#define TEST_ASSERT_GREATER_OR_EQUAL_UINT64(limit, actual) \
  EDGESPAN_TEST_COMPARE(std::uint64_t, actual, >=, limit)

// Whatever ==, < and their kin compare: enumerations, containers, durations. On a host only.
#define TEST_ASSERT_EQUAL(expected, actual) REQUIRE((actual) == (expected))
#define TEST_ASSERT_NOT_EQUAL(unwanted, actual) REQUIRE((actual) != (unwanted))
#define TEST_ASSERT_LESS_THAN(limit, actual) REQUIRE((actual) < (limit))
#define TEST_ASSERT_LESS_OR_EQUAL(limit, actual) REQUIRE((actual) <= (limit))
#define TEST_ASSERT_GREATER_THAN(limit, actual) REQUIRE((actual) > (limit))
#define TEST_ASSERT_GREATER_OR_EQUAL(limit, actual) REQUIRE((actual) >= (limit))

// Compares texts by their characters, so a text needs no terminator.
#define TEST_ASSERT_EQUAL_STRING(expected, actual) \
  REQUIRE(std::string_view(expected) == std::string_view(actual))
#define TEST_ASSERT_EQUAL_STRING_LEN(expected, actual, size) \
  REQUIRE(std::string_view((expected), (size)) == std::string_view((actual), (size)))
#define TEST_ASSERT_EQUAL_MEMORY(expected, actual, size) \
  REQUIRE(std::memcmp((expected), (actual), (size)) == 0)

#define TEST_MESSAGE(text) UNSCOPED_INFO(text)
#define TEST_CONTEXT(text) INFO(text)
#define TEST_FAIL_MESSAGE(text) FAIL(text)

// Says why the test cannot run here and ends it. Catch2 v2 cannot skip a test and counts it as passed.
#if EDGESPAN_TEST_CATCH >= 3
#define TEST_IGNORE_MESSAGE(text) SKIP(text)
#else
#define TEST_IGNORE_MESSAGE(text) \
  do {                            \
    WARN("ignored: " text);       \
    return;                       \
  } while (false)
#endif
#endif  // EDGESPAN_TEST_UNITY

namespace edgespan::test {

// How many rounds a test with its own seed makes: on an emulated board a sixteenth of those on a host.
constexpr int rounds(int on_a_host) noexcept {
#ifdef EDGESPAN_TEST_UNITY
  return on_a_host / 16;
#else
  return on_a_host;
#endif
}

// Where a step costs a multiple of what it costs on a host: under sanitizers and in emulators.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__x86_64__)
inline constexpr bool steps_are_dear = true;
#else
inline constexpr bool steps_are_dear = false;
#endif

}  // namespace edgespan::test
