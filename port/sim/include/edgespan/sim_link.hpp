// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/sim_calls.hpp>
#include <edgespan/sim_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::sim {

inline constexpr std::uint64_t unlimited = UINT64_MAX;
inline constexpr std::uint64_t never = UINT64_MAX;

// How one connection behaves. A position is a count of bytes since the connection was opened. The defaults
// are a connection without faults.
struct Conduct {
  // What open() answers in the end: 1, or an edgespan_stream_error; before that 0.
  int open = 1;
  std::uint64_t open_waits = 0;     // how many times it answers 0; unlimited: nobody answers
  std::uint64_t open_after_us = 0;  // and for how long

  // The way there.
  std::uint64_t send_bytes = unlimited;  // taken by one call of send at most
  std::uint64_t send_every_us = 0;       // and no more before this has passed
  bool send_gaps = false;                // every other call of send takes nothing
  std::uint64_t reads_until = 0;         // position after which send takes nothing; 0: it always takes
  std::uint64_t dies_after_taking = 0;   // position at which the connection ends; 0: does not
  std::uint64_t corrupts_taken = never;  // position of a byte that arrives changed
  std::uint64_t replies_early_after =
      0;  // position in the first request at which its reply comes; 0: at its end

  // The way back.
  std::uint64_t recv_bytes = unlimited;         // given by one call of recv at most
  std::uint64_t recv_every_us = 0;              // and no more before this has passed
  bool recv_gaps = false;                       // every other call of recv gives nothing
  std::uint64_t reply_after_us = 0;             // from the moment the reply is ready
  std::uint64_t dies_after_giving = unlimited;  // position at which the connection ends; 0: before any reply
  std::uint64_t corrupts_given = never;         // position of a byte that arrives changed

  int end = EDGESPAN_STREAM_CLOSED;       // what the end looks like
  std::uint64_t closes_after_us = never;  // idle for so long, the peer closes
  std::uint64_t forgotten_after_us =
      never;  // idle for so long, a router forgets it: bytes vanish from then on
};

// What answers at the other end of the link.
struct FarEnd {
  void* ctx = nullptr;
  const Conduct& (*accept)(void* ctx) = nullptr;              // a connection begins: how it will behave
  void (*take)(void* ctx, std::string_view bytes) = nullptr;  // bytes arrive
};

// The agent's stream: one connection at a time, over a line that can drop, stall, split, delay and corrupt
// bytes.
class Link {
 public:
  Link(const Clock& clock, Calls& calls);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void set_far_end(const FarEnd& far) { far_ = far; }
  const edgespan_stream& table() const { return table_; }

  // For the far end. A reply comes after the replies before it.
  void reply(std::string_view bytes, std::uint64_t after_us = 0);
  void end_after_replies(int error);  // the peer closes once everything is given
  // Ends the faults of the present connection. Bytes that were lost stay lost.
  void heal();

  bool connected() const { return state_ == State::open; }
  bool opening() const { return state_ == State::opening; }
  std::uint64_t opening_since_us() const { return since_us_; }
  std::uint64_t connections() const { return connections_; }  // that were opened
  std::uint64_t taken_bytes() const { return taken_bytes_; }  // on the present one
  std::uint64_t given_bytes() const { return given_bytes_; }
  bool corrupted() const { return corrupted_; }            // a byte that was taken on it
  bool gave_corrupted() const { return gave_corrupted_; }  // and one that was given

  // The time at which a call that answered 0 would answer otherwise, when a real port would wake the agent;
  // `never` if nothing is on its way.
  std::uint64_t ready_us() const;

 private:
  enum class State : std::uint8_t { closed, opening, open, dead };

  int open(const char* host, std::uint16_t port);
  std::int32_t send(std::string_view bytes);
  std::int32_t recv(char* bytes, std::size_t n);
  void close();
  std::int32_t die(int error);
  bool usable(Call call, std::size_t n);
  void start();
  void deliver(std::string_view bytes);
  std::uint64_t idle_us() const { return clock_.now_us() - active_us_; }
  // A peer that closes before the router forgets the connection is heard.
  bool forgotten() const {
    return lost_ || (idle_us() >= conduct_.forgotten_after_us &&
                     conduct_.forgotten_after_us <= conduct_.closes_after_us);
  }
  bool into_the_void();
  bool stalled() const { return conduct_.reads_until != 0 && taken_bytes_ >= conduct_.reads_until; }
  bool took_its_last() const {
    return conduct_.dies_after_taking != 0 && taken_bytes_ >= conduct_.dies_after_taking;
  }
  std::uint64_t giveable(std::uint64_t n) const;
  void give(char* bytes, std::size_t n);
  bool over() const;

  edgespan_stream table_{};
  const Clock& clock_;
  Calls& calls_;
  FarEnd far_;
  std::uint64_t connections_ = 0;

  // Of the present connection.
  State state_ = State::closed;
  Conduct conduct_;
  std::uint64_t since_us_ = 0;
  std::uint64_t active_us_ = 0;  // the last byte in either direction
  std::uint64_t waited_opens_ = 0;
  std::uint64_t taken_bytes_ = 0;
  std::uint64_t given_bytes_ = 0;
  std::uint64_t sends_from_us_ = 0;
  std::uint64_t gives_from_us_ = 0;
  std::string outbox_;  // replies that are ready, from outbox_at_ on
  std::size_t outbox_at_ = 0;
  int ends_ = 0;  // after the outbox, how
  bool lost_ = false;
  bool corrupted_ = false;
  bool gave_corrupted_ = false;
  bool send_gap_ = false;
  bool recv_gap_ = false;
  bool wants_send_ = false;  // the last call of send took nothing
  bool wants_recv_ = false;
};

}  // namespace edgespan::sim
