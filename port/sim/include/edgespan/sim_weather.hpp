// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sim_link.hpp>
#include <edgespan/sim_random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace edgespan::sim {

// What can go wrong: first the faults of connections, then those of answers.
enum class Fault : std::uint8_t {
  refused,
  unreachable,
  no_host,
  syn_lost,          // nobody answers the attempt to connect
  slow_open,         // up to 30 s
  pieces,            // few bytes a call, in both directions
  gaps,              // every other call finds nothing
  slow,              // some bytes a second from the agent
  drips,             // some bytes a second to the agent
  stalls,            // takes nothing from some point on
  dies_sending,      // ends at some byte of a request
  dies_replying,     // ends at some byte of a reply
  corrupts_request,  // one byte of what is sent
  corrupts_reply,
  closes_idle,  // within seconds
  forgets,      // an idle connection is lost silently
  silent,       // the collector takes the spans and never answers
  vanishes,     // it takes them and ends the connection
  late,         // it takes them and answers up to a minute later
  busy,         // 408, 429, 502, 503, 504, with or without Retry-After
  server_error,
  too_large,      // 413, whatever the size
  too_large_500,  // Zipkin's text for 413, with status 500
  bad_request,    // 400
  forbidden,      // 401, 403
  client_error,   // other 4xx
  redirect,
  proxy_page,   // 502, 503 or 504 with a page of HTML
  odd_status,   // anything else that has three digits
  interim,      // 1xx before the real one
  chunked,      // a reply in chunks
  until_close,  // a reply that the end of the connection ends
  garbage,      // no HTTP
  endless,      // a reply that goes on and on
  long_head,    // longer than the bound on a reply, or just not
  early,        // a refusal before the end of the request
  hasty,        // a success before the end of the request
  count
};
inline constexpr std::size_t faults = static_cast<std::size_t>(Fault::count);
inline constexpr Fault first_answer_fault = Fault::silent;

// Which faults come, how often, and whether they come now. Each seed gets a few kinds at rates of its own
// (swarm testing): all kinds at once would hide what a few of them show.
class Weather {
 public:
  explicit Weather(Random random) : random_(random) {}

  void draw_faults();                              // of this seed
  void set_rate(Fault fault, std::uint32_t rate);  // in a million connections or requests
  std::uint32_t rate(Fault fault) const { return rates_[static_cast<std::size_t>(fault)]; }
  // Makes every connection in foul weather like this one, whatever the rates.
  void set_connection(const Conduct& conduct) { given_ = conduct; }
  void set_foul(bool foul) { foul_ = foul; }
  bool foul() const { return foul_; }
  void set_latency(std::uint64_t us) { latency_us_ = us; }
  std::uint64_t latency_us() const { return latency_us_; }
  void set_keep_alive(std::uint64_t us) { keep_alive_us_ = us; }

  // Draws how the next connection behaves.
  Conduct connection();
  // Draws the fault of the next answer; Fault::count: none.
  Fault answer();
  Random& random() { return random_; }

 private:
  bool hits(Fault fault) { return random_.hits(rate(fault)); }
  void draw_opening(Conduct& conduct);
  void draw_flow(Conduct& conduct);
  void draw_end(Conduct& conduct);

  Random random_;
  std::array<std::uint32_t, faults> rates_{};
  std::uint32_t answers_rate_ = 0;  // the sum of those of answers
  std::uint64_t latency_us_ = 20'000;
  std::uint64_t keep_alive_us_ = never;
  std::optional<Conduct> given_;
  bool foul_ = false;
};

}  // namespace edgespan::sim
