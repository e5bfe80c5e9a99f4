// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace edgespan::cli {

// While it lives, SIGINT and SIGTERM are counted and do not end the process. One at a time in a process.
class StopSignal {
 public:
  StopSignal() noexcept;
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  // The number of signals so far, up to 2. The first asks for an end, the second for one without a wait for
  // messages in flight.
  int requests() const noexcept;

 private:
  struct sigaction old_interrupt_;
  struct sigaction old_terminate_;
};

}  // namespace edgespan::cli
