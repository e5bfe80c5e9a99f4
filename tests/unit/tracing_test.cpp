// SPDX-License-Identifier: Apache-2.0
#include <edgespan/tracing.hpp>

#include "core/code.hpp"
#include "support/small_agent.hpp"
#include "support/span_view.hpp"
#include "support/test.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace {

using namespace edgespan;
using test::SmallAgent;
using test::SpanView;

const Sampler never = Sampler::never();

template <std::size_t size>
constexpr std::array<char, size> repeated(char character) {
  std::array<char, size> text{};
  text.fill(character);
  return text;
}
template <std::size_t size>
std::string_view view(const std::array<char, size>& text) {
  return {text.data(), size};
}

EDGESPAN_TEST(a_span_carries_all_that_was_said_of_it, "tracing") {
  SmallAgent agent;
  {
    Span span = agent.tracing.span("Process");
    span.kind(Kind::client).tag("a", "1").tag("b", "2").remote_service_name("Store");
    agent.clock.advance(30);
    span.annotate("half way").tag("a", "a longer value");
    agent.clock.advance(70);
  }
  agent.finished = 1;
  auto rest = agent.reported();
  SpanView span;
  TEST_ASSERT_TRUE(span.take_from(rest));
  TEST_ASSERT_TRUE(rest.empty());
  TEST_ASSERT_EQUAL_STRING("process", span.name);
  TEST_ASSERT_EQUAL_INT(Kind::client, span.kind);
  TEST_ASSERT_EQUAL_UINT64(100, span.duration);
  TEST_ASSERT_EQUAL_STRING("gateway", span.local.service_name);
  TEST_ASSERT_EQUAL_STRING("store", span.remote.service_name);
  TEST_ASSERT_EQUAL_UINT32(2, span.tags);
  TEST_ASSERT_EQUAL_STRING("a longer value", span.tag("a"));
  TEST_ASSERT_EQUAL_STRING("2", span.tag("b"));
  TEST_ASSERT_EQUAL_UINT32(1, span.annotations);
  span.each_annotation([&](std::uint64_t at_us, std::string_view text) {
    TEST_ASSERT_EQUAL_STRING("half way", text);
    TEST_ASSERT_EQUAL_UINT64(span.timestamp + 30, at_us);
  });
  TEST_ASSERT_EQUAL_UINT64(0, span.parent_id);
  TEST_ASSERT_EQUAL_UINT32(16, span.trace_id_bytes);
  agent.expect_books();
}

// Every call in a row, on a span that has no name in the program.
EDGESPAN_TEST(a_span_may_be_made_and_ended_in_one_expression, "tracing") {
  SmallAgent agent;
  agent.tracing.span("x")
      .name("Name")
      .kind(Kind::server)
      .tag("a", "1")
      .annotate("note")
      .error("bad")
      .remote_service_name("Store")
      .finish();
  agent.tracing.span("x").remote_endpoint({.service_name = "Peer", .port = 7}).annotate("second").finish();
  agent.finished = 2;
  auto rest = agent.reported();
  SpanView span;
  TEST_ASSERT_TRUE(span.take_from(rest));
  TEST_ASSERT_EQUAL_STRING("name", span.name);
  TEST_ASSERT_EQUAL_INT(Kind::server, span.kind);
  TEST_ASSERT_EQUAL_STRING("1", span.tag("a"));
  TEST_ASSERT_EQUAL_STRING("bad", span.tag("error"));
  TEST_ASSERT_EQUAL_UINT32(1, span.annotations);
  TEST_ASSERT_EQUAL_STRING("store", span.remote.service_name);
  TEST_ASSERT_TRUE(span.take_from(rest));
  TEST_ASSERT_EQUAL_STRING("peer", span.remote.service_name);
  TEST_ASSERT_EQUAL_UINT32(1, span.annotations);
  agent.expect_books();
}

EDGESPAN_TEST(kinds_have_the_numbers_that_zipkin_gives_them, "tracing") {
  SmallAgent agent;
  constexpr Kind kinds[] = {Kind::client, Kind::server, Kind::producer, Kind::consumer};
  for (const Kind kind : kinds) agent.tracing.span("x").kind(kind).finish();
  agent.finished = std::size(kinds);
  auto rest = agent.reported();
  SpanView span;
  for (int number = 1; number <= 4; ++number) {
    TEST_ASSERT_TRUE(span.take_from(rest));
    TEST_ASSERT_EQUAL_INT(number, static_cast<int>(span.kind));
  }
  agent.expect_books();
}

EDGESPAN_TEST(children_continue_the_scope_and_scopes_end_in_turn, "tracing") {
  SmallAgent agent;
  TEST_ASSERT_FALSE(current().valid());
  Span outer = agent.tracing.span("outer");
  {
    const Scope scope{agent.tracing, outer.context()};
    TEST_ASSERT_TRUE(current() == outer.context());
    Span inner = agent.tracing.span("inner");
    TEST_ASSERT_EQUAL_HEX64(outer.context().trace_lo, inner.context().trace_lo);
    TEST_ASSERT_EQUAL_HEX64(outer.context().trace_hi, inner.context().trace_hi);
    TEST_ASSERT_EQUAL_HEX64(outer.context().span_id, inner.context().parent_id);
    const LogIds ids = log_ids();
    TEST_ASSERT_EQUAL_UINT32(32, ids.trace_id().size());
    TEST_ASSERT_EQUAL_UINT32(16, ids.span_id().size());
    {
      const Scope deeper{agent.tracing, inner.context()};
      TEST_ASSERT_TRUE(current() == inner.context());
    }
    TEST_ASSERT_TRUE(current() == outer.context());
  }
  TEST_ASSERT_FALSE(current().valid());
  TEST_ASSERT_TRUE(log_ids().trace_id().empty());
}

EDGESPAN_TEST(scopes_beyond_the_depth_are_refused_and_counted, "tracing") {
  SmallAgent agent;
  std::array<std::optional<Scope>, scope_depth_max + 2> scopes;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    scopes[i].emplace(agent.tracing, Context{0, i + 1, i + 1, 0, Decision::deny});
  }
  TEST_ASSERT_EQUAL_UINT64(scope_depth_max, current().span_id);
  TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().scopes_refused);
  scopes[0].reset();  // the outermost, out of turn: all within end with it
  TEST_ASSERT_FALSE(current().valid());
  for (auto& scope : scopes) scope.reset();
  TEST_ASSERT_FALSE(current().valid());
}

EDGESPAN_TEST(ids_are_random_never_zero_and_of_128_bits, "tracing") {
  SmallAgent agent;
  static std::array<std::uint64_t, test::rounds(1'024)> seen;
  for (std::uint64_t& id : seen) {
    Span span = agent.tracing.span("s");
    id = span.context().span_id;
    TEST_ASSERT_NOT_EQUAL_UINT64(0, span.context().trace_hi);
    TEST_ASSERT_NOT_EQUAL_UINT64(0, id);
    span.discard();
  }
  std::sort(seen.begin(), seen.end());
  TEST_ASSERT_TRUE(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().finished);
}

EDGESPAN_TEST(trace_ids_have_64_bits_on_request, "tracing") {
  SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .trace_id_128 = false}};
  Span span = agent.tracing.span("s");
  TEST_ASSERT_EQUAL_UINT64(0, span.context().trace_hi);
  TEST_ASSERT_EQUAL_HEX64(span.context().span_id, span.context().trace_lo);
}

EDGESPAN_TEST(tables_and_configuration_of_init_may_go_at_once, "tracing") {
  test::ManualClock clock;
  Tracing tracing;
  {
    edgespan_clock table = clock.table();
    TracingConfig config{.local = {.service_name = "x"}, .sampler = Sampler::rate_limit(2)};
    TEST_ASSERT_TRUE(tracing.init(SmallAgent::memory, config, table) == Status::ok);
    table = {};
    config.sampler = Sampler::never();
  }
  for (int i = 0; i < 3; ++i) tracing.span("s").finish();
  TEST_ASSERT_EQUAL_UINT64(2, tracing.books().finished);
}

EDGESPAN_TEST(a_decision_that_came_in_stands_an_open_one_is_taken_once, "tracing") {
  SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .sampler = never}};
  const auto decided = [&](Decision came_in) {
    return agent.tracing.child({0, 1, 1, 0, came_in}).context().decision;
  };
  TEST_ASSERT_EQUAL_INT(Decision::deny, agent.tracing.span("s").context().decision);
  TEST_ASSERT_EQUAL_INT(Decision::accept, decided(Decision::accept));
  TEST_ASSERT_EQUAL_INT(Decision::debug, decided(Decision::debug));
  TEST_ASSERT_EQUAL_INT(Decision::deny, decided(Decision::undecided));
  Context flags;
  flags.decision = Decision::debug;
  Span root = agent.tracing.child(flags);
  TEST_ASSERT_EQUAL_INT(Decision::debug, root.context().decision);
  TEST_ASSERT_EQUAL_UINT64(0, root.context().parent_id);
  root.finish();
  agent.finished = 3;
  auto rest = agent.reported();
  SpanView span;
  TEST_ASSERT_TRUE(span.take_from(rest));
  TEST_ASSERT_FALSE(span.debug);
  TEST_ASSERT_TRUE(span.take_from(rest) && span.debug);
  TEST_ASSERT_TRUE(span.take_from(rest) && span.debug);
  TEST_ASSERT_TRUE(rest.empty());
  agent.expect_books();
}

EDGESPAN_TEST(an_unsampled_span_is_silent_yet_has_ids, "tracing") {
  SmallAgent agent{TracingConfig{.local = {.service_name = "x"}, .sampler = never}};
  Span span = agent.tracing.span("s");
  span.tag("a", "b").error("no");
  TEST_ASSERT_TRUE(span.context().valid());
  TEST_ASSERT_FALSE(span.recording());
  span.finish();
  agent.expect_books();
}

EDGESPAN_TEST(errors_are_tagged_and_the_applications_own_tag_wins, "tracing") {
  static constexpr auto long_text = repeated<1'000>('e');
  SmallAgent agent;
  agent.tracing.span("plain").error("broken pipe").finish();
  agent.tracing.span("own").tag("error", "mine").error("other").finish();
  agent.tracing.span("later").error("first").tag("error", "mine").finish();
  agent.tracing.span("long").error(view(long_text)).finish();
  agent.tracing.span("binary").error("\xFF\xFE").finish();
  agent.finished = 5;
  auto rest = agent.reported();
  SpanView span;
  for (const std::string_view expected :
       {std::string_view{"broken pipe"}, std::string_view{"mine"}, std::string_view{"mine"},
        view(long_text).substr(0, 127), std::string_view{}}) {
    TEST_ASSERT_TRUE(span.take_from(rest));
    TEST_ASSERT_EQUAL_STRING(expected, span.tag("error"));
    TEST_ASSERT_EQUAL_UINT32(1, span.tags);
  }
  TEST_ASSERT_TRUE(rest.empty());
  TEST_ASSERT_EQUAL_UINT64(2, agent.tracing.books().texts_cut);
  agent.expect_books();
}

EDGESPAN_TEST(texts_that_do_not_fit_or_are_no_utf8_are_left_out_and_counted, "tracing") {
  static constexpr auto big = repeated<span_text_bytes>('x');
  SmallAgent agent;
  Span span = agent.tracing.span("s");
  span.tag("big", view(big)).tag("bad", "\xC0\x80").tag("", "no key").annotate("");
  char key[] = "key00";
  for (int i = 0; i < 100; ++i) {
    key[3] = static_cast<char>('0' + i / 10);
    key[4] = static_cast<char>('0' + i % 10);
    span.tag(key, "value");
  }
  span.finish();
  agent.finished = 1;
  auto rest = agent.reported();
  SpanView found;
  TEST_ASSERT_TRUE(found.take_from(rest));
  TEST_ASSERT_TRUE(rest.empty());
  TEST_ASSERT_EQUAL_STRING("value", found.tag("key00"));
  TEST_ASSERT_EQUAL_STRING("<none>", found.tag("bad"));
  TEST_ASSERT_EQUAL_UINT64(4 + 100 - found.tags, agent.tracing.books().texts_cut);
  agent.expect_books();
}

EDGESPAN_TEST(spans_beyond_spans_open_max_are_dropped_by_name, "tracing") {
  SmallAgent agent;
  std::array<Span, test::small_limits.spans_open_max + 3> open;
  for (Span& span : open) span = agent.tracing.span("s");
  for (Span& span : open) span.finish();
  agent.finished = open.size();
  TEST_ASSERT_EQUAL_UINT64(3, agent.dropped(DropReason::no_slot));
  agent.expect_books();
}

EDGESPAN_TEST(switched_off_there_are_no_spans_and_open_ones_still_end, "tracing") {
  SmallAgent agent;
  Span before = agent.tracing.span("before");
  agent.tracing.enable(false);
  TEST_ASSERT_FALSE(agent.tracing.span("off").context().valid());
  before.finish();
  agent.tracing.enable(true);
  TEST_ASSERT_TRUE(agent.tracing.span("on").context().valid());
  agent.finished = 2;
  agent.expect_books();
}

EDGESPAN_TEST(finish_twice_reports_once_and_a_moved_span_is_finished_by_its_new_owner, "tracing") {
  SmallAgent agent;
  Span first = agent.tracing.span("s");
  Span second = std::move(first);
  first.finish();
  TEST_ASSERT_EQUAL_UINT64(0, agent.tracing.books().finished);
  second.finish();
  second.finish();
  agent.finished = 1;
  agent.expect_books();
}

EDGESPAN_TEST(without_entropy_there_are_no_spans_and_they_begin_once_it_is_there, "tracing") {
  test::ManualClock clock;
  Tracing tracing;
  test::RecordingSender sender;
  Reporter reporter;
  clock.set_entropy(false);
  TEST_ASSERT_TRUE(tracing.init(SmallAgent::memory, {}, clock.table()) == Status::ok);
  TEST_ASSERT_TRUE(reporter.init(tracing, sender.sender()) == Status::ok);
  TEST_ASSERT_FALSE(tracing.enabled());
  TEST_ASSERT_FALSE(tracing.span("s").context().valid());
  clock.set_entropy(true);
  (void)reporter.step();
  TEST_ASSERT_TRUE(tracing.enabled());
  TEST_ASSERT_TRUE(tracing.span("s").context().valid());
}

EDGESPAN_TEST(a_tracing_refuses_what_it_cannot_work_with, "tracing") {
  test::ManualClock clock;
  const TracingMemory whole = SmallAgent::memory;
  const auto init = [&](const TracingConfig& config, const TracingMemory& given,
                        const edgespan_clock& table) {
    Tracing tracing;
    return tracing.init(given, config, table);
  };
  TEST_ASSERT_TRUE(init({}, whole, edgespan_clock{}) == Status::bad_config);
  TEST_ASSERT_TRUE(init({.span_deadline_s = 0}, whole, clock.table()) == Status::bad_config);
  TEST_ASSERT_TRUE(init({.local = {.service_name = ""}}, whole, clock.table()) == Status::bad_text);
  TEST_ASSERT_TRUE(init({.local = {.service_name = "\xFF"}}, whole, clock.table()) == Status::bad_text);
  TracingMemory part = whole;
  part.batch = whole.batch.first(100);
  TEST_ASSERT_TRUE(init({}, part, clock.table()) == Status::too_small);
  part = whole;
  part.chunks = whole.chunks.first(2);
  TEST_ASSERT_TRUE(init({}, part, clock.table()) == Status::too_small);
}

EDGESPAN_TEST(a_tracing_refuses_an_array_that_begins_where_its_type_may_not_lie, "tracing") {
  test::ManualClock clock;
  const TracingConfig config{.local = {.service_name = "x"}};
  const TracingMemory whole = SmallAgent::memory;
  const auto moved = []<typename T>(std::span<T> array, std::size_t bytes) {
    return std::span<T>{reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(array.data()) + bytes),
                        array.size() - 1};
  };
  for (std::size_t bytes = 0; bytes <= slot_align; ++bytes) {
    TracingMemory part = whole;
    part.ring = whole.ring.subspan(bytes, whole.ring.size() - ring_chunk_bytes);
    part.chunks = whole.chunks.first(whole.chunks.size() - 1);
    Tracing of_ring;
    TEST_ASSERT_TRUE(of_ring.init(part, config, clock.table()) ==
                     (bytes % ring_align == 0 ? Status::ok : Status::misaligned));
    part = whole;
    part.batch = whole.batch.subspan(bytes, span_bytes_max);  // bytes may lie anywhere
    Tracing of_batch;
    TEST_ASSERT_TRUE(of_batch.init(part, config, clock.table()) == Status::ok);
    if (detail::small_code) continue;
    part.ring = whole.ring.first(whole.ring.size() - ring_chunk_bytes);
    part.chunks = moved(whole.chunks, bytes % sizeof(RingChunk));
    Tracing of_chunks;
    TEST_ASSERT_TRUE(of_chunks.init(part, config, clock.table()) ==
                     (bytes % alignof(RingChunk) == 0 ? Status::ok : Status::misaligned));
    part = whole;
    part.spans = moved(whole.spans, bytes);
    Tracing of_spans;
    TEST_ASSERT_TRUE(of_spans.init(part, config, clock.table()) ==
                     (bytes % slot_align == 0 ? Status::ok : Status::misaligned));
  }
}

}  // namespace
