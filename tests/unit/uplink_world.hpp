// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/basic_agent.hpp>
#include <edgespan/http_sender.hpp>
#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_http_reply.hpp>
#include <edgespan/sim_http_request_reader.hpp>
#include <edgespan/sim_link.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/decoded_span.hpp"
#include "support/test.hpp"

namespace edgespan::test {

inline std::string reply(unsigned status, const std::string& headers = "", const std::string& body = "") {
  std::string out;
  sim::write_reply(out, status, headers, body);
  return out;
}

inline std::vector<DecodedSpan> spans_of(const std::string& body) {
  return decode_spans(std::as_bytes(std::span(body.data(), body.size())));
}

// A collector behind a simulated line. It answers each whole request by a rule, and keeps what it accepted.
struct Collector {
  std::function<std::string(const std::string& body)> answer = [](const std::string&) { return reply(202); };
  std::function<std::string(const std::string& body)> spans_in = [](const std::string& body) { return body; };
  std::function<sim::Conduct()> conduct = [] { return sim::Conduct{}; };  // of the next connection

  std::vector<std::string> bodies;           // of every whole request
  std::map<std::string, std::size_t> spans;  // how often each span, by its id, was in a body that got a 2xx
  std::uint64_t bytes = 0;                   // that arrived on all connections

  explicit Collector(sim::Link& link) : link_(link) {
    link.set_far_end(
        {this, [](void* self) -> const sim::Conduct& { return static_cast<Collector*>(self)->accept(); },
         [](void* self, std::string_view taken) { static_cast<Collector*>(self)->take(taken); }});
  }

 private:
  const sim::Conduct& accept() {
    reader_.next();
    conduct_ = conduct();
    return conduct_;
  }
  void take(std::string_view taken) {
    bytes += taken.size();
    while (!taken.empty()) {
      taken.remove_prefix(reader_.feed(taken));
      if (!reader_.complete()) continue;
      bodies.push_back(reader_.body());
      const std::string said = answer(bodies.back());
      if (said.starts_with("HTTP/1.1 2")) {
        for (const DecodedSpan& span : spans_of(spans_in(bodies.back()))) ++spans[span.id];
      }
      if (!said.empty()) link_.reply(said);
      reader_.next();
    }
  }

  sim::Link& link_;
  sim::Conduct conduct_;
  sim::HttpRequestReader reader_;
};

// The whole agent, from spans to HTTP, in simulated time. Whatever happens, the books hold after every step,
// the port's contract is kept, and at the end they tell what the collector has.
template <Limits L = Limits{}>
struct UplinkWorld {
  static constexpr std::uint64_t second = 1'000'000;
  static constexpr std::uint64_t wall_us = 1'790'000'000'000'000;

  sim::Calls calls;
  sim::Clock clock{7, calls};
  sim::Link link{clock, calls};
  Collector collector{link};
  HttpSender http;
  std::unique_ptr<BasicAgent<L>> agent = std::make_unique<BasicAgent<L>>();
  Tracing& tracing = agent->tracing();
  Reporter& reporter = agent->reporter();
  std::uint64_t finished = 0;
  std::vector<std::uint64_t> offered_at;  // when a connection was asked for or a request begun

  explicit UplinkWorld(const ReporterConfig& config = {.flush_ms = 100}, const HttpConfig& http_config = {},
                       std::uint64_t starts_at_us = 1) {
    clock.start_at(starts_at_us);
    clock.set_wall(wall_us);
    TEST_ASSERT_TRUE(http.init(link.table(), "http://zipkin:9411", http_config) == Status::ok);
    const AgentStatus started =
        agent->start({.service_name = "gateway", .reporter = config}, clock.table(), http.sender());
    TEST_ASSERT_EQUAL_STRING("ok", started.text());
  }
  // noexcept(false): an assertion that fails here ends the test, unless one of the test's own has done so.
  ~UplinkWorld() noexcept(false) {
    if (std::uncaught_exceptions() > 0) return;
    TEST_ASSERT_TRUE(tracing.books().balanced());
    TEST_ASSERT_EQUAL(finished, tracing.books().finished);
    TEST_ASSERT_TRUE(calls.violations().empty());
  }

  void finish_spans(std::uint64_t count, std::string_view name = "work") {
    for (std::uint64_t i = 0; i < count; ++i) tracing.span(name).finish();
    finished += count;
  }
  // Runs as a thread of the port would: again when asked for, earlier when the line has something.
  void run_for(std::uint64_t us) {
    const std::uint64_t from = clock.now_us();
    for (std::uint64_t passed = 0; passed < us; passed = clock.now_us() - from) {
      const std::uint64_t again_us = step();
      const std::uint64_t ready_us = link.ready_us();
      const std::uint64_t ready_in_us = ready_us == sim::never ? sim::never : ready_us - clock.now_us();
      clock.advance(std::clamp<std::uint64_t>(std::min(again_us, ready_in_us), 1, us - passed));
    }
  }
  std::uint64_t step() {
    const std::uint64_t opens = calls.made(sim::Call::open);
    const bool was_opening = link.opening();
    const std::uint64_t again_us = reporter.step();
    if (calls.made(sim::Call::open) != opens && !was_opening) offered_at.push_back(clock.now_us());
    const Books now = tracing.books();
    if (!now.balanced() || now.finished != finished) TEST_FAIL_MESSAGE("the books do not hold");
    return again_us;
  }
  Books books() { return tracing.books(); }
  std::uint64_t dropped(DropReason reason) { return books().dropped[static_cast<std::size_t>(reason)]; }
  std::uint64_t held() { return books().in_ring + books().in_batch; }

  // The collector has every span that counts as delivered, and each of them once; `twice` of them twice.
  void check_collected(std::uint64_t twice = 0) {
    std::uint64_t more = 0;
    for (const auto& [id, times] : collector.spans) more += times - 1;
    TEST_ASSERT_EQUAL(books().delivered, collector.spans.size());
    TEST_ASSERT_EQUAL(twice, more);
  }
};

}  // namespace edgespan::test
