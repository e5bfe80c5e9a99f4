// SPDX-License-Identifier: Apache-2.0
// Whether the forked child of a program with threads can start threads of its own here. The emulator of the
// boards' processors (QEMU 7.2) ends such a child by an assertion of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace edgespan::test {

#ifdef __x86_64__  // never emulated: what fails there is ours
inline bool forked_child_may_start_threads() { return true; }
#else
inline bool forked_child_may_start_threads() {
  static const bool may = [] {
    std::atomic<bool> over{false};
    std::thread other{[&over] { over.wait(false); }};
    const pid_t child = fork();
    if (child == 0) {
      std::thread{[] {}}.join();
      _exit(0);
    }
    int status = -1;
    const bool good = child > 0 && waitpid(child, &status, 0) == child && status == 0;
    over.store(true);
    over.notify_all();
    other.join();
    return good;
  }();
  return may;
}
#endif

}  // namespace edgespan::test
