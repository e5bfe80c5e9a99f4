// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace edgespan::sim {

inline constexpr std::size_t unlimited = SIZE_MAX;

// How the peer behaves on one connection. Positions count bytes since the connection was opened.
struct Peer {
  // What open() answers in the end: 1, or an edgespan_stream_error; before that 0, `open_waits` times.
  int open = 1;
  std::size_t open_waits = 0;  // unlimited: SYNs vanish

  // How the peer reads.
  std::size_t send_bytes = unlimited;   // taken by one call of send at most
  bool send_gaps = false;               // every other call of send takes nothing
  std::size_t reads_until = 0;          // position after which send takes nothing; 0: never stalls
  std::size_t dies_after_taking = 0;    // position at which the connection ends; 0: does not
  std::size_t replies_early_after = 0;  // where in the first request its reply is ready; 0: at its end

  // How the peer answers.
  std::vector<std::string> replies;     // to the first, second... request; after the last: silence
  std::size_t recv_bytes = unlimited;   // given by one call of recv at most
  bool recv_gaps = false;               // every other call of recv gives nothing
  std::uint64_t reply_after_us = 0;     // from the moment the reply is ready
  std::size_t dies_after_giving = unlimited;  // position at which the connection ends; 0: before any reply
  int end = EDGESPAN_STREAM_CLOSED;     // what the end looks like
};

// Calls that fail_at() can fail.
enum class Call : std::uint8_t { open, send, recv, entropy };
inline constexpr std::size_t call_kinds = 4;

struct Request {
  std::string head;
  std::string body;  // as far as it arrived
  bool complete = false;
};

// A world for tests: one virtual time, one seed, one network peer. Same seed and same calls, same world. One
// thread. Tables live as long as the world, which is neither copied nor moved.
class World {
 public:
  explicit World(std::uint64_t seed);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const edgespan_clock& clock() const { return clock_; }
  const edgespan_stream& stream() const { return stream_; }

  // Time. It moves by advance() and by the clock's pause alone. The wall clock runs along once it is set.
  void advance(std::uint64_t us) { mono_us_ += us; }
  std::uint64_t now_us() const { return mono_us_; }
  std::uint64_t paused_us() const { return paused_us_; }
  void set_wall(std::uint64_t wall_us);  // 0: the board does not know the date
  void step_wall(std::int64_t us);       // the wall clock is set back or forward; it has to be known

  void set_entropy(bool available) { entropy_available_ = available; }

  // The n-th call from now (1: the next) fails: with `error` for the stream's calls, with false for entropy.
  void fail_at(Call call, std::uint64_t n, int error = EDGESPAN_STREAM_FAILED);
  std::uint64_t calls(Call call) const { return made_[index(call)]; }

  // The network. Every connection takes the next peer; the last one stays for all that follow.
  void set_peers(std::vector<Peer> peers);
  const std::vector<Request>& requests() const { return requests_; }
  std::size_t connections() const { return connections_; }  // that were opened
  bool connected() const { return state_ == State::open; }
  // How the agent broke the contract of port.h, one sentence each; empty in every good run.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  enum class State : std::uint8_t { closed, opening, open, dead };

  static constexpr std::size_t index(Call call) { return static_cast<std::size_t>(call); }
  bool fails_now(Call call);
  std::uint64_t wall_us() const;
  bool entropy(void* out, std::size_t n);
  int open(const char* host, std::uint16_t port);
  std::int32_t send(const char* bytes, std::size_t n);
  std::int32_t recv(char* bytes, std::size_t n);
  void close();
  std::int32_t die(int error);
  void take(const char* bytes, std::size_t n);
  void take_byte(char byte);
  void release_reply();
  std::size_t giveable(std::size_t n) const;
  void violation(std::string text) { violations_.push_back(std::move(text)); }

  edgespan_clock clock_{};
  edgespan_stream stream_{};
  std::mt19937_64 chance_;
  std::uint64_t mono_us_ = 1;
  std::uint64_t paused_us_ = 0;
  std::int64_t wall_offset_us_ = 0;
  bool wall_set_ = false;
  bool entropy_available_ = true;

  struct Failure {
    std::uint64_t at = 0;  // 0: none planned
    int error = EDGESPAN_STREAM_FAILED;
  };
  std::array<Failure, call_kinds> failures_{};
  std::array<std::uint64_t, call_kinds> made_{};

  std::vector<Peer> peers_;
  std::size_t next_peer_ = 0;
  std::size_t connections_ = 0;
  std::vector<Request> requests_;
  std::vector<std::string> violations_;

  // Of the connection that is there.
  State state_ = State::closed;
  Peer peer_;
  std::size_t waited_opens_ = 0;
  std::size_t taken_bytes_ = 0;
  std::size_t given_bytes_ = 0;
  std::size_t next_reply_ = 0;
  std::string outbox_;  // replies that are ready
  std::uint64_t outbox_from_us_ = 0;
  bool in_request_ = false;
  bool reply_released_ = false;  // that of the request being taken
  std::size_t request_from_ = 0;     // position of the request being taken
  std::size_t body_bytes_ = 0;       // announced by it
  bool send_gap_ = false;
  bool recv_gap_ = false;
};

}  // namespace edgespan::sim
