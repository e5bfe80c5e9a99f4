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

// How much stack a thread gets whose maker does not say, as librdkafka's threads: `bytes`, to which glibc
// adds up to 64 KiB for thread-local data. For the whole process, from the next thread on: call it once,
// before rd_kafka_new(). glibc gives 8 MiB otherwise; musl 128 KiB, and never less than that. False: too few
// bytes for any thread, and nothing was changed. What librdkafka needs, kafka_constrain.hpp says.
bool default_thread_stack(std::size_t bytes) noexcept;

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
