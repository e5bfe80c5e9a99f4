// SPDX-License-Identifier: Apache-2.0
// One thread stands between two steps of its own while others go their whole way. No test waits for time: the
// thread says when it stands there, and goes on when it is told to.
#pragma once

#include "core/pause_point.hpp"
#include "support/test.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace edgespan::test {

// The gate of the test that runs: it stops one thread, once.
struct Gate {
  std::mutex mutex;
  std::condition_variable moved;
  detail::PausePoint point{};
  bool armed = false, reached = false, open = false;
};
inline Gate gate;

// A thread that begins `work` and stands at a point of it. Made when it stands there.
class Paused {
 public:
  template <typename Work>
  Paused(detail::PausePoint point, Work work) {
    {
      const std::lock_guard lock{gate.mutex};
      gate.point = point;
      gate.armed = true;
      gate.reached = gate.open = false;
    }
    thread_ = std::thread{[this, work] {
      work();
      const std::lock_guard lock{gate.mutex};
      ended_ = true;
      gate.moved.notify_all();
    }};
    std::unique_lock lock{gate.mutex};
    gate.moved.wait(lock, [this] { return gate.reached || ended_; });
    TEST_ASSERT_TRUE(gate.reached);  // it came by there
  }
  ~Paused() { go_on(); }
  void go_on() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock{gate.mutex};
      gate.armed = false;
      gate.open = true;
      gate.moved.notify_all();
    }
    thread_.join();
  }

 private:
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace edgespan::test
