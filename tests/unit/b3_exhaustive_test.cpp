// SPDX-License-Identifier: Apache-2.0
// Rows 27 to 29 of the failure model: headers of any length, of any bytes, and in any company.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/plain_b3.hpp"
#include "support/random.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace std::string_view_literals;
using Kind = B3Extraction::Kind;

#define T "1234567890123451"
#define U "1234567890123457"
#define S "1234567890123453"
#define P "1234567890123452"

bool agree(std::string_view value) {
  const B3Extraction found = b3_parse(value);
  const B3Extraction plain = test::plain_parse(value);
  return found.kind == plain.kind && found.context == plain.context &&
         (found.error == B3Error::ok) == (found.kind != Kind::empty);
}

// ---- Row 27.

// Memory of which the first bytes can be read; the rest ends the process. Whoever looks at more of a text
// than that would take longer for a longer one.
class Guarded {
 public:
  explicit Guarded(std::string_view readable) : page_{static_cast<std::size_t>(sysconf(_SC_PAGESIZE))} {
    base_ = static_cast<char*>(
        mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    TEST_ASSERT_TRUE(base_ != MAP_FAILED);
    TEST_ASSERT_EQUAL(0, mprotect(base_ + page_, bytes_ - page_, PROT_NONE));
    begin_ = base_ + page_ - readable.size();
    std::copy(readable.begin(), readable.end(), begin_);
  }
  ~Guarded() { munmap(base_, bytes_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  std::string_view of(std::size_t size) const { return {begin_, size}; }

 private:
  static constexpr std::size_t bytes_ = 2 << 20;
  std::size_t page_;
  char* base_ = nullptr;
  char* begin_ = nullptr;
};

EDGESPAN_TEST(b3_of_any_length_is_judged_by_a_bounded_part_of_it, "b3") {
  constexpr auto full = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1-0020000000000001"sv;
  static_assert(full.size() == b3_single_max);
  const std::string filler(4'096, 'a');
  for (std::size_t size = 0; size <= 4'096; ++size) {
    const std::string value = (std::string{full} + filler).substr(0, size);
    if (!agree(value)) TEST_FAIL_MESSAGE("size " << size);
    if (size > b3_single_max) TEST_ASSERT_EQUAL(Kind::empty, b3_parse(value).kind);
  }
  const Guarded guarded{full};
  for (const std::size_t size : {b3_single_max + 1, std::size_t{4'096}, std::size_t{1} << 20}) {
    TEST_ASSERT_EQUAL(Kind::empty, b3_parse(guarded.of(size)).kind);
    for (const std::string_view name : {"b3"sv, "X-B3-TraceId"sv, "X-B3-SpanId"sv, "X-B3-ParentSpanId"sv,
                                        "X-B3-Sampled"sv, "X-B3-Flags"sv}) {
      B3Headers headers;
      TEST_ASSERT_TRUE(headers.add(name, guarded.of(size)));
      TEST_ASSERT_EQUAL(Kind::empty, headers.extract().kind);
    }
  }
  TEST_ASSERT_EQUAL(Kind::ids, b3_parse(guarded.of(full.size())).kind);
  // A name is judged as quickly.
  const Guarded name{"X-B3-ParentSpanId"sv};
  B3Headers headers;
  TEST_ASSERT_TRUE(headers.add(name.of(17), T));
  for (std::size_t size = 18; size <= std::size_t{1} << 20; size *= 2) {
    TEST_ASSERT_FALSE(headers.add(name.of(size), T));
  }
}

// ---- Row 28.

EDGESPAN_TEST(b3_every_short_text_is_judged_as_by_a_plain_parser, "b3") {
  constexpr auto alphabet = "0123469abdfADF-d \0\xC3g"sv.substr(0, 20);
  static_assert(alphabet.size() == 20);
  std::array<char, 4> text{};
  std::size_t texts = 0, flags = 0;
  for (std::size_t size = 0, count = 1; size <= text.size(); ++size, count *= alphabet.size()) {
    for (std::size_t number = 0; number < count; ++number, ++texts) {
      for (std::size_t i = 0, rest = number; i < size; ++i, rest /= alphabet.size()) {
        text[i] = alphabet[rest % alphabet.size()];
      }
      const std::string_view value{text.data(), size};
      if (!agree(value)) TEST_FAIL_MESSAGE("text \"" << value << '"');
      if (b3_parse(value).kind == Kind::flags) ++flags;
    }
  }
  TEST_ASSERT_EQUAL(1 + 20 + 400 + 8'000 + 160'000, texts);
  TEST_ASSERT_EQUAL(4, flags);  // 0, 1, d, and d, which stands in the alphabet twice
}

EDGESPAN_TEST(b3_a_million_texts_are_judged_as_by_a_plain_parser, "b3") {
  constexpr std::array pieces{T ""sv,       S ""sv, P ""sv, T S ""sv, "0000000000000000"sv,
                              "-"sv,        "-"sv,  "-"sv,  "-"sv,    "0"sv,
                              "1"sv,        "d"sv,  "D"sv,  "a"sv,    "\0"sv,
                              "\xC3\xA9"sv, " "sv,  ""sv,   "--"sv,   "1234567890ABCDEF"sv};
  test::Random random(20261129);
  std::array<std::size_t, 3> seen{};
  for (int round = 0; round < 1'000'000; ++round) {
    std::array<char, 8 * 32> text{};
    std::size_t size = 0;
    const auto add = [&](std::string_view piece) { size += piece.copy(text.data() + size, piece.size()); };
    // Half of them begin as a context does.
    if (random.below(2) == 0) {
      add(random.below(2) == 0 ? pieces[0] : pieces[3]);
      add("-");
      add(S);
      if (random.below(2) == 0) add("-");
    }
    for (std::uint64_t left = random.below(4); left > 0; --left) add(pieces[random.below(pieces.size())]);
    const std::string_view value{text.data(), size};
    if (!agree(value)) TEST_FAIL_MESSAGE("round " << round << " text \"" << value << '"');
    ++seen[static_cast<std::size_t>(b3_parse(value).kind)];
  }
  for (const std::size_t count : seen) TEST_ASSERT_GREATER_THAN(20'000, count);
}

// ---- Row 29.

struct Header {
  std::string_view name;
  std::string_view value;
};
constexpr std::array<Header, 8> headers{{{"b3", U "-" S "-1"},
                                         {"b3", "0"},
                                         {"B3", "junk"},
                                         {"X-B3-TraceId", T},
                                         {"x-b3-spanid", S},
                                         {"X-B3-ParentSpanId", P},
                                         {"X-B3-Sampled", "1"},
                                         {"X-B3-Flags", "1"}}};

// What Brave's extractor finds: the last `b3` if it parses, else the set, without which there may be flags.
B3Extraction expected(const std::vector<std::size_t>& order) {
  std::optional<std::size_t> b3;
  std::array<bool, headers.size()> has{};
  for (const std::size_t each : order) {
    has[each] = true;
    if (each < 3) b3 = each;
  }
  B3Extraction found;
  if (b3 && *b3 < 2) return test::plain_parse(headers[*b3].value);
  if (!has[3]) {
    if (!has[6] && !has[7]) return found;
    found.kind = Kind::flags;
  } else if (!has[4]) {
    return found;
  } else {
    found.kind = Kind::ids;
    found.context = {.trace_lo = 0x1234567890123451, .span_id = 0x1234567890123453};
    if (has[5]) found.context.parent_id = 0x1234567890123452;
  }
  if (has[6]) found.context.decision = Decision::accept;
  if (has[7]) found.context.decision = Decision::debug;
  return found;
}

// Goes through all orders of all subsets that begin with `order`; returns how many.
std::size_t check_orders(std::vector<std::size_t>& order) {
  B3Headers collected;
  for (const std::size_t each : order) (void)collected.add(headers[each].name, headers[each].value);
  const B3Extraction found = collected.extract();
  const B3Extraction wanted = expected(order);
  if (found.kind != wanted.kind || found.context != wanted.context) {
    std::string text;
    for (const std::size_t each : order) text += std::to_string(each) + " ";
    TEST_FAIL_MESSAGE("headers " << text);
  }
  std::size_t count = 1;
  for (std::size_t next = 0; next < headers.size(); ++next) {
    if (std::find(order.begin(), order.end(), next) != order.end()) continue;
    order.push_back(next);
    count += check_orders(order);
    order.pop_back();
  }
  return count;
}

EDGESPAN_TEST(b3_of_contradicting_headers_the_same_counts_as_in_brave_in_every_order, "b3") {
  std::vector<std::size_t> order;
  TEST_ASSERT_EQUAL(109'601, check_orders(order));  // of eight headers, each once or not at all
}

}  // namespace
