// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/posix_stream.hpp>
#include <edgespan/posix_worker.hpp>

#include <cstddef>
#include <cstdint>

namespace edgespan::posix {

struct Config {
  // Of the reporter's thread, for edgespan's own frames; what the C library needs for a thread comes on top.
  // Measured on x86-64, with the dynamic linker's first look-ups: 3,976 bytes over HTTP, 5,064 over HTTPS
  // with a certificate of the gateway's own. 16 KiB hold that three times.
  std::size_t stack_bytes = 64 * 1024;
  // How long sent data may stay unacknowledged before the connection counts as dead; 0: as the system has it.
  std::uint32_t user_timeout_ms = 15'000;
};

// Linux for one agent: clock, one TCP stream, one thread. Its tables live as long as it does; pinned. It
// allocates nothing. Host names are the exception that it cannot help: they are resolved by the C library on
// a short-lived thread, and the library allocates for both. With a numeric address neither happens.
class Port {
 public:
  Port() noexcept;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // Call once, before any table is used. False: no descriptor or no lock could be had, errno says which.
  bool init(const Config& config = {}) noexcept;

  const edgespan_clock& clock() const noexcept { return clock_; }
  const edgespan_stream& stream() const noexcept { return stream_table_; }
  const edgespan_worker& worker() const noexcept { return worker_table_; }

 private:
  edgespan_clock clock_;
  edgespan_stream stream_table_{};
  edgespan_worker worker_table_{};
  Stream stream_;
  Worker worker_{stream_};  // after the stream: it ends before the stream goes
};

}  // namespace edgespan::posix
