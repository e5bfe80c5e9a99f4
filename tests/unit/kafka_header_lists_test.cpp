// SPDX-License-Identifier: Apache-2.0
// What is found in a list of headers, and what becomes of it: written into where that will do, and given back
// whole where librdkafka takes no more.
#include "kafka/trace_headers.hpp"

#include "support/counted_headers.hpp"
#include "support/test.hpp"

#include <initializer_list>
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

// What becomes of a list whose trace headers are written anew while librdkafka adds none.
Written write_without_adding(rd_kafka_headers_t* list, const Context& context, const HeaderPlan& plan) {
  FoundHeaders found;
  found.list = list;
  (void)read_list(found, nullptr);
  counted_headers.adds_left = 0;
  const Written written = TraceHeaders(context, plan).write(nullptr, found);
  counted_headers.adds_left = UINT64_MAX;
  return written;
}

// A `b3` at the end of a list, as long as the new one, is written over: nothing is freed and nothing
// allocated.
EDGESPAN_TEST(a_b3_that_ends_a_list_is_written_over_if_the_new_one_is_as_long, "kafka") {
  const Context context{.trace_hi = 3, .trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  const std::string fresh = "00000000000000030000000000000001-0000000000000002-1";
  const std::string old(fresh.size(), '9');
  const std::string longer = old + "-0000000000000009";
  struct Row {
    std::vector<std::pair<const char*, std::string>> before;
    Propagation formats;
    bool written_over;
  };
  using enum TraceFormat;
  const Row rows[] = {
      {{{"b3", old}}, {}, true},
      {{{"a", "x"}, {"b3", old}}, {}, true},
      {{{"b3", old}, {"a", "x"}}, {}, false},
      {{{"b3", old}, {"b3", old}}, {}, false},
      {{{"B3", old}}, {}, false},
      {{{"b3", longer}}, {}, false},
      {{{"b3", std::string(256 + fresh.size(), '9')}}, {}, false},
      {{{"X-B3-Sampled", "1"}, {"b3", old}}, {}, false},
      {{{"b3", old}}, {b3, w3c}, false},
      {{{"b3", old}}, {b3_parent}, true},
  };
  for (const Row& row : rows) {
    TEST_CONTEXT(row.before[0].first << " of " << row.before.size());
    const HeaderPlan plan{row.formats};
    const List list{rd_kafka_headers_new(0)};
    for (const auto& [name, value] : row.before) add(list.get(), name, value);
    const Written without_adding = write_without_adding(list.get(), context, plan);
    TEST_ASSERT_EQUAL((row.written_over ? Written::done : Written::failed), without_adding);
    if (!row.written_over) continue;
    TEST_ASSERT_EQUAL(row.before.size(), rd_kafka_header_cnt(list.get()));
    const void* value = nullptr;
    std::size_t size = 0;
    TEST_ASSERT_EQUAL(0, rd_kafka_header_get_last(list.get(), "b3", &value, &size));
    TEST_ASSERT_EQUAL_STRING(fresh, std::string_view(static_cast<const char*>(value), size));
  }
}

struct NamedValue {
  std::string name, value;
  bool operator==(const NamedValue&) const = default;
};

std::vector<NamedValue> contents(const rd_kafka_headers_t* list) {
  std::vector<NamedValue> out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (rd_kafka_header_get_all(list, out.size(), &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    out.push_back({name, {static_cast<const char*>(value), size}});
  }
  return out;
}

// As a plugin's records have them. Written over or taken out and added, the list is the same afterwards.
EDGESPAN_TEST(a_b3_and_a_traceparent_that_end_a_list_are_written_over_if_the_new_ones_are_as_long, "kafka") {
  Context context{.trace_hi = 3, .trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  const std::string fresh = "00000000000000030000000000000001-0000000000000002-1";
  const std::string fresh_parent = "00-00000000000000030000000000000001-0000000000000002-01";
  const NamedValue old{"b3", std::string(fresh.size(), '9')}, a{"a", "x"},
      parent{"traceparent", std::string(traceparent_bytes, '9')};
  using enum TraceFormat;
  struct Row {
    std::vector<NamedValue> before;
    Propagation formats;
    bool written_over;
    std::uint8_t w3c = came_with_traceparent;
  };
  const Row rows[] = {
      {{old, parent}, {b3, w3c}, true},
      {{a, old, parent}, {b3, w3c}, true},
      {{old, parent}, {}, true},
      {{old, parent}, {}, false, 0},
      {{old, parent}, {b3_parent, w3c}, true},  // a span without a parent
      {{parent, old}, {b3, w3c}, false},
      {{old, a, parent}, {b3, w3c}, false},
      {{old, parent, a}, {b3, w3c}, false},
      {{old, {"a", old.value}, parent}, {b3, w3c}, false},
      {{parent, old, {"a", parent.value}}, {b3, w3c}, false},
      {{{"b3", old.value + "9"}, parent}, {b3, w3c}, false},
      {{old, {"traceparent", parent.value + "9"}}, {b3, w3c}, false},
      {{{"B3", old.value}, parent}, {b3, w3c}, false},
      {{old, {"Traceparent", parent.value}}, {b3, w3c}, false},
      {{old, old, parent}, {b3, w3c}, false},
      {{parent, old, parent}, {b3, w3c}, false},
      {{old, parent, {"tracestate", "x=1"}}, {b3, w3c}, false},
      {{old, {"X-B3-Sampled", "1"}, parent}, {b3, w3c}, false},
      {{old, parent}, {w3c, b3}, false},
      {{old, parent}, {b3}, false},
      {{old, parent}, {b3, b3_multi}, false},
      {{old, parent}, {b3, w3c, b3_multi}, false},
  };
  for (const Row& row : rows) {
    TEST_CONTEXT(&row - rows);
    context.w3c = row.w3c;
    const HeaderPlan plan{row.formats};
    const List list{rd_kafka_headers_new(0)};
    for (const auto& [name, value] : row.before) add(list.get(), name, value);
    const Written without_adding = write_without_adding(list.get(), context, plan);
    TEST_ASSERT_EQUAL((row.written_over ? Written::done : Written::failed), without_adding);
    if (!row.written_over) continue;
    std::vector<NamedValue> wanted = row.before;
    wanted.end()[-2].value = fresh;
    wanted.end()[-1].value = fresh_parent;
    TEST_ASSERT_TRUE(wanted == contents(list.get()));
  }
}

EDGESPAN_TEST(a_header_that_librdkafka_refuses_is_told_and_its_list_given_back, "kafka") {
  const Context context{.trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  using enum TraceFormat;
  for (const Propagation& formats : {Propagation{}, {b3_multi}, {b3, b3_multi}, {w3c}, {w3c, b3_multi, b3}}) {
    const HeaderPlan plan{formats};
    counted_headers.lists = 0;
    const List list{rd_kafka_headers_new(0)};
    FoundHeaders found;
    found.list = list.get();
    TEST_ASSERT_EQUAL(Written::done, TraceHeaders(context, plan).write(nullptr, found));
    const std::size_t written = rd_kafka_header_cnt(list.get());
    for (std::size_t taken = 0; taken < written; ++taken) {
      TEST_CONTEXT(taken << " of " << written);
      counted_headers.adds_left = taken;
      const Written into_list = TraceHeaders(context, plan).write(nullptr, found);
      counted_headers.adds_left = taken;
      const Written into_new_list = TraceHeaders(context, plan).write(nullptr, {});
      counted_headers.adds_left = UINT64_MAX;
      TEST_ASSERT_EQUAL(Written::failed, into_list);
      TEST_ASSERT_EQUAL(Written::failed, into_new_list);
      TEST_ASSERT_EQUAL(1, counted_headers.lists);
    }
    counted_headers.lists_refused = true;
    const Written without_a_list = TraceHeaders(context, plan).write(nullptr, {});
    counted_headers.lists_refused = false;
    TEST_ASSERT_EQUAL(Written::failed, without_a_list);
  }
}

// Of the ids in the header, the span's alone is looked at.
EDGESPAN_TEST(a_header_that_names_the_span_written_is_not_parsed, "kafka") {
  for (const std::uint64_t trace_hi : {0U, 1U}) {
    const Context written{
        .trace_hi = trace_hi, .trace_lo = 7, .span_id = 0x000462d53c8abacd, .decision = Decision::accept};
    const auto read = [&](std::string_view value) {
      const List list{rd_kafka_headers_new(1)};
      add(list.get(), "b3", std::string{trace_hi != 0 ? T : ""} + std::string{value});
      FoundHeaders found;
      found.list = list.get();
      return read_list(found, &written);
    };
    for (const std::string_view value : {T "-" S, T "-" S "-0", T "-" S "-1", T "-" S "?"}) {
      TEST_CONTEXT(value);
      TEST_ASSERT_EQUAL(B3Extraction::Kind::ids, read(value).kind);
      TEST_ASSERT_EQUAL(B3Error::ok, read(value).error);
      TEST_ASSERT_TRUE(read(value).context == written);
    }
    const B3Extraction other = read(T "-" T "-0");
    TEST_ASSERT_EQUAL(0x000462d53c8abacb, other.context.span_id);
    TEST_ASSERT_EQUAL(0x000462d53c8abacb, other.context.trace_lo);
    TEST_ASSERT_EQUAL(Decision::deny, other.context.decision);
    TEST_ASSERT_EQUAL(B3Extraction::Kind::empty, read(T "-000462d53c8abac").kind);
  }
}

rd_kafka_vu_t header_argument(const char* name, const char* value, ssize_t size) {
  rd_kafka_vu_t argument{};
  argument.vtype = RD_KAFKA_VTYPE_HEADER;
  argument.u.header = {name, value, size};
  return argument;
}

EDGESPAN_TEST(arguments_of_a_send_are_read_as_librdkafka_reads_them, "kafka") {
  constexpr const char* other = "000462d53c8abad3-000462d53c8abad4-1";
  rd_kafka_vu_t no_list{};
  no_list.vtype = RD_KAFKA_VTYPE_HEADERS;
  const std::array<rd_kafka_vu_t, 6> arguments{header_argument("b3", ours.data(), -1),
                                               header_argument(nullptr, other, -1),
                                               no_list,
                                               header_argument("own", other, -1),
                                               header_argument("b3", other, -1),
                                               header_argument("b3", "1 of a longer text", 1)};
  const auto span_of = [&](std::size_t count) {
    const B3Extraction read = read_arguments(arguments.data(), count);
    return read.kind == B3Extraction::Kind::ids ? read.context.span_id : 0;
  };
  TEST_ASSERT_EQUAL(0, span_of(0));
  for (const std::size_t count : {1U, 2U, 3U, 4U}) TEST_ASSERT_EQUAL(0x000462d53c8abacd, span_of(count));
  TEST_ASSERT_EQUAL(0x000462d53c8abad4, span_of(5));
  TEST_ASSERT_EQUAL(B3Extraction::Kind::flags, read_arguments(arguments.data(), 6).kind);
  for (const rd_kafka_vu_t& empty : {header_argument("b3", other, 0), header_argument("b3", nullptr, 0),
                                     header_argument("b3", nullptr, 5), header_argument("b3", nullptr, -1)}) {
    TEST_ASSERT_EQUAL(B3Extraction::Kind::empty, read_arguments(&empty, 1).kind);
  }
}

// A `traceparent` may stand among the arguments as they are, or in a list among them; the last one counts.
EDGESPAN_TEST(a_traceparent_among_the_arguments_of_a_send_is_found_wherever_it_stands, "kafka") {
  constexpr const char* first = "00-0000000000000000000462d53c8abac0-000462d53c8abad1-01";
  constexpr const char* second = "00-0000000000000000000462d53c8abac0-000462d53c8abad2-01";
  constexpr const char* b3 = "000462d53c8abac9-000462d53c8abad3-1";
  const auto parent = [](const char* value) { return header_argument("traceparent", value, -1); };
  const auto list_of = [](const List& list) {
    rd_kafka_vu_t argument{};
    argument.vtype = RD_KAFKA_VTYPE_HEADERS;
    argument.u.headers = list.get();
    return argument;
  };
  const List with_first{rd_kafka_headers_new(3)}, with_own{rd_kafka_headers_new(1)};
  add(with_first.get(), "own", "x");
  add(with_first.get(), "traceparent", first);
  add(with_first.get(), "another", "x");
  add(with_own.get(), "own", "x");
  rd_kafka_vu_t topic{};
  topic.vtype = RD_KAFKA_VTYPE_TOPIC;
  const rd_kafka_vu_t own = header_argument("own", first, -1), nameless = header_argument(nullptr, first, -1);
  const auto span_of = [](std::initializer_list<rd_kafka_vu_t> arguments) -> std::uint64_t {
    const B3Extraction read = read_arguments(arguments.begin(), arguments.size());
    return read.kind == B3Extraction::Kind::ids ? read.context.span_id : 0;
  };
  constexpr std::uint64_t one = 0x000462d53c8abad1, two = 0x000462d53c8abad2, other = 0x000462d53c8abad3;
  TEST_ASSERT_EQUAL(one, span_of({parent(first)}));
  TEST_ASSERT_EQUAL(one, span_of({topic, parent(first), own, nameless}));
  TEST_ASSERT_EQUAL(two, span_of({parent(first), parent(second)}));
  TEST_ASSERT_EQUAL(one, span_of({list_of(with_first)}));
  TEST_ASSERT_EQUAL(one, span_of({parent(second), list_of(with_first)}));
  TEST_ASSERT_EQUAL(two, span_of({list_of(with_first), parent(second), own}));
  TEST_ASSERT_EQUAL(one, span_of({parent(first), list_of(with_own)}));
  TEST_ASSERT_EQUAL(one, span_of({list_of(with_first), list_of(with_own), topic}));
  TEST_ASSERT_EQUAL(0, span_of({topic, list_of(with_own), own}));
  // Beside a `b3` of another trace the one that stands last counts.
  TEST_ASSERT_EQUAL(one, span_of({header_argument("b3", b3, -1), parent(first)}));
  TEST_ASSERT_EQUAL(other, span_of({parent(first), header_argument("b3", b3, -1)}));
  TEST_ASSERT_EQUAL(other, span_of({list_of(with_first), own, header_argument("b3", b3, -1)}));
  // The last one says nothing: neither does one before it.
  TEST_ASSERT_EQUAL(0, span_of({parent(first), header_argument("traceparent", nullptr, 0)}));
  TEST_ASSERT_EQUAL(0, span_of({parent(first), parent("00-junk")}));
  TEST_ASSERT_EQUAL(other, span_of({header_argument("b3", b3, -1), parent("00-junk")}));
}

EDGESPAN_TEST(what_is_found_of_trace_headers_says_where_they_are, "kafka") {
  const auto find = [](std::string_view name) {
    const List list{rd_kafka_headers_new(1)};
    add(list.get(), name, ours);
    FoundHeaders found;
    found.list = list.get();
    (void)read_list(found, nullptr);
    found.list = nullptr;
    return found;
  };
  for (std::size_t key = 0; key < b3_key_names.size(); ++key) {
    const std::string as_written{b3_key_names[key]};
    TEST_CONTEXT(as_written);
    TEST_ASSERT_EQUAL(1, find(as_written).count);
    TEST_ASSERT_EQUAL(1U << key, find(as_written).keys);
    TEST_ASSERT_FALSE(find(as_written).respelled);
    std::string respelled = as_written;
    respelled[0] = static_cast<char>(respelled[0] ^ 0x20);
    TEST_ASSERT_EQUAL(1U << key, find(respelled).keys);
    TEST_ASSERT_TRUE(find(respelled).respelled);
    TEST_ASSERT_EQUAL(0, find(as_written + "x").count);
    TEST_ASSERT_EQUAL(0, find(as_written.substr(0, as_written.size() - 1)).count);
  }
}

// librdkafka aborts the process if a record grows beyond message.max.bytes after it was accepted, so no
// header may be left out of the sum.
EDGESPAN_TEST(the_bound_of_a_traced_record_counts_every_header, "kafka") {
  rd_kafka_message_t message{};
  message.len = 1'000;
  message.key_len = 20;
  const std::size_t bare = record_frame_bytes + 1'020 + trace_headers_bytes_max;
  TEST_ASSERT_EQUAL(bare, traced_record_bytes_max(&message, nullptr));
  const List list{rd_kafka_headers_new(0)};
  TEST_ASSERT_EQUAL(bare, traced_record_bytes_max(&message, list.get()));
  add(list.get(), "one", "1234567");
  add(list.get(), "three", std::string(300, 'v'));
  add(list.get(), "null", {});
  add(list.get(), "", "12");
  const std::size_t headers = 4 * header_frame_bytes + 3 + 7 + 5 + 300 + 4 + 2;
  TEST_ASSERT_EQUAL(bare + headers, traced_record_bytes_max(&message, list.get()));
}

}  // namespace
