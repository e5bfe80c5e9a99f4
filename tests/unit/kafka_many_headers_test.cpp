// SPDX-License-Identifier: Apache-2.0
// Records with very many headers, row 30 of the failure model: each is looked at, one b3 leaves, and the work
// grows with the number of headers and not faster.
#include "kafka/trace_headers.hpp"

#include "support/counted_headers.hpp"
#include "support/test.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::kafka_detail;
using namespace edgespan::test;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

constexpr std::string_view ours = T "-" S "-1";

// X-B3-ParentSpanId in one of 2^12 spellings.
std::string spelling(std::size_t number) {
  std::string name = "x-b3-parentspanid";
  for (std::size_t i = 5; i < name.size(); ++i) {
    if ((number >> (i - 5) & 1) != 0) name[i] = static_cast<char>(name[i] - 0x20);
  }
  return name;
}

// The header at `i` of `n`: the name of a trace header, or one of the application's if it is empty.
struct Order {
  const char* what;
  std::function<std::string(std::size_t i, std::size_t n)> name_at;
};

const Order orders[] = {
    {"b3 is the first", [](std::size_t i, std::size_t) { return i == 0 ? "b3" : ""; }},
    {"b3 is the last", [](std::size_t i, std::size_t n) { return i == n - 1 ? "b3" : ""; }},
    {"b3 in capitals is the first", [](std::size_t i, std::size_t) { return i == 0 ? "B3" : ""; }},
    {"sixteen in front", [](std::size_t i, std::size_t) { return i < 16 ? "b3" : ""; }},
    {"sixteen spellings in front", [](std::size_t i, std::size_t) { return i < 16 ? spelling(i) : ""; }},
    {"seventeen in front", [](std::size_t i, std::size_t) { return i < 17 ? "b3" : ""; }},
    {"seventeen spellings in front", [](std::size_t i, std::size_t) { return i < 17 ? spelling(i) : ""; }},
    {"all are b3", [](std::size_t, std::size_t) { return "b3"; }},
    {"the first half is b3", [](std::size_t i, std::size_t n) { return i < n / 2 ? "b3" : ""; }},
    {"every other one is b3", [](std::size_t i, std::size_t) { return i % 2 == 0 ? "b3" : ""; }},
    {"all are spelled differently", [](std::size_t i, std::size_t) { return spelling(i); }},
    {"the first half is spelled differently",
     [](std::size_t i, std::size_t n) { return i < n / 2 ? spelling(i) : ""; }},
    {"none is ours", [](std::size_t, std::size_t) { return ""; }},
};

struct Outcome {
  std::uint64_t steps;
  B3Extraction read;
};

// Reads a record's headers and gives them a new b3, as a send and a poll do. What stood there is checked to
// be there still, but for trace headers.
Outcome rewrite(const Order& order, std::size_t n) {
  counted_headers.lists = 0;
  const List list{rd_kafka_headers_new(n)};
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string name = order.name_at(i, n);
    if (name.empty()) kept.push_back("own" + std::to_string(i));
    add(list.get(), name.empty() ? kept.back() : name, name.empty() ? kept.back() + "!" : ours);
  }
  const Context context{.trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  counted_headers.steps = 0;
  FoundHeaders found;
  found.list = list.get();
  const B3Extraction read = read_list(found, nullptr);
  const HeaderPlan plan;
  TEST_ASSERT_EQUAL(Written::done, TraceHeaders(context, plan).write(nullptr, found));
  const Outcome outcome{counted_headers.steps, read};
  TEST_ASSERT_EQUAL(1, counted_headers.lists);
  TEST_ASSERT_EQUAL(kept.size() + 1, rd_kafka_header_cnt(list.get()));
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  bool same = true;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    (void)rd_kafka_header_get_all(list.get(), i, &name, &value, &size);
    same =
        same && name == kept[i] && (std::string_view{static_cast<const char*>(value), size} == kept[i] + "!");
  }
  TEST_ASSERT_TRUE(same);
  (void)rd_kafka_header_get_all(list.get(), kept.size(), &name, &value, &size);
  TEST_ASSERT_EQUAL_STRING("b3", name);
  TEST_ASSERT_EQUAL_STRING("0000000000000001-0000000000000002-1",
                           std::string_view(static_cast<const char*>(value), size));
  return outcome;
}

EDGESPAN_TEST(row_30_a_record_of_100000_headers_costs_what_its_length_says, "kafka") {
  // At most: 1 look to read; for each of 16 spellings 1 look at each header and 1 move of each.
  constexpr std::uint64_t steps_a_header = 34;
  constexpr std::uint64_t steps_a_record = 600;
  for (const Order& order : orders) {
    TEST_CONTEXT(order.what);
    for (const std::size_t n : {100U, 1'000U, 10'000U, 100'000U}) {
      TEST_CONTEXT(n);
      TEST_ASSERT_LESS_OR_EQUAL(steps_a_header * n + steps_a_record, rewrite(order, n).steps);
    }
  }
}

EDGESPAN_TEST(row_30_b3_is_seen_wherever_it_stands, "kafka") {
  for (std::size_t i = 0; i < 4; ++i) {
    TEST_CONTEXT(orders[i].what);
    for (const std::size_t n : {1U, 16U, 17U, 256U, 257U, 258U, 100'000U}) {
      TEST_CONTEXT(n);
      const B3Extraction read = rewrite(orders[i], n).read;
      TEST_ASSERT_EQUAL(B3Extraction::Kind::ids, read.kind);
      TEST_ASSERT_EQUAL(0x000462d53c8abacd, read.context.span_id);
    }
  }
}

EDGESPAN_TEST(headers_without_a_value_stay_without_one_among_many_trace_headers, "kafka") {
  const List list{rd_kafka_headers_new(0)};
  for (int i = 0; i < 20; ++i) add(list.get(), "b3", ours);
  add(list.get(), "null", {});
  add(list.get(), "", "no name");
  add(list.get(), "empty", std::string_view{"", 0});
  add(list.get(), "bytes", std::string_view{"a\0b", 3});
  FoundHeaders found;
  found.list = list.get();
  (void)read_list(found, nullptr);
  TEST_ASSERT_EQUAL(kafka_detail::few_headers + 1, found.count);
  clear_headers(found);
  TEST_ASSERT_EQUAL(4, rd_kafka_header_cnt(list.get()));
  const void* value = nullptr;
  std::size_t size = 1;
  TEST_ASSERT_EQUAL(0, rd_kafka_header_get_last(list.get(), "null", &value, &size));
  TEST_ASSERT_NULL(value);
  TEST_ASSERT_EQUAL(0, rd_kafka_header_get_last(list.get(), "", &value, &size));
  TEST_ASSERT_EQUAL_STRING("no name", std::string_view(static_cast<const char*>(value), size));
  TEST_ASSERT_EQUAL(0, rd_kafka_header_get_last(list.get(), "empty", &value, &size));
  TEST_ASSERT_NOT_NULL(value);
  TEST_ASSERT_EQUAL(0, size);
  TEST_ASSERT_EQUAL(0, rd_kafka_header_get_last(list.get(), "bytes", &value, &size));
  TEST_ASSERT_EQUAL_STRING(std::string_view("a\0b", 3),
                           std::string_view(static_cast<const char*>(value), size));
}

}  // namespace
