// SPDX-License-Identifier: Apache-2.0
#include <edgespan/reporter.hpp>
#include <edgespan/sim.hpp>

#include "support/scripted_sender.hpp"
#include "support/test.hpp"

#include <memory>
#include <string>

namespace {

using namespace edgespan;

constexpr std::uint64_t wall_us = 1'790'000'000'000'000;
constexpr SendResult refused(SendReason reason, std::uint16_t status) {
  return {.state = SendState::refused, .reason = reason, .status = status};
}
constexpr SendResult retry(SendReason reason, std::uint16_t status = 0, std::uint64_t retry_after_us = 0) {
  return {.state = SendState::retry, .reason = reason, .status = status, .retry_after_us = retry_after_us};
}

// The agent in a simulated world, with a sender that follows a script. When it ends, the books must hold.
template <Limits L = Limits{}>
struct Agent {
  sim::World world{7};
  std::unique_ptr<Memory<L>> memory = std::make_unique<Memory<L>>();
  Tracing tracing;
  test::ScriptedSender sender;
  Reporter reporter;
  std::uint64_t finished = 0;

  explicit Agent(const ReporterConfig& config = {}, bool drop_oldest = false) {
    world.set_wall(wall_us);
    REQUIRE(tracing.init(*memory, {.local = {.service_name = "Gateway"}, .drop_oldest = drop_oldest}, world.clock()) ==
            Status::ok);
    REQUIRE(reporter.init(tracing, sender.sender(), config) == Status::ok);
  }
  ~Agent() {
    const Books books = tracing.books();
    CHECK(books.balanced());
    CHECK(books.finished == finished);
  }
  void finish_spans(std::uint64_t count, std::string_view name = "work") {
    for (std::uint64_t i = 0; i < count; ++i) tracing.span(name).finish();
    finished += count;
  }
  void run_for(std::uint64_t us) {
    const std::uint64_t until = world.now_us() + us;
    while (world.now_us() < until) {
      const std::uint64_t again_us = std::max<std::uint64_t>(reporter.step(), 1);
      world.advance(std::min(again_us, until - world.now_us()));
      CHECK(tracing.books().balanced());
    }
  }
  std::uint64_t dropped(DropReason reason) { return tracing.books().dropped[static_cast<std::size_t>(reason)]; }
};

TEST_CASE("a span leaves within flush_ms, and is delivered once", "[reporter]") {
  Agent agent{{.flush_ms = 500}};
  agent.finish_spans(3);
  agent.run_for(490'000);
  CHECK(agent.sender.offers.empty());
  agent.run_for(20'000);
  REQUIRE(agent.sender.delivered.size() == 1);
  CHECK(agent.tracing.books().delivered == 3);
  CHECK(agent.tracing.books().bytes_delivered == agent.sender.delivered_bytes().size());
  agent.run_for(5'000'000);
  CHECK(agent.sender.offers.size() == 1);
}

TEST_CASE("a full batch leaves at once, and batches keep their bound", "[reporter]") {
  Agent agent{{.flush_ms = 60'000}};
  agent.finish_spans(150);
  agent.run_for(100'000);
  CHECK(agent.sender.delivered.size() >= 1);
  for (const std::string& batch : agent.sender.offers) CHECK(batch.size() <= Limits{}.batch_bytes);
  const Books books = agent.tracing.books();
  CHECK(books.delivered > 100);
  CHECK(books.in_batch > 0);
}

TEST_CASE("a batch that failed is offered again, byte for byte, after a pause", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  agent.sender.script = {retry(SendReason::connect), retry(SendReason::http_5xx, 503)};
  agent.finish_spans(2);
  agent.run_for(30'000);
  REQUIRE(agent.sender.offers.size() == 1);
  agent.finish_spans(1);  // comes too late for this batch
  agent.run_for(900'000);
  CHECK(agent.sender.offers.size() == 1);  // the least pause is a second
  agent.run_for(20'000'000);
  REQUIRE(agent.sender.offers.size() == 4);
  CHECK(agent.sender.offers[0] == agent.sender.offers[1]);
  CHECK(agent.sender.offers[0] == agent.sender.offers[2]);
  CHECK(agent.tracing.books().retries == 2);
  CHECK(agent.tracing.books().delivered == 3);
}

TEST_CASE("pauses grow, are jittered and stay inside their bounds", "[reporter]") {
  Agent agent{{.flush_ms = 10, .retry_min_ms = 1'000, .retry_max_ms = 20'000}};
  agent.sender.fallback = retry(SendReason::connect);
  agent.finish_spans(1);
  std::vector<std::uint64_t> at;
  for (std::uint64_t i = 0; i < 600'000 && at.size() < 30; ++i) {
    const std::size_t before = agent.sender.offers.size();
    (void)agent.reporter.step();
    if (agent.sender.offers.size() != before) at.push_back(agent.world.now_us());
    agent.world.advance(1'000);
  }
  REQUIRE(at.size() == 30);
  std::uint64_t longest = 0;
  bool all_same = true;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const std::uint64_t pause = at[i] - at[i - 1];
    CHECK(pause >= 1'000'000);
    CHECK(pause <= 20'001'000);
    longest = std::max(longest, pause);
    all_same = all_same && pause == at[1] - at[0];
  }
  CHECK(longest > 5'000'000);
  CHECK_FALSE(all_same);
}

TEST_CASE("what the collector asks for is the least pause", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  agent.sender.script = {retry(SendReason::http_429, 429, 90'000'000)};
  agent.finish_spans(1);
  agent.run_for(89'000'000);
  CHECK(agent.sender.offers.size() == 1);
  agent.run_for(3'000'000);
  CHECK(agent.sender.delivered.size() == 1);
}

TEST_CASE("a refused batch is dropped and counted by its class", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  const auto lose = [&](const SendResult& result, DropReason reason) {
    agent.sender.script = {result};
    agent.finish_spans(2);
    agent.run_for(1'000'000);
    CHECK(agent.dropped(reason) == 2);
  };
  lose(refused(SendReason::http_4xx, 400), DropReason::refused_4xx);
  lose(refused(SendReason::http_3xx, 302), DropReason::refused_3xx);
  lose(refused(SendReason::http_413, 413), DropReason::refused_413);
  lose(refused(SendReason::http_5xx, 501), DropReason::refused_5xx);
  lose(refused(SendReason::kafka, 0), DropReason::refused_kafka);
  CHECK(agent.reporter.last_reason() == SendReason::kafka);
  CHECK(agent.tracing.books().dropped_total() == 10);
}

TEST_CASE("a plain 500 is tried three times, then the batch is dropped", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  const SendResult broken = retry(SendReason::http_5xx, 500);
  agent.sender.script = {broken, broken, broken, broken};
  agent.finish_spans(1);
  agent.run_for(60'000'000);
  CHECK(agent.sender.offers.size() == 3);
  CHECK(agent.dropped(DropReason::refused_5xx) == 1);
  CHECK(agent.reporter.last_status() == 500);
}

TEST_CASE("a full ring drops the newest span, to the last one counted", "[reporter]") {
  Agent<tiny_limits> agent{{.flush_ms = 10}};
  agent.sender.fallback = retry(SendReason::connect);
  agent.finish_spans(1, "first");
  agent.run_for(50'000);
  agent.finish_spans(500);
  const Books full = agent.tracing.books();
  CHECK(full.dropped[static_cast<std::size_t>(DropReason::ring_full)] == 501 - full.in_ring - full.in_batch);
  agent.sender.fallback = {.state = SendState::delivered};
  agent.run_for(400'000'000);
  CHECK(agent.sender.delivered_bytes().find("first") != std::string::npos);
  CHECK(agent.tracing.books().in_ring == 0);
}

TEST_CASE("if asked, a full ring drops the oldest span instead", "[reporter]") {
  Agent<tiny_limits> agent{{.flush_ms = 10}, true};
  agent.world.set_wall(0);  // nothing leaves
  agent.finish_spans(1, "oldest");
  agent.finish_spans(500);
  agent.finish_spans(1, "newest");
  CHECK(agent.dropped(DropReason::ring_full) > 400);
  agent.world.set_wall(wall_us);
  agent.run_for(2'000'000);
  CHECK(agent.sender.delivered_bytes().find("newest") != std::string::npos);
  CHECK(agent.sender.delivered_bytes().find("oldest") == std::string::npos);
}

TEST_CASE("spans wait for the date, and leave with true times", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  agent.world.set_wall(0);
  const std::uint64_t recorded_at = agent.world.now_us();
  agent.finish_spans(1);
  agent.run_for(100'000'000);
  CHECK(agent.sender.offers.empty());
  agent.world.set_wall(wall_us);
  const std::uint64_t true_us = wall_us - (agent.world.now_us() - recorded_at);
  agent.run_for(1'000'000);
  std::string time;
  for (int i = 0; i < 8; ++i) time += static_cast<char>(true_us >> (8 * i));
  CHECK(agent.sender.delivered_bytes().find('\x31' + time) != std::string::npos);
}

TEST_CASE("flush sends what is held and says whether it left", "[reporter]") {
  Agent agent{{.flush_ms = 60'000}};
  agent.finish_spans(200);
  CHECK(agent.reporter.flush(1'000) == Status::ok);
  CHECK(agent.tracing.books().delivered == 200);
  CHECK(agent.reporter.flush(0) == Status::ok);

  agent.sender.fallback = retry(SendReason::connect);
  agent.finish_spans(1);
  const std::uint64_t before = agent.world.now_us();
  CHECK(agent.reporter.flush(3'000) == Status::timeout);
  CHECK(agent.world.now_us() - before >= 3'000'000);
  CHECK(agent.world.now_us() - before <= 3'002'000);
}

TEST_CASE("stop delivers what it can by its deadline and counts the rest", "[reporter]") {
  Agent agent{{.flush_ms = 60'000}};
  agent.finish_spans(5);
  SECTION("with a collector") {
    CHECK(agent.reporter.stop(2'000) == Status::ok);
    CHECK(agent.tracing.books().delivered == 5);
  }
  SECTION("without one") {
    agent.sender.fallback = {.state = SendState::pending, .again_us = 1'000'000'000};
    const std::uint64_t before = agent.world.now_us();
    CHECK(agent.reporter.stop(2'000) == Status::timeout);
    CHECK(agent.world.now_us() - before <= 2'010'000);
    CHECK(agent.dropped(DropReason::shutdown) == 5);
    CHECK(agent.sender.abandoned == 1);
  }
  CHECK(agent.reporter.stop(2'000) == Status::ok);
  CHECK_FALSE(agent.tracing.enabled());
  CHECK_FALSE(agent.tracing.span("late").context().valid());
}

TEST_CASE("an open span is abandoned by its deadline or by the stop", "[reporter]") {
  Agent agent{{.flush_ms = 10}};
  Span old = agent.tracing.span("stuck");
  agent.finished = 1;
  agent.run_for(602'000'000);
  CHECK_FALSE(old.recording());
  old.tag("too", "late").finish();
  CHECK(agent.tracing.books().abandoned == 1);
  CHECK(agent.sender.delivered_bytes().find("abandoned") != std::string::npos);

  Span open = agent.tracing.span("open");
  agent.finished = 2;
  CHECK(agent.reporter.stop(1'000) == Status::ok);
  CHECK(agent.tracing.books().abandoned == 2);
  CHECK(agent.tracing.books().delivered == 2);
}

TEST_CASE("bad configurations are refused", "[reporter]") {
  Agent agent;
  Reporter reporter;
  Tracing bare;
  CHECK(reporter.init(bare, agent.sender.sender()) == Status::not_started);
  CHECK(reporter.init(agent.tracing, agent.sender.sender(), {.flush_ms = 0}) == Status::bad_config);
  const ReporterConfig swapped{.retry_min_ms = 9, .retry_max_ms = 8};
  CHECK(reporter.init(agent.tracing, agent.sender.sender(), swapped) == Status::bad_config);
  CHECK(reporter.init(agent.tracing, Sender{}) == Status::bad_config);
  CHECK(agent.reporter.init(agent.tracing, agent.sender.sender()) == Status::already_started);
}

}  // namespace
