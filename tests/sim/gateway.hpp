// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_calls.hpp>
#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_link.hpp>
#include <edgespan/sim_server.hpp>

#include <array>
#include <cstdint>
#include <edgespan/http_sender.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>
#include <memory>

#include "broken.hpp"
#include "oracle.hpp"
#include "setup.hpp"
#include "workload.hpp"

namespace edgespan::simtest {

// What can happen next. Each kind has one moment in the queue; of two at one moment the first of this list
// comes first.
enum class Event : std::uint8_t {
  step,     // the reporter's
  work,     // of the application
  burst,    // it has much to do at once
  flush,    // it calls Reporter::flush
  hint,     // it calls Reporter::uplink_ready
  toggle,   // it switches tracing off, or on again
  weather,  // turns fair or foul
  failing,  // some call of the port is going to fail
  wall,     // the wall clock steps
  known,    // the board learns the date
  entropy,  // the platform has entropy at last
  suspend,  // the board sleeps
  count
};
inline constexpr std::size_t events = static_cast<std::size_t>(Event::count);
inline constexpr Event first_rare = Event::burst;
std::string_view event_name(Event event);

// The memory of an agent whose limits are known at run time only.
class AgentMemory {
 public:
  explicit AgentMemory(const Limits& limits);
  operator TracingMemory();

 private:
  Limits limits_;
  std::unique_ptr<std::uint64_t[]> ring_;
  std::unique_ptr<RingChunk[]> chunks_;
  std::unique_ptr<std::byte[]> batch_;
  std::unique_ptr<SpanSlot[]> spans_;
};

// A whole agent, unchanged, in a simulated world, driven by a queue of events. The oracle looks at it after
// every one of them.
class Gateway {
 public:
  Gateway(const Setup& setup, std::uint64_t seed);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Goes on until the application has made all its spans, or the time is up, or `events_max` events have
  // happened, or the agent broke its word (then false).
  bool run(std::uint64_t events_max = UINT64_MAX);
  // Faults stop and the application rests: everything held must be delivered within two of the longest
  // pauses, and nothing dropped.
  bool run_calm();
  // Reporter::stop with the uplink as it is.
  bool stop(std::uint32_t deadline_ms);

  const char* violation() const { return oracle_.violation(); }
  std::uint64_t events_seen() const { return events_seen_; }
  std::uint64_t elapsed_us() const { return clock_.now_us() - setup_.mono_start_us; }
  Event last_event() const { return last_event_; }
  Oracle& oracle() { return oracle_; }
  Workload& workload() { return workload_; }
  sim::Weather& weather() { return weather_; }
  sim::Calls& calls() { return calls_; }
  sim::Clock& clock() { return clock_; }
  sim::Link& link() { return link_; }
  sim::Server& server() { return server_; }
  Tracing& tracing() { return tracing_; }
  Reporter& reporter() { return reporter_; }
  // Prints what happens in these events.
  void trace(std::uint64_t first, std::uint64_t last) {
    trace_from_ = first;
    trace_to_ = last;
  }

 private:
  Bounds bounds() const;
  void start_agent();
  void schedule(Event event, std::uint64_t after_us) { at(event) = clock_.now_us() + after_us; }
  void schedule(Event event, const Range& range);
  std::uint64_t& at(Event event) {
    if (event >= first_rare) rare_known_ = false;
    return next_us_[static_cast<std::size_t>(event)];
  }
  void never(Event event) { at(event) = UINT64_MAX; }
  Event next();
  bool handle(Event event);
  void happen(Event event);
  void settle_event(Event event);
  void pause(std::uint64_t us);

  void step();
  void amid_step();
  void work();
  void change_weather();
  void plan_failure();
  void step_wall();
  void suspend();
  void flush();
  void toggle();
  std::uint64_t truth_us() const { return clock_.now_us() + truth_offset_us_; }

  const Setup setup_;
  sim::Random random_;
  const std::uint64_t truth_offset_us_;
  sim::Calls calls_;
  sim::Clock clock_;
  sim::Weather weather_;
  sim::Link link_;
  sim::Server server_;
  edgespan_worker worker_{};

  AgentMemory memory_;
  Tracing tracing_;
  HttpSender http_;
  BrokenSender broken_;
  Reporter reporter_;
  bool started_;
  Oracle oracle_;
  Workload workload_;

  std::array<std::uint64_t, events> next_us_{};
  Event rare_ = first_rare;  // the next of the rare ones, if that is known
  bool rare_known_ = false;
  std::uint64_t events_seen_ = 0;
  std::uint64_t at_one_moment_ = 0;
  std::uint64_t burst_left_ = 0;
  std::uint64_t trace_from_ = UINT64_MAX;
  std::uint64_t trace_to_ = UINT64_MAX;
  Event last_event_ = Event::count;
  bool stepping_ = false;     // Reporter::step is running, and nothing else
  bool step_begins_ = false;  // it has not read its clock yet
  bool calm_ = false;
  bool stopped_ = false;
};

}  // namespace edgespan::simtest
