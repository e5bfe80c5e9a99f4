// SPDX-License-Identifier: Apache-2.0
#include <edgespan/wake_up.hpp>

#include "without_interruption.hpp"

#include <sys/socket.h>

#include <array>

namespace edgespan::posix {

bool WakeUp::make() noexcept {
  close();
  std::array<int, 2> ends{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return false;
  const bool here = here_.take(ends[0]);
  return there_.take(ends[1]) && here;
}

void WakeUp::close() noexcept {
  here_.close();
  there_.close();
}

void WakeUp::send() noexcept {
  if (!intact()) return;
  const char byte = 0;
  // EAGAIN means that the buffer is full: a wake-up is waiting already.
  (void)without_interruption([&] { return ::send(there_.number(), &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT); });
}

// What does not fit is read by the next call: the descriptor stays readable.
void WakeUp::drain() noexcept {
  std::array<char, 512> bytes;
  if (!intact()) return;
  (void)without_interruption([&] { return recv(here_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT); });
}

}  // namespace edgespan::posix
