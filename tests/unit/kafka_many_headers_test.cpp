// SPDX-License-Identifier: Apache-2.0
// Records with very many headers, row 30 of the failure model: each is looked at, one b3 leaves, and the work
// grows with the number of headers and not faster. Counted is what librdkafka does with its list, as read in
// rdkafka_header.c and rdlist.c of 2.0.2 and 2.14: names that it compares, places that it moves, headers that
// it makes. The functions are replaced at link time (CMakeLists.txt).
#include "kafka/trace_headers.hpp"

#include "support/test.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::uint64_t steps = 0;
std::uint64_t adds_left = UINT64_MAX;  // so many headers are taken, and no more
bool lists_refused = false;
int lists = 0;  // made and not destroyed; librdkafka itself destroys those that it is given

}  // namespace

extern "C" {
rd_kafka_resp_err_t __real_rd_kafka_header_get_all(const rd_kafka_headers_t*, std::size_t, const char**,
                                                   const void**, std::size_t*);
rd_kafka_resp_err_t __real_rd_kafka_header_remove(rd_kafka_headers_t*, const char*);
rd_kafka_resp_err_t __real_rd_kafka_header_add(rd_kafka_headers_t*, const char*, ssize_t, const void*,
                                               ssize_t);
rd_kafka_headers_t* __real_rd_kafka_headers_copy(const rd_kafka_headers_t*);
rd_kafka_headers_t* __real_rd_kafka_headers_new(std::size_t);
void __real_rd_kafka_headers_destroy(rd_kafka_headers_t*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_get_all(const rd_kafka_headers_t*, std::size_t, const char**,
                                                   const void**, std::size_t*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_remove(rd_kafka_headers_t*, const char*);
rd_kafka_resp_err_t __wrap_rd_kafka_header_add(rd_kafka_headers_t*, const char*, ssize_t, const void*,
                                               ssize_t);
rd_kafka_headers_t* __wrap_rd_kafka_headers_copy(const rd_kafka_headers_t*);
rd_kafka_headers_t* __wrap_rd_kafka_headers_new(std::size_t);
void __wrap_rd_kafka_headers_destroy(rd_kafka_headers_t*);

rd_kafka_resp_err_t __wrap_rd_kafka_header_get_all(const rd_kafka_headers_t* list, std::size_t index,
                                                   const char** name, const void** value, std::size_t* size) {
  ++steps;
  return __real_rd_kafka_header_get_all(list, index, name, value, size);
}
// Goes through the list from its end; behind a header that is removed, all that are left move up.
rd_kafka_resp_err_t __wrap_rd_kafka_header_remove(rd_kafka_headers_t* list, const char* wanted) {
  std::size_t behind = 0;
  for (std::size_t i = rd_kafka_header_cnt(list); i-- > 0;) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    (void)__real_rd_kafka_header_get_all(list, i, &name, &value, &size);
    ++steps;
    if (std::strcmp(name, wanted) == 0) {
      steps += behind;
    } else {
      ++behind;
    }
  }
  return __real_rd_kafka_header_remove(list, wanted);
}
rd_kafka_resp_err_t __wrap_rd_kafka_header_add(rd_kafka_headers_t* list, const char* name, ssize_t name_size,
                                               const void* value, ssize_t size) {
  ++steps;
  if (adds_left-- == 0) return RD_KAFKA_RESP_ERR__FAIL;
  return __real_rd_kafka_header_add(list, name, name_size, value, size);
}
rd_kafka_headers_t* __wrap_rd_kafka_headers_copy(const rd_kafka_headers_t* list) {
  steps += rd_kafka_header_cnt(list);
  ++lists;
  return __real_rd_kafka_headers_copy(list);
}
rd_kafka_headers_t* __wrap_rd_kafka_headers_new(std::size_t count) {
  if (lists_refused) return nullptr;
  ++lists;
  return __real_rd_kafka_headers_new(count);
}
void __wrap_rd_kafka_headers_destroy(rd_kafka_headers_t* list) {
  --lists;
  __real_rd_kafka_headers_destroy(list);
}
}

namespace {

using namespace edgespan;
using namespace edgespan::kafka_detail;

#define T "000462d53c8abacb"
#define S "000462d53c8abacd"

struct Deleter {
  void operator()(rd_kafka_headers_t* list) const noexcept { rd_kafka_headers_destroy(list); }
};
using List = std::unique_ptr<rd_kafka_headers_t, Deleter>;

constexpr std::string_view ours = T "-" S "-1";

// Not asserted: it is called a million times, and rewrite() looks at what came of it.
void add(rd_kafka_headers_t* list, std::string_view name, std::string_view value) {
  (void)rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
}

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
  lists = 0;
  const List list{rd_kafka_headers_new(n)};
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string name = order.name_at(i, n);
    if (name.empty()) kept.push_back("own" + std::to_string(i));
    add(list.get(), name.empty() ? kept.back() : name, name.empty() ? kept.back() + "!" : ours);
  }
  const Context context{.trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  steps = 0;
  FoundHeaders found;
  found.list = list.get();
  const B3Extraction read = read_list(found, nullptr);
  const HeaderPlan plan;
  TEST_ASSERT_EQUAL(Written::done, TraceHeaders(context, plan).write(nullptr, found));
  const Outcome outcome{steps, read};
  TEST_ASSERT_EQUAL(1, lists);
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
  TEST_ASSERT_EQUAL(20, found.count);
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

EDGESPAN_TEST(a_header_that_librdkafka_refuses_is_told_and_its_list_given_back, "kafka") {
  const Context context{.trace_lo = 1, .span_id = 2, .decision = Decision::accept};
  using enum TraceFormat;
  for (const Propagation& formats : {Propagation{}, {b3_multi}, {b3, b3_multi}, {w3c}, {w3c, b3_multi, b3}}) {
    const HeaderPlan plan{formats};
    lists = 0;
    const List list{rd_kafka_headers_new(0)};
    FoundHeaders found;
    found.list = list.get();
    TEST_ASSERT_EQUAL(Written::done, TraceHeaders(context, plan).write(nullptr, found));
    const std::size_t written = rd_kafka_header_cnt(list.get());
    for (std::size_t taken = 0; taken < written; ++taken) {
      TEST_CONTEXT(taken << " of " << written);
      adds_left = taken;
      const Written into_list = TraceHeaders(context, plan).write(nullptr, found);
      adds_left = taken;
      const Written into_new_list = TraceHeaders(context, plan).write(nullptr, {});
      adds_left = UINT64_MAX;
      TEST_ASSERT_EQUAL(Written::failed, into_list);
      TEST_ASSERT_EQUAL(Written::failed, into_new_list);
      TEST_ASSERT_EQUAL(1, lists);
    }
    lists_refused = true;
    const Written without_a_list = TraceHeaders(context, plan).write(nullptr, {});
    lists_refused = false;
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
