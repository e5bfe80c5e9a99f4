// SPDX-License-Identifier: Apache-2.0
// An image that uses all of core: headers in and out, new traces and continued ones, every part of a span,
// the reporter. Its clock and its sender are the least there is, so that its size is core's.
#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>
#include <edgespan/bare_clock.hpp>
#include <edgespan/board.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/sampler.hpp>
#include <edgespan/tracing.hpp>

#include "target/semihosting.hpp"

using namespace edgespan;

static std::uint32_t ticks(void*) {
  static std::uint32_t now = 0;
  return now += 10;
}
static SendResult deliver(void*, std::span<const std::byte>, std::uint64_t) noexcept {
  return {.outcome = Outcome::delivered};
}
static void cancel(void*) noexcept {}

constinit static Memory<board_limits> memory{};
constinit static bare::Clock board_clock{ticks, nullptr, 1'000'000};
static const Sampler sampler = Sampler::rate_limit(10);
static Tracing tracing;
static Reporter reporter;

static void work(const Context& parent) {
  Span outer = parent.valid() ? tracing.child(parent) : tracing.span("poll");
  const Scope scope{tracing, outer.context()};
  outer.kind(Kind::server).remote_service_name("kafka").tag("kafka.topic", "readings").annotate("read");
  Span inner = tracing.span("write").kind(Kind::client);
  inner.remote_endpoint({.service_name = "store", .ipv4 = {10, 0, 0, 1}, .port = 9'411}).error("full");
  B3Buffer buffer;
  for (const B3Header& header : b3_inject(inner.context(), B3Format::both, buffer))
    target::console(header.value);
  target::console(log_ids(inner.context()).trace_id());
}

int main() {
  std::array<std::byte, bare::seed_bytes> seed{std::byte{1}};
  if (!board_clock.seed(seed)) return 1;
  board_clock.set_wall(2'208'988'800'000'000);
  const TracingConfig config{.local = {.service_name = "pump"}, .sampler = sampler};
  if (tracing.init(memory, config, board_clock.table()) != Status::ok ||
      reporter.init(tracing, {nullptr, deliver, cancel}) != Status::ok)
    return 1;
  B3Headers headers;
  headers.add("b3", "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1");
  work(headers.extract().context);
  work(Context{});
  (void)reporter.step();
  (void)reporter.flush(100);
  const Status stopped = reporter.stop(100);
  return stopped == Status::ok && tracing.books().balanced() ? 0 : 1;
}
