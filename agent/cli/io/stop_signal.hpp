// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace edgespan::cli {

// While it lives, SIGINT and SIGTERM ask for an end instead of bringing it. One at a time in a process.
class StopSignal {
 public:
  StopSignal() noexcept;
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  ~StopSignal();

  // How often an end was asked for. The second time means: do not wait for what is still on its way.
  int requests() const noexcept;

 private:
  struct sigaction old_interrupt_;
  struct sigaction old_terminate_;
};

}  // namespace edgespan::cli
