// SPDX-License-Identifier: Apache-2.0
#include "target/unity.hpp"

namespace edgespan::unity {
namespace {

Case* first = nullptr;
Case** last = &first;
const Case* running = nullptr;
enum class Verdict : std::uint8_t { passed, failed, ignored } verdict;
void* out_of_the_case[5];  // as __builtin_setjmp wants it

[[noreturn]] void end_case(Verdict reached) noexcept {
  verdict = reached;
  __builtin_longjmp(out_of_the_case, 1);
}

// On its own, for the compiler keeps no variable across the second return. True if the case ran to its end.
[[gnu::noinline]] bool run_to_end(void (*body)()) noexcept {
  if (__builtin_setjmp(out_of_the_case) != 0) return false;
  body();
  return true;
}

void put_number(std::uint64_t value, unsigned base = 10, std::size_t digits_min = 1) noexcept {
  put(target::Digits{value, base, digits_min});
}

void put_value(std::uint64_t value, Style style) noexcept {
  if (style == Style::hex32 || style == Style::hex64) {
    put("0x");
    put_number(value, 16, style == Style::hex32 ? 8 : 16);
  } else if (style == Style::signed_decimal && static_cast<std::int64_t>(value) < 0) {
    put("-");
    put_number(0 - value);
  } else {
    put_number(value);
  }
}

void put_character(char character) noexcept {
  if (character == '\r') {
    put("\\r");
  } else if (character == '\n') {
    put("\\n");
  } else if (character >= ' ' && character <= '~') {
    put({&character, 1});
  } else {
    put("\\x");
    put_number(static_cast<std::uint8_t>(character), 16, 2);
  }
}

void put_printable(std::string_view text) noexcept {
  for (const char character : text) put_character(character);
}

void put_quoted(std::string_view text) noexcept {
  put("'");
  put_printable(text);
  put("'");
}

void begin_line(int line, std::string_view word) noexcept {
  put(running->file);
  put(":");
  put_number(static_cast<unsigned>(line));
  put(":");
  put(running->name);
  put(":");
  put(word);
}

[[noreturn]] void end_failure() noexcept {
  put("\n");
  end_case(Verdict::failed);
}

}  // namespace

Case::Case(void (*case_body)(), const char* case_name, const char* case_file, int case_line) noexcept
    : body{case_body}, name{case_name}, file{case_file}, line{case_line} {
  *last = this;
  last = &next;
}

int run_all() noexcept {
  static unsigned tests, failures, ignored;
  for (running = first; running != nullptr; running = running->next) {
    ++tests;
    verdict = Verdict::passed;
    if (run_to_end(running->body)) {
      begin_line(running->line, "PASS");
      put("\n");
    } else {
      ++(verdict == Verdict::failed ? failures : ignored);
    }
  }
  put("\n-----------------------\n");
  put_number(tests);
  put(" Tests ");
  put_number(failures);
  put(" Failures ");
  put_number(ignored);
  put(" Ignored \n");
  put(failures == 0 ? "OK\n" : "FAIL\n");
  return static_cast<int>(failures);
}

void hold(bool condition, int line, std::string_view text) noexcept {
  if (!condition) fail(text, line);
}

void equal(std::uint64_t expected, std::uint64_t actual, Style style, int line) noexcept {
  if (expected == actual) return;
  begin_line(line, "FAIL: Expected ");
  put_value(expected, style);
  put(" Was ");
  put_value(actual, style);
  end_failure();
}

void compare(std::uint64_t limit, Relation relation, std::uint64_t actual, int line) noexcept {
  const bool holds = relation == Relation::at_most    ? actual <= limit
                     : relation == Relation::at_least ? actual >= limit
                                                      : actual != limit;
  if (holds) return;
  begin_line(line, "FAIL: Expected ");
  put_number(actual);
  put(relation == Relation::at_most    ? " to be less than or equal to "
      : relation == Relation::at_least ? " to be greater than or equal to "
                                       : " to be not equal to ");
  put_number(limit);
  end_failure();
}

void equal_text(std::string_view expected, std::string_view actual, int line) noexcept {
  if (expected == actual) return;
  std::size_t at = 0;
  while (at < expected.size() && at < actual.size() && expected[at] == actual[at]) ++at;
  const auto put_at = [&](std::string_view text) {
    put("'");
    put_character(at < text.size() ? text[at] : '\0');
    put("'");
  };
  begin_line(line, "FAIL: Expected ");
  put_quoted(expected);
  put(" Was ");
  put_quoted(actual);
  put(" Character ");
  put_number(at);
  put(" Expected ");
  put_at(expected);
  put(" Was ");
  put_at(actual);
  end_failure();
}

void equal_memory(const void* expected, const void* actual, std::size_t size, int line) noexcept {
  const auto* const left = static_cast<const std::uint8_t*>(expected);
  const auto* const right = static_cast<const std::uint8_t*>(actual);
  for (std::size_t i = 0; i < size; ++i) {
    if (left[i] == right[i]) continue;
    begin_line(line, "FAIL: Memory Mismatch. Byte ");
    put_number(i);
    put(" Expected 0x");
    put_number(left[i], 16, 2);
    put(" Was 0x");
    put_number(right[i], 16, 2);
    end_failure();
  }
}

void message(std::string_view text, int line) noexcept {
  begin_line(line, "INFO: ");
  put_printable(text);
  put("\n");
}

void fail(std::string_view text, int line) noexcept {
  begin_line(line, "FAIL:");
  put_printable(text);
  end_failure();
}

void ignore(std::string_view text, int line) noexcept {
  begin_line(line, "IGNORE: ");
  put_printable(text);
  put("\n");
  end_case(Verdict::ignored);
}

}  // namespace edgespan::unity
