// SPDX-License-Identifier: Apache-2.0
// A simulated platform: virtual time, one seed, a network that fails as the test says. This header has the
// small world of the unit tests, whose peer follows a script. The headers beside it are the parts of a world.
#pragma once

#include <edgespan/port.h>
#include <edgespan/sim_calls.hpp>
#include <edgespan/sim_clock.hpp>
#include <edgespan/sim_http_request_reader.hpp>
#include <edgespan/sim_link.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace edgespan::sim {

// How the peer behaves on one connection, and what it replies.
struct Peer : Conduct {
  std::vector<std::string> replies;  // to the first, second... request; further requests get no reply
};

struct Request {
  std::string head;
  std::string body;  // as far as it arrived
  bool complete = false;
};

// A world for tests: one virtual time, one seed, one network peer. The same seed and the same calls make the
// same world. For one thread. Its tables are valid as long as the world, which is neither copied nor moved.
class World {
 public:
  explicit World(std::uint64_t seed);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const edgespan_clock& clock() const { return clock_.table(); }
  const edgespan_stream& stream() const { return link_.table(); }

  // Time moves only in advance() and in the clock's pause. The wall clock moves with it once it is set.
  void advance(std::uint64_t us) { clock_.advance(us); }
  std::uint64_t now_us() const { return clock_.now_us(); }
  std::uint64_t paused_us() const { return clock_.paused_us(); }
  void set_wall(std::uint64_t wall_us) { clock_.set_wall(wall_us); }  // 0: the board does not know the date
  void step_wall(std::int64_t us) { clock_.step_wall(us); }

  void set_entropy(bool available) { clock_.set_entropy(available); }

  // The n-th call from now (1: the next) fails: with `error` for the stream's calls, with false for entropy.
  void fail_at(Call call, std::uint64_t n, int error = EDGESPAN_STREAM_FAILED) {
    calls_.fail_at(call, n, error);
  }
  std::uint64_t calls(Call call) const { return calls_.made(call); }

  // The network. Each connection gets the next peer; connections after the last peer get that one again.
  void set_peers(std::vector<Peer> peers);
  const std::vector<Request>& requests() const { return requests_; }
  std::uint64_t connections() const { return link_.connections(); }  // that were opened
  bool connected() const { return link_.connected(); }
  bool opening() const { return link_.opening(); }  // one was asked for, and is not given up
  // How the agent broke the contract of port.h, one sentence each; empty in every good run.
  const std::vector<std::string>& violations() const { return calls_.violations(); }

 private:
  const Conduct& accept();
  void take(std::string_view bytes);
  void release_reply();

  Calls calls_;
  Clock clock_;
  Link link_;

  std::vector<Peer> peers_;
  std::size_t next_peer_ = 0;
  std::vector<Request> requests_;

  // Of the connection that is there.
  Peer peer_;
  std::size_t next_reply_ = 0;
  HttpRequestReader reader_;
  bool reply_released_ = false;  // that of the request being taken
};

}  // namespace edgespan::sim
