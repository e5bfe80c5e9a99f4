// SPDX-License-Identifier: Apache-2.0
#include <edgespan/reporter.hpp>
#include <edgespan/sim.hpp>
#include <edgespan/tracing.hpp>

#include "support/decoded_span.hpp"
#include "support/scripted_sender.hpp"
#include "support/test.hpp"

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;

struct Agent {
  sim::World world{11};
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  Tracing tracing;
  test::ScriptedSender sender;
  Reporter reporter;

  explicit Agent(TracingConfig config = {.local = {.service_name = "gateway", .ipv4 = {10, 0, 0, 7}}}) {
    world.set_wall(1'790'000'000'000'000);
    REQUIRE(tracing.init(*memory, config, world.clock()) == Status::ok);
    REQUIRE(reporter.init(tracing, sender.sender()) == Status::ok);
  }
  ~Agent() { CHECK(tracing.books().balanced()); }
  std::vector<test::DecodedSpan> reported() {
    REQUIRE(reporter.flush(10'000) == Status::ok);
    const std::string bytes = sender.delivered_bytes();
    return test::decode_spans(std::as_bytes(std::span{bytes}));
  }
};

TEST_CASE("a span carries all that was said of it", "[tracing]") {
  Agent agent;
  {
    Span span = agent.tracing.span("Process");
    span.kind(Kind::client).tag("a", "1").tag("b", "2").remote_service_name("Store");
    agent.world.advance(30);
    span.annotate("half way").tag("a", "a longer value");
    agent.world.advance(70);
  }
  const auto spans = agent.reported();
  REQUIRE(spans.size() == 1);
  const test::DecodedSpan& span = spans[0];
  CHECK(span.name == "process");
  CHECK(span.kind == Kind::client);
  CHECK(span.duration == 100);
  CHECK(span.local.service_name == "gateway");
  CHECK(span.remote.service_name == "store");
  CHECK(span.tags.size() == 2);
  CHECK(span.tags.at("a") == "a longer value");
  CHECK(span.tags.at("b") == "2");
  REQUIRE(span.annotations.size() == 1);
  CHECK(span.annotations[0].second == "half way");
  CHECK(span.annotations[0].first == span.timestamp + 30);
  CHECK(span.parent_id.empty());
  CHECK(span.trace_id.size() == 32);
}

TEST_CASE("children continue the scope, and scopes end in turn", "[tracing]") {
  Agent agent;
  CHECK_FALSE(current().valid());
  Span outer = agent.tracing.span("outer");
  {
    const Scope scope{agent.tracing, outer.context()};
    CHECK(current() == outer.context());
    Span inner = agent.tracing.span("inner");
    CHECK(inner.context().trace_lo == outer.context().trace_lo);
    CHECK(inner.context().trace_hi == outer.context().trace_hi);
    CHECK(inner.context().parent_id == outer.context().span_id);
    const LogIds ids = log_ids();
    CHECK(ids.trace_id().size() == 32);
    CHECK(ids.span_id().size() == 16);
    {
      const Scope deeper{agent.tracing, inner.context()};
      CHECK(current() == inner.context());
    }
    CHECK(current() == outer.context());
  }
  CHECK_FALSE(current().valid());
  CHECK(log_ids().trace_id().empty());
}

TEST_CASE("scopes beyond the depth are refused and counted", "[tracing]") {
  Agent agent;
  std::vector<std::unique_ptr<Scope>> scopes;
  for (std::uint64_t i = 1; i <= scope_depth_max + 2; ++i) {
    scopes.push_back(std::make_unique<Scope>(agent.tracing, Context{0, i, i, 0, Decision::deny}));
  }
  CHECK(current().span_id == scope_depth_max);
  CHECK(agent.tracing.books().scopes_refused == 2);
  scopes.erase(scopes.begin());  // the outermost, out of turn: all within end with it
  CHECK_FALSE(current().valid());
  scopes.clear();
  CHECK_FALSE(current().valid());
}

TEST_CASE("ids are random, never zero, 128 bits by default and 64 on request", "[tracing]") {
  Agent wide;
  Agent narrow{{.local = {.service_name = "x"}, .trace_id_128 = false}};
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10'000; ++i) {
    Span span = wide.tracing.span("s");
    CHECK(span.context().trace_hi != 0);
    CHECK(span.context().span_id != 0);
    seen.insert(span.context().span_id);
    span.abandon();
  }
  CHECK(seen.size() == 10'000);
  Span span = narrow.tracing.span("s");
  CHECK(span.context().trace_hi == 0);
  CHECK(span.context().trace_lo == span.context().span_id);
  CHECK(wide.tracing.books().finished == 0);
}

TEST_CASE("threads draw different ids", "[tracing][thread]") {
  Agent agent;
  std::vector<std::vector<std::uint64_t>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& ids : drawn) {
    threads.emplace_back([&agent, &ids] {
      for (int i = 0; i < 2'000; ++i) {
        Span span = agent.tracing.child({0, 1, 1, 0, Decision::deny});
        ids.push_back(span.context().span_id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& ids : drawn) all.insert(ids.begin(), ids.end());
  CHECK(all.size() == 8'000);
}

TEST_CASE("decisions: what came in stands, what is open is sampled once", "[tracing]") {
  static const Sampler never = Sampler::never();
  Agent agent{{.local = {.service_name = "x"}, .sampler = &never}};
  CHECK(agent.tracing.span("s").context().decision == Decision::deny);
  CHECK(agent.tracing.child({0, 1, 1, 0, Decision::accept}).context().decision == Decision::accept);
  CHECK(agent.tracing.child({0, 1, 1, 0, Decision::debug}).context().decision == Decision::debug);
  CHECK(agent.tracing.child({0, 1, 1, 0, Decision::undecided}).context().decision == Decision::deny);
  Context flags;
  flags.decision = Decision::debug;
  Span root = agent.tracing.child(flags);
  CHECK(root.context().decision == Decision::debug);
  CHECK(root.context().parent_id == 0);
  root.finish();
  const auto spans = agent.reported();
  REQUIRE(spans.size() == 3);
  CHECK(spans[2].debug);
}

TEST_CASE("an unsampled span is silent, yet has ids", "[tracing]") {
  static const Sampler never = Sampler::never();
  Agent agent{{.local = {.service_name = "x"}, .sampler = &never}};
  Span span = agent.tracing.span("s");
  span.tag("a", "b").error("no");
  CHECK(span.context().valid());
  CHECK_FALSE(span.recording());
  span.finish();
  CHECK(agent.tracing.books().finished == 0);
}

TEST_CASE("errors are tagged, and the application's own tag wins", "[tracing]") {
  Agent agent;
  agent.tracing.span("plain").error("broken pipe").finish();
  agent.tracing.span("own").tag("error", "mine").error("other").finish();
  agent.tracing.span("later").error("first").tag("error", "mine").finish();
  agent.tracing.span("long").error(std::string(1'000, 'e')).finish();
  agent.tracing.span("binary").error("\xFF\xFE").finish();
  const auto spans = agent.reported();
  REQUIRE(spans.size() == 5);
  CHECK(spans[0].tags.at("error") == "broken pipe");
  CHECK(spans[1].tags.at("error") == "mine");
  CHECK(spans[2].tags.at("error") == "mine");
  CHECK(spans[3].tags.at("error").size() == 127);
  CHECK(spans[4].tags.at("error").empty());
  CHECK(agent.tracing.books().texts_cut == 2);
}

TEST_CASE("texts that do not fit or are not UTF-8 are left out and counted, the span is not", "[tracing]") {
  Agent agent;
  Span span = agent.tracing.span("s");
  span.tag("big", std::string(span_text_bytes, 'x')).tag("bad", "\xC0\x80").tag("", "no key").annotate("");
  for (int i = 0; i < 100; ++i) span.tag("key" + std::to_string(i), "value");
  span.finish();
  const auto spans = agent.reported();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].tags.count("key0") == 1);
  CHECK(spans[0].tags.count("bad") == 0);
  CHECK(agent.tracing.books().texts_cut == 4 + 100 - spans[0].tags.size());
}

TEST_CASE("spans beyond spans_open_max are dropped by name", "[tracing]") {
  Agent agent;
  std::vector<Span> open;
  for (std::uint32_t i = 0; i < Limits{}.spans_open_max + 3; ++i) open.push_back(agent.tracing.span("s"));
  open.clear();
  const Books books = agent.tracing.books();
  CHECK(books.dropped[static_cast<std::size_t>(DropReason::no_slot)] == 3);
  CHECK(books.finished == Limits{}.spans_open_max + 3);
}

TEST_CASE("switched off there are no spans; open ones still end", "[tracing]") {
  Agent agent;
  Span before = agent.tracing.span("before");
  agent.tracing.enable(false);
  CHECK_FALSE(agent.tracing.span("off").context().valid());
  before.finish();
  agent.tracing.enable(true);
  CHECK(agent.tracing.span("on").context().valid());
  CHECK(agent.tracing.books().finished == 2);
}

TEST_CASE("finish twice reports once; a moved span is finished by its new owner", "[tracing]") {
  Agent agent;
  Span first = agent.tracing.span("s");
  Span second = std::move(first);
  first.finish();
  CHECK(agent.tracing.books().finished == 0);
  second.finish();
  second.finish();
  CHECK(agent.tracing.books().finished == 1);
}

TEST_CASE("without entropy there are no ids and no spans; they begin once it is there", "[tracing]") {
  sim::World world{3};
  auto memory = std::make_unique<Memory<>>();
  Tracing tracing;
  test::ScriptedSender sender;
  Reporter reporter;
  world.set_entropy(false);
  REQUIRE(tracing.init(*memory, {}, world.clock()) == Status::ok);
  REQUIRE(reporter.init(tracing, sender.sender()) == Status::ok);
  CHECK_FALSE(tracing.enabled());
  CHECK_FALSE(tracing.span("s").context().valid());
  world.set_entropy(true);
  (void)reporter.step();
  CHECK(tracing.enabled());
  CHECK(tracing.span("s").context().valid());
}

TEST_CASE("a tracing refuses what it cannot work with", "[tracing]") {
  sim::World world{3};
  auto memory = std::make_unique<Memory<>>();
  const auto init = [&](const TracingConfig& config, TracingMemory given, const edgespan_clock& clock) {
    Tracing tracing;
    return tracing.init(given, config, clock);
  };
  TracingMemory whole = *memory, part = *memory;
  CHECK(init({}, whole, edgespan_clock{}) == Status::bad_config);
  CHECK(init({.span_deadline_s = 0}, whole, world.clock()) == Status::bad_config);
  CHECK(init({.local = {.service_name = ""}}, whole, world.clock()) == Status::bad_text);
  CHECK(init({.local = {.service_name = "\xFF"}}, whole, world.clock()) == Status::bad_text);
  part.batch = whole.batch.first(100);
  CHECK(init({}, part, world.clock()) == Status::too_small);
  part = whole;
  part.chunks = whole.chunks.first(2);
  CHECK(init({}, part, world.clock()) == Status::too_small);
}

static_assert(memory_bytes(Limits{}) <= 64 * 1024);
static_assert(memory_bytes(tiny_limits) <= 16 * 1024);
static_assert(sizeof(Memory<>) >= memory_bytes(Limits{}) && sizeof(Memory<>) <= memory_bytes(Limits{}) + 64);

}  // namespace
