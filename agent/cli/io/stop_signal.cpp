// SPDX-License-Identifier: Apache-2.0
#include "cli/io/stop_signal.hpp"

namespace edgespan::cli {
namespace {

volatile std::sig_atomic_t stop_requests = 0;

void on_stop(int) {
  if (stop_requests < 2) stop_requests = stop_requests + 1;
}

}  // namespace

StopSignal::StopSignal() noexcept {
  stop_requests = 0;
  struct sigaction action {};
  action.sa_handler = on_stop;
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART, so that a wait ends at once.
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

StopSignal::~StopSignal() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

int StopSignal::requests() const noexcept { return stop_requests; }

}  // namespace edgespan::cli
