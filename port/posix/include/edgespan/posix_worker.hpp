// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/posix_stream.hpp>
#include <edgespan/wake_up.hpp>

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace edgespan::posix {

// The thread behind the port's edgespan_worker. It waits for a wake-up and for the stream at the same time.
// If the application closes the descriptors of the wake-up, the thread looks for one every 20 ms, until the
// next start().
class Worker {
 public:
  explicit Worker(Stream& stream) noexcept : stream_(stream) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Waits until the present step has ended, because the thread uses this object. Steps do not block.
  ~Worker();

  bool init(std::size_t stack_bytes) noexcept;  // false: errno says why

  // As edgespan_worker says. After stop() has returned true it can be started again.
  bool start(std::uint64_t (*step)(void*), void* arg) noexcept;
  void wake() noexcept;
  // From inside the step it only asks for the end, and returns false.
  bool stop(std::uint64_t timeout_us) noexcept;

  // In a forked child, as edgespan_fork_listener says: no thread was ever started here.
  void forked() noexcept;

 private:
  enum class State : std::uint8_t { stopped, running, ended };  // ended: not joined yet

  static void* main(void* self);
  void run() noexcept;
  void wait(std::uint64_t us) noexcept;
  bool make_locks() noexcept;

  Stream& stream_;
  std::uint64_t (*step_)(void*) = nullptr;
  void* arg_ = nullptr;
  std::size_t stack_bytes_ = 0;
  bool ready_ = false;  // init() has succeeded
  WakeUp wake_up_;
  std::atomic<bool> woken_{false};  // for a thread whose wake-up is lost
  std::atomic<bool> stopping_{false};
  pthread_t thread_{};
  pthread_mutex_t mutex_{};  // over state_ and thread_; never held during a step
  pthread_cond_t ended_{};
  State state_ = State::stopped;
};

}  // namespace edgespan::posix
