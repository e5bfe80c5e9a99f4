// SPDX-License-Identifier: Apache-2.0
// A pump controller without an operating system: its control loop and an interrupt that samples a pressure
// make spans, and the batches leave, byte for byte, through a UART. example.py reads them at the other end of
// the wire.
#include <edgespan/bare_clock.hpp>
#include <edgespan/bare_systick.hpp>
#include <edgespan/bare_uart_stream.hpp>
#include <edgespan/basic_agent.hpp>

#include <cstdint>

#include "target/mps2_uart.hpp"
#include "target/semihosting.hpp"
#include "target/text.hpp"

namespace {

using namespace edgespan;

constexpr std::uint32_t processor_hz = 25'000'000;
constexpr std::uint32_t sample_ticks = processor_hz / 2'500;

// No message broker here: one bucket of messages in flight and one polled record are the least there is.
constexpr Limits limits{.ring_bytes = 8'192, .batch_bytes = 2'048, .spans_open_max = 4};

bool unplugged = false;

// Batches follow each other on the wire as they are: a sequence of lists of spans is a list of spans. Nobody
// answers, so a batch counts as delivered when the wire has taken its last byte.
class WireSender {
 public:
  explicit constexpr WireSender(const edgespan_stream& stream) noexcept : stream_{stream} {}
  Sender table() noexcept { return {this, offer, cancel}; }

 private:
  static SendResult offer(void* self, std::span<const std::byte> batch, std::uint64_t) noexcept {
    WireSender& me = *static_cast<WireSender*>(self);
    const auto rest = batch.subspan(me.sent_);
    const std::int32_t taken = me.stream_.send(me.stream_.ctx, rest.data(), rest.size());
    if (taken < 0) return {.outcome = Outcome::interrupted};
    me.sent_ += static_cast<std::size_t>(taken);
    if (me.sent_ != batch.size()) return {.outcome = Outcome::pending, .again_us = 100};
    me.sent_ = 0;
    return {.outcome = Outcome::delivered};
  }
  static void cancel(void* self) noexcept { static_cast<WireSender*>(self)->sent_ = 0; }

  const edgespan_stream& stream_;
  std::size_t sent_ = 0;
};

bool put(void* ctx, std::uint8_t byte) { return !unplugged && target::mps2_uart_put(ctx, byte); }

constinit bare::Clock board_clock{bare::systick_ticks, nullptr, processor_hz};
constinit bare::UartStream uart{{nullptr, put, target::mps2_uart_get}};
constinit WireSender wire{uart.table()};
BasicAgent<limits> agent;
volatile bool sampling = false;
volatile std::uint32_t samples = 0;

void say(std::string_view what, std::uint64_t number) {
  target::console(target::Text{} << what << ' ' << number << '\n');
}

void control(std::uint32_t step) {
  Span span = agent.tracing().span("control");
  const Scope scope{agent.tracing(), span.context()};
  span.tag("step", target::Text{} << step);
  Span move = agent.tracing().span("move-valve").kind(Kind::client).remote_service_name("valve");
}

}  // namespace

extern "C" void systick_handler() {
  bare::systick_interrupt();
  if (!sampling) return;
  samples = samples + 1;
  Span span = agent.tracing().span("sample");
}

int main() {
  constexpr std::uint32_t steps = 1'200;
  std::array<std::byte, bare::seed_bytes> seed;
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::byte>(i * i + 1);

  target::mps2_uart_start();
  bare::systick_start(sample_ticks);
  if (!board_clock.seed(seed))
    return 1;  // the example must be the same in every run; a product asks its generator
  board_clock.set_wall(2'208'988'800'000'000);  // 2040-01-01
  const AgentStatus started = agent.start({.service_name = "pump-controller", .reporter = {.flush_ms = 5}},
                                          board_clock.table(), wire.table());
  if (!started.ok()) return 1;

  sampling = true;
  for (std::uint32_t step = 0; step < steps; ++step) {
    unplugged = step > steps / 3 && step < steps / 2;
    control(step);
    (void)agent.reporter().step();
  }
  sampling = false;
  const Status stopped = agent.stop(1'000);

  const Books books = agent.books();
  say("control", steps);
  say("move-valve", steps);
  say("sample", samples);
  say("finished", books.finished);
  say("delivered", books.delivered);
  say("dropped", books.dropped_total());
  say("bytes_delivered", books.bytes_delivered);
  return stopped == Status::ok && books.balanced() ? 0 : 1;
}
