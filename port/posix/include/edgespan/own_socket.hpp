// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace edgespan::posix {

// A socket of the agent's. The application may close its number, as closefrom() does, and the system then
// gives the number to another file. So the number alone does not tell whether it is still this socket; the
// inode that was noted when it was opened does. Between a look at it and the call that follows, another
// thread can still replace the file: the kernel offers no call that does both at once.
class OwnSocket {
 public:
  // Takes over a socket that was opened just now. False, and nothing is held, if `number` is negative or its
  // inode cannot be had; the latter closes it.
  bool take(int number) noexcept;

  // Whether a socket is held, and its number still is that socket. Any thread.
  bool intact() const noexcept;

  // The number; -1 if no socket is held. Any thread.
  int number() const noexcept { return inode_.load() == 0 ? -1 : number_.load(); }

  // Lets go of the socket, and closes the number if it is intact.
  void close() noexcept;

 private:
  // Zeros: a table of them lies in .bss.
  std::atomic<std::int32_t> number_{0};
  std::atomic<std::uint32_t> inode_{0};  // 0: none is held
};

}  // namespace edgespan::posix
