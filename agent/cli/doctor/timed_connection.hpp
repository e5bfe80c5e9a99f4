// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/posix_stream.hpp>

#include <cstdint>
#include <string>

namespace edgespan::cli {

// A connection that is made step by step, each step within a limit of time. Pinned.
class TimedConnection {
 public:
  // Keeps a reference to `clock`.
  TimedConnection(const edgespan_clock& clock, std::uint64_t limit_us) noexcept;
  TimedConnection(const TimedConnection&) = delete;
  TimedConnection& operator=(const TimedConnection&) = delete;

  // The steps. Each returns > 0: done; 0: the limit has passed; < 0: an edgespan_stream_error. connect()
  // comes after a resolve() that was done, with the same host and port.
  int resolve(const std::string& host, std::uint16_t port);
  int connect(const std::string& host, std::uint16_t port);

  // When resolve() had an answer. The system begins to connect in the same call.
  std::uint64_t resolved_us() const noexcept { return resolved_us_; }

  // Calls `attempt`, any work on a stream, until it returns something else than 0 or the limit has passed.
  // Returns as the steps do.
  template <typename Attempt>
  int until_done(Attempt attempt) {
    const std::uint64_t started_us = now_us();
    for (;;) {
      const int result = attempt();
      if (result != 0) return result;
      if (now_us() - started_us >= limit_us_) return 0;
      wait();
    }
  }

  // The stream over the connection. Its open() goes on with the connection, or makes a new one after close().
  const edgespan_stream& stream() const noexcept { return table_; }

  // The peer's address in numbers; empty if it has none yet.
  std::string address() const;

  std::uint64_t limit_us() const noexcept { return limit_us_; }
  std::uint64_t now_us() const noexcept { return clock_.mono_us(clock_.ctx); }

 private:
  void wait();

  const edgespan_clock& clock_;
  std::uint64_t limit_us_;
  posix::Stream stream_;
  edgespan_stream table_;
  std::uint64_t resolved_us_ = 0;
  int early_result_ = 0;  // of connect(), if the call that ended the look-up had it already
};

}  // namespace edgespan::cli
