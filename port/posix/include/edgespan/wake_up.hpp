// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/own_socket.hpp>

namespace edgespan::posix {

// A descriptor that becomes readable when another thread asks for it. A pair of sockets rather than an
// eventfd, because all eventfds share one inode: nobody could tell ours from one of the application's.
class WakeUp {
 public:
  // Opens the pair, or opens it anew. False: the system gave none; errno says why.
  bool make() noexcept;
  void close() noexcept;

  // Whether both ends are still there. Any thread.
  bool intact() const noexcept { return here_.intact() && there_.intact(); }

  // Becomes readable with send(), until drain(). -1: the pair is not intact. It is not the caller's to close.
  int descriptor() const noexcept { return intact() ? here_.number() : -1; }

  // Does nothing if the pair is not intact. Any thread; never blocks.
  void send() noexcept;
  void drain() noexcept;

 private:
  OwnSocket here_;
  OwnSocket there_;
};

}  // namespace edgespan::posix
