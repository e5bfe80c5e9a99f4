// SPDX-License-Identifier: Apache-2.0
// A `b3` whose ids are written anew where they stand: for which headers that is done, and that they are then
// the same as if all had been written.
#include "kafka/b3_in_place.hpp"

#include "kafka/trace_headers.hpp"
#include "support/counted_headers.hpp"
#include "support/test.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::kafka_detail;
using namespace edgespan::test;
using enum TraceFormat;

#define H "463ac35c9f6413ad"
#define T "48485a3953bb6124"
#define S "a2fb4a1d1a96d312"
#define P "b7ad6b7169203331"

using Headers = std::vector<std::pair<std::string, std::optional<std::string>>>;

List list_of(const Headers& headers) {
  List list{rd_kafka_headers_new(headers.size())};
  for (const auto& [name, value] : headers) {
    add(list.get(), name, value ? std::string_view{*value} : std::string_view{});
  }
  return list;
}

Headers contents(const rd_kafka_headers_t* list) {
  Headers out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (rd_kafka_header_get_all(list, out.size(), &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    out.emplace_back(name, value != nullptr
                               ? std::optional{std::string{static_cast<const char*>(value), size}}
                               : std::nullopt);
  }
  return out;
}

// A child of what the headers say, as a poll makes it.
Context child_of(const Context& said) {
  Context child = said;
  child.parent_id = said.span_id;
  child.span_id = 0x0123456789abcdef;
  return child;
}

struct Row {
  Headers before;
  bool in_place;
  Propagation formats{};
};

// Whatever may be done in place is done as TraceHeaders does it, and nothing is touched of what may not.
void check(const Row& row) {
  const HeaderPlan plan{row.formats};
  const List list = list_of(row.before);
  B3InPlace header;
  TEST_ASSERT_EQUAL(row.in_place, header.read(list.get(), plan));
  TEST_ASSERT_TRUE(row.before == contents(list.get()));
  if (!row.in_place) return;

  const List other = list_of(row.before);
  FoundHeaders found;
  found.list = other.get();
  const B3Extraction read = read_list(found, nullptr);
  Context said = read.context;
  said.parent_id = 0;  // a child has no use for it
  TEST_ASSERT_EQUAL(B3Extraction::Kind::ids, read.kind);
  TEST_ASSERT_TRUE(said == header.said());
  const Context child = child_of(said);
  TEST_ASSERT_EQUAL(Written::done, TraceHeaders(child, plan).write(nullptr, found));
  header.write(child);
  TEST_ASSERT_TRUE(contents(other.get()) == contents(list.get()));
  TEST_ASSERT_FALSE(row.before == contents(list.get()));
}

EDGESPAN_TEST(a_b3_that_its_childs_is_as_long_as_is_written_in_place, "kafka") {
  const Row rows[] = {
      {{{"b3", H T "-" S "-1"}}, true},
      {{{"b3", H T "-" S "-0"}}, true},
      {{{"b3", H T "-" S "-d"}}, true},
      {{{"b3", T "-" S "-1"}}, true},
      {{{"b3", T "-" S "-d"}}, true},
      {{{"b3", H "0000000000000000-" S "-1"}}, true},
      {{{"b3", "0000000000000000" T "-" S "-1"}}, false},  // leaves with a short trace id
      {{{"b3", H T "-" S}}, false},                        // leaves with a decision
      {{{"b3", T "-" S}}, false},
      {{{"b3", H T "-" S "-1-" P}}, false},  // leaves without a parent
      {{{"b3", T "-" S "-1-" P}}, false},
      {{{"b3", H T "-" S "-1-" P}}, true, {b3_parent}},
      {{{"b3", T "-" S "-0-" P}}, true, {b3_parent}},
      {{{"b3", H T "-" S "-d-0000000000000000"}}, true, {b3_parent}},
      {{{"b3", "0000000000000000" T "-" S "-1-" P}}, false, {b3_parent}},
      {{{"b3", H T "-" S "-1"}}, false, {b3_parent}},  // leaves with one
      {{{"b3", H T "-" S "-" P}}, false, {b3_parent}},
  };
  for (const Row& row : rows) {
    TEST_CONTEXT(*row.before[0].second);
    check(row);
  }
}

EDGESPAN_TEST(a_b3_is_written_in_place_only_if_it_ends_a_list_of_no_other_trace_header, "kafka") {
  const std::pair b3_header{std::string{"b3"}, std::optional<std::string>{H T "-" S "-1"}};
  const std::pair own{std::string{"a"}, std::optional<std::string>{"x"}};
  const std::pair beta{std::string{"b3x"}, std::optional<std::string>{"x"}};
  const Row rows[] = {
      {{own, b3_header}, true},
      {{own, {"", {}}, beta, {"B", "x"}, {"x-b3", "x"}, {"tracer", "x"}, b3_header}, true},
      {{b3_header, own}, false},
      {{b3_header, beta}, false},
      {{b3_header, b3_header}, false},
      {{{"B3", "x"}, b3_header}, false},
      {{{"B3", b3_header.second}}, false},
      {{{"X-B3-Sampled", "1"}, b3_header}, false},
      {{own, {"x-b3-traceid", T}, b3_header}, false},
      {{{"traceparent", "x"}, b3_header}, false},
      {{{"Tracestate", "x"}, own, b3_header}, false},
      {{own}, false},
      {{}, false},
      {{{"b3", {}}}, false},
      {{b3_header}, true, {b3}},
      {{b3_header}, true, {w3c_continued, b3}},
      {{b3_header}, false, {b3, w3c}},
      {{b3_header}, false, {b3, b3_multi}},
      {{b3_header}, false, {w3c}},
      {{b3_header}, false, {b3_multi}},
      {{b3_header}, false, {w3c_continued}},
  };
  for (const Row& row : rows) {
    TEST_CONTEXT(&row - rows);
    check(row);
  }
}

// Every character of both forms is looked at.
EDGESPAN_TEST(a_malformed_b3_is_not_written_in_place, "kafka") {
  const std::string without_parent = H T "-" S "-1";
  const std::string with_parent = H T "-" S "-1-" P;
  for (const std::string& whole : {without_parent, with_parent}) {
    const Propagation formats = whole == with_parent ? Propagation{b3_parent} : Propagation{};
    check({{{"b3", whole}}, true, formats});
    for (std::size_t i = 0; i < whole.size(); ++i) {
      TEST_CONTEXT(whole << " at " << i);
      std::string broken = whole;
      broken[i] = 'g';
      check({{{"b3", broken}}, false, formats});
      broken[i] = whole[i] == '-' ? '0' : '-';
      check({{{"b3", broken}}, false, formats});
      check({{{"b3", whole.substr(0, i)}}, false, formats});
    }
    check({{{"b3", whole + "1"}}, false, formats});
    check({{{"b3", whole + std::string(256, '1')}}, false, formats});
    const std::string zeros = std::string(16, '0');
    check({{{"b3", zeros + zeros + whole.substr(32)}}, false, formats});
    check({{{"b3", whole.substr(0, 33) + zeros + whole.substr(49)}}, false, formats});
  }
  for (const char* value : {"0", "1", "d", "", "-", "junk"}) check({{{"b3", value}}, false});
}

}  // namespace
