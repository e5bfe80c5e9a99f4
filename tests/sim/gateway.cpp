// SPDX-License-Identifier: Apache-2.0
// The agent and its queue of events.
#include "gateway.hpp"

#include "core/tracing_state.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <utility>

#include "core/tracing_state.hpp"
#include "wrap.hpp"

namespace edgespan::simtest {
namespace {

// An agent that asks to be called again at once, for ever, would hang the world.
constexpr std::uint64_t at_one_moment_max = 100'000;

}  // namespace

std::string_view event_name(Event event) {
  constexpr std::string_view names[] = {"step",    "work", "burst", "flush",   "hint",    "toggle", "weather",
                                        "failing", "wall", "known", "entropy", "suspend", "nothing"};
  return names[static_cast<std::size_t>(event)];
}

AgentMemory::AgentMemory(const Limits& limits)
    : limits_(limits),
      ring_(std::make_unique<std::uint64_t[]>(limits.ring_bytes / 8)),
      chunks_(std::make_unique<RingChunk[]>(limits.ring_bytes / ring_chunk_bytes)),
      batch_(std::make_unique<std::byte[]>(limits.batch_bytes)),
      spans_(std::make_unique<SpanSlot[]>(limits.spans_open_max)) {}

AgentMemory::operator TracingMemory() {
  return {.ring = std::as_writable_bytes(std::span{ring_.get(), limits_.ring_bytes / 8}),
          .chunks = {chunks_.get(), limits_.ring_bytes / ring_chunk_bytes},
          .batch = {batch_.get(), limits_.batch_bytes},
          .spans = {spans_.get(), limits_.spans_open_max}};
}

Bounds Gateway::bounds() const {
  return {.batch_bytes = setup_.limits.batch_bytes,
          .ring_bytes = setup_.limits.ring_bytes,
          .retry_min_ms = setup_.reporter.retry_min_ms,
          .retry_max_ms = setup_.reporter.retry_max_ms,
          .connect_ms = setup_.http.connect_ms,
          .request_ms = setup_.http.request_ms,
          .progress_bytes_per_s = setup_.http.progress_bytes_per_s,
          .span_deadline_s = setup_.span_deadline_s,
          .drop_oldest = setup_.drop_oldest,
          .judge_every = setup_.judge_every};
}

Gateway::Gateway(const Setup& setup, std::uint64_t seed)
    : setup_(setup),
      random_(seed ^ 0xD1B54A32D192ED03),
      truth_offset_us_(setup.truth_start_us - setup.mono_start_us),
      clock_(random_.next(), calls_),
      weather_(setup.weather),
      link_(clock_, calls_),
      server_(link_, clock_, weather_),
      memory_(setup.limits),
      started_((start_agent(), true)),
      oracle_(tracing_, reporter_, clock_, calls_, link_, server_, bounds()),
      workload_(tracing_, oracle_, clock_, setup_, random_.split()) {
  oracle_.set_truth(truth_offset_us_);
  server_.set_truth(truth_offset_us_);
  server_.set_body_limit(setup.body_limit_bytes);
  server_.set_receiver({.ctx = &oracle_, .receive = [](void* ctx, std::string_view body, bool stored) {
                          return static_cast<Oracle*>(ctx)->receive(body, stored);
                        }});
  clock_.on_pause(this, [](void* ctx, std::uint64_t us) { static_cast<Gateway*>(ctx)->pause(us); });
  clock_.on_read(this, [](void* ctx) { static_cast<Gateway*>(ctx)->amid_step(); });
  weather_.set_foul(setup.fair.high_us == 0);
  for (Event event{}; event != Event::count; event = static_cast<Event>(static_cast<int>(event) + 1))
    never(event);
  schedule(Event::step, 0);
  schedule(Event::work, 0);
  if (setup.wall_known_after_us != 0) schedule(Event::known, setup.wall_known_after_us);
  if (setup.entropy_after_us != 0) schedule(Event::entropy, setup.entropy_after_us);
  schedule(Event::burst, setup.burst_every);
  schedule(Event::flush, setup.flush_every);
  schedule(Event::hint, setup.hint_every);
  schedule(Event::toggle, setup.toggle_every);
  schedule(Event::weather, setup.fair);
  schedule(Event::failing, setup.failing_call_every);
  schedule(Event::wall, setup.wall_step_every);
  schedule(Event::suspend, setup.suspend_every);
}

void Gateway::start_agent() {
  clock_.start_at(setup_.mono_start_us);
  clock_.set_drift(setup_.drift_ppm);
  clock_.set_entropy(setup_.entropy_after_us == 0);
  if (setup_.wall_known_after_us == 0) clock_.set_wall(truth_us());
  worker_ = {.ctx = this,
             .start = [](void*, std::uint64_t (*)(void*), void*) { return true; },
             .wake = [](void* ctx) { static_cast<Gateway*>(ctx)->schedule(Event::step, 0); },
             .stop =
                 [](void* ctx, std::uint64_t) {
                   static_cast<Gateway*>(ctx)->never(Event::step);
                   return true;
                 }};
  const TracingConfig tracing{.local = {.service_name = "gateway", .ipv4 = {10, 0, 0, 7}},
                              .span_deadline_s = setup_.span_deadline_s,
                              .drop_oldest = setup_.drop_oldest};
  ReporterConfig reporter = setup_.reporter;
  if (setup_.defect == Defect::hurries) reporter.retry_min_ms = 1;
  HttpConfig http = setup_.http;
  if (setup_.defect == Defect::waits_for_ever) http.request_ms = UINT32_MAX;
  const bool started = tracing_.init(memory_, tracing, clock_.table()) == Status::ok &&
                       http_.init(link_.table(), "http://zipkin:9411/api/v2/spans", http) == Status::ok &&
                       reporter_.init(tracing_, broken_.wrap(http_.sender(), tracing_, setup_.defect),
                                      reporter) == Status::ok &&
                       (!setup_.worker || reporter_.start(worker_) == Status::ok);
  if (!started) calls_.violation("the agent does not start with this configuration");
  if (setup_.counters_near_wrap) set_counters_near_wrap(detail::state_of(tracing_), setup_.wrap_distance);
}

void Gateway::schedule(Event event, const Range& range) {
  if (range.high_us == 0) return never(event);
  schedule(event, random_.between(range.low_us, range.high_us));
}

// Nearly all events are steps and work.
Event Gateway::next() {
  const auto when = [this](Event event) { return next_us_[static_cast<std::size_t>(event)]; };
  if (!rare_known_) {
    rare_ = first_rare;
    for (auto i = static_cast<std::size_t>(first_rare) + 1; i < events; ++i) {
      if (next_us_[i] < when(rare_)) rare_ = static_cast<Event>(i);
    }
    rare_known_ = true;
  }
  const Event often = when(Event::work) < when(Event::step) ? Event::work : Event::step;
  return when(rare_) < when(often) ? rare_ : often;
}

bool Gateway::run(std::uint64_t events_max) {
  while (events_seen_ < events_max && elapsed_us() < setup_.run_max_us) {
    if (workload_.made() >= setup_.spans_max) return true;
    if (!handle(next())) return false;
  }
  return violation() == nullptr;
}

bool Gateway::handle(Event event) {
  const std::uint64_t now_us = clock_.now_us();
  const std::uint64_t moment_us = std::max(at(event), now_us);
  if (moment_us != now_us) {
    clock_.advance(moment_us - now_us);
    at_one_moment_ = 0;
  } else if (++at_one_moment_ > at_one_moment_max) {
    calls_.violation("the agent spins: no time passes");
  }
  happen(event);
  settle_event(event);
  return violation() == nullptr;
}

void Gateway::settle_event(Event event) {
  last_event_ = event;
  ++events_seen_;
  oracle_.check();
  oracle_.log(static_cast<std::uint32_t>(event));
  if (events_seen_ < trace_from_ || events_seen_ > trace_to_) return;
  const Books& books = oracle_.books();
  std::printf(
      "%8" PRIu64 "  %14" PRIu64 " us  %-8s finished %" PRIu64 " delivered %" PRIu64 " dropped %" PRIu64
      " ring %" PRIu64 " batch %" PRIu64 " retries %" PRIu64 " calls %" PRIu64 " last %u/%u\n",
      events_seen_, elapsed_us(), event_name(event).data(), books.finished, books.delivered,
      books.dropped_total(), books.in_ring, books.in_batch, books.retries, calls_.made_on_stream(),
      static_cast<unsigned>(reporter_.last_outcome()), static_cast<unsigned>(reporter_.last_status()));
}

// The application waits inside the agent: the world goes on without it. Whether the reporter does depends on
// who calls it: its own thread, or the one that waits.
void Gateway::pause(std::uint64_t us) {
  if (stepping_) calls_.violation("a step of the reporter waited");
  oracle_.check();
  const std::uint64_t until_us = clock_.now_us() + us;
  while (violation() == nullptr) {
    Event event = next();
    const bool of_application = event == Event::work || event == Event::burst || event == Event::flush ||
                                event == Event::hint || event == Event::toggle;
    if (at(event) > until_us) break;
    if (of_application || (event == Event::step && !setup_.worker)) {
      at(event) = until_us + 1;
      continue;
    }
    handle(event);
  }
  if (clock_.now_us() < until_us) clock_.advance(until_us - clock_.now_us());
  oracle_.enter_step();
}

bool Gateway::run_calm() {
  calm_ = true;
  setup_.worker ? void() : schedule(Event::step, 0);
  weather_.set_foul(false);
  link_.heal();
  server_.set_body_limit(UINT64_MAX);
  for (const Event event :
       {Event::work, Event::burst, Event::flush, Event::hint, Event::toggle, Event::weather, Event::failing,
        Event::wall, Event::known, Event::entropy, Event::suspend}) {
    never(event);
  }
  for (const sim::Call call : {sim::Call::open, sim::Call::send, sim::Call::recv, sim::Call::entropy}) {
    calls_.fail_at(call, 0);
  }
  oracle_.sync();
  if (!clock_.wall_known()) clock_.set_wall(truth_us());
  clock_.set_entropy(true);
  schedule(Event::step, 0);
  const std::uint64_t began_us = clock_.now_us();
  // A batch that is under way may be followed by one that waits to be filled.
  const std::uint64_t bound_us =
      2 * oracle_.pause_max_us() +
      (setup_.reporter.flush_ms + setup_.http.connect_ms + setup_.http.request_ms) * ms;
  const std::uint64_t wanted = oracle_.books().finished;
  const std::uint64_t refused = oracle_.refused();
  const std::uint64_t under_way = oracle_.books().in_batch;
  while (oracle_.settled() < wanted) {
    if (!handle(next())) return false;
    if (clock_.now_us() - began_us > bound_us)
      calls_.violation("spans are still held long after the faults stopped");
  }
  // A refusal that was on its way when the faults stopped still arrives.
  if (oracle_.refused() - refused > under_way) calls_.violation("spans were dropped in fair weather");
  return oracle_.check();
}

bool Gateway::stop(std::uint32_t deadline_ms) {
  const std::uint64_t began_us = clock_.now_us();
  oracle_.enter_step();
  oracle_.excuse_pause();
  oracle_.expect_stop();
  const Status status = reporter_.stop(deadline_ms);
  if (clock_.now_us() - began_us > (deadline_ms + 2) * ms)
    calls_.violation("stop did not return by its deadline");
  oracle_.check_stopped();
  const std::uint64_t left = oracle_.books().dropped[static_cast<std::size_t>(DropReason::shutdown)];
  const bool again = std::exchange(stopped_, true);
  if ((status == Status::ok) != (left == 0 || again))
    calls_.violation("the result of stop is not what happened");
  ++events_seen_;
  oracle_.enter_step();
  return oracle_.check();
}

}  // namespace edgespan::simtest
