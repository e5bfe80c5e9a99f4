// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/posix_stream.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// A stream over a stream that remembers what came back on it. Pinned.
class RecordingStream {
 public:
  // `inner` is kept.
  explicit RecordingStream(const edgespan_stream& inner) noexcept;
  RecordingStream(const RecordingStream&) = delete;
  RecordingStream& operator=(const RecordingStream&) = delete;

  const edgespan_stream& stream() const noexcept { return table_; }

  // What the peer said since forget(), 64 KiB at most.
  std::string_view received() const noexcept { return received_; }
  void forget() noexcept { received_.clear(); }

 private:
  std::int32_t recv(void* bytes, std::size_t n);

  const edgespan_stream& inner_;
  edgespan_stream table_;
  std::string received_;
};

// A connection for `edgespan doctor`, made step by step, each within a limit. Pinned.
class TimedConnection {
 public:
  // `clock` is kept.
  TimedConnection(const edgespan_clock& clock, std::uint64_t limit_us) noexcept;
  TimedConnection(const TimedConnection&) = delete;
  TimedConnection& operator=(const TimedConnection&) = delete;

  // > 0: done; 0: the limit has passed; < 0: an edgespan_stream_error. connect() follows a resolve() that was
  // done, with the same host and port.
  int resolve(const std::string& host, std::uint16_t port);
  int connect(const std::string& host, std::uint16_t port);

  // When resolve() had an answer; the system begins to connect in the same call.
  std::uint64_t resolved_us() const noexcept { return resolved_us_; }

  // Any work on a stream: `attempt` is called until it does not return 0, as above.
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

  // Over the connection. open() goes on with it, or connects anew after close().
  const edgespan_stream& stream() const noexcept { return table_; }

  // Where it leads, or is to lead, in numbers; empty if it does not.
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
  int early_result_ = 0;  // of connecting, if the call that ended the look-up told it at once
};

}  // namespace edgespan::cli
