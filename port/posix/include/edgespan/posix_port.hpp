// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/posix_memory_limit.hpp>
#include <edgespan/posix_stream.hpp>
#include <edgespan/posix_worker.hpp>

#include <cstddef>
#include <cstdint>

namespace edgespan::posix {

// Which of the kernel's clocks the agent reads.
enum class ClockKind : std::uint8_t {
  // To the microsecond. A read is a system call where the processor has no counter that a program may read:
  // Cortex-A8, Cortex-A9, ARM1176.
  exact,
  // To the kernel's tick: 4 ms with CONFIG_HZ=250, 1 to 10 ms with others. Starts and durations are whole
  // ticks; a span that ends within the tick in which it began lasts 1 us. Where the kernel's vDSO serves
  // clocks, only two exact reads a second are more than a read of memory. On 32-bit ARM, kernels up to those
  // of 2025 let it serve none unless the processor has a counter: without one this clock is a system call,
  // too, and saves the read of the timer alone.
  tick,
};

struct Config {
  // The stack of the reporter's thread for edgespan's own frames; what the C library needs for a thread comes
  // on top. Measured on x86-64, with the dynamic linker's first look-ups: 3,976 bytes over HTTP, 5,064 over
  // HTTPS with a client certificate. 16 KiB are three times that.
  std::size_t stack_bytes = 64 * 1024;
  // How long sent data may stay unacknowledged before the connection counts as dead. 0: the system's own
  // limit.
  std::uint32_t user_timeout_ms = 15'000;
  ClockKind clock = ClockKind::exact;
};

// The port of Linux for one agent: clock, one TCP stream, one thread. Not copied and not moved; the tables
// are valid as long as the object. It allocates nothing itself. A host name is resolved by the C library on a
// short-lived thread, and the C library allocates for the thread and the look-up; a numeric address needs
// neither.
class Port {
 public:
  Port() noexcept;
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // Call once, before any table is used. False: the system gave no descriptor or no lock; errno says why.
  bool init(const Config& config = {}) noexcept;

  // How much memory this process may take; Agent::start() compares.
  static MemoryLimit memory_limit() noexcept { return posix::memory_limit(); }

  const edgespan_clock& clock() const noexcept { return clock_; }
  const edgespan_stream& stream() const noexcept { return stream_table_; }
  const edgespan_worker& worker() const noexcept { return worker_table_; }

 private:
  edgespan_clock clock_;
  edgespan_stream stream_table_{};
  edgespan_worker worker_table_{};
  edgespan_fork_listener fork_listener_{};
  Stream stream_;
  Worker worker_{stream_};  // after the stream: it ends before the stream goes
};

}  // namespace edgespan::posix
