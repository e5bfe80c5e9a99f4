// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_worker.hpp>

#include "quiet_thread.hpp"
#include "without_interruption.hpp"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace edgespan::posix {
namespace {

constexpr std::uint64_t us_per_s = 1'000'000;
constexpr std::uint64_t look_every_us = 20'000;
constexpr std::uint64_t wait_us_max = 24 * 3600 * us_per_s;  // fits every time_t; longer ones come in parts

timespec to_timespec(std::uint64_t us) noexcept {
  timespec time{};
  time.tv_sec = static_cast<time_t>(us / us_per_s);
  time.tv_nsec = static_cast<long>(us % us_per_s * 1000);
  return time;
}

timespec monotonic_after(std::uint64_t us) noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const timespec wait = to_timespec(us);
  time.tv_sec += wait.tv_sec;
  time.tv_nsec += wait.tv_nsec;
  if (time.tv_nsec >= 1'000'000'000) {
    time.tv_nsec -= 1'000'000'000;
    ++time.tv_sec;
  }
  return time;
}

class Lock {
 public:
  explicit Lock(pthread_mutex_t& mutex) noexcept : mutex_(mutex) { pthread_mutex_lock(&mutex_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock() { pthread_mutex_unlock(&mutex_); }

 private:
  pthread_mutex_t& mutex_;
};

}  // namespace

bool Worker::init(std::size_t stack_bytes) noexcept {
  stack_bytes_ = stack_bytes;
  if (!make_locks()) return false;
  ready_ = wake_up_.make();
  return ready_;
}

bool Worker::make_locks() noexcept {
  // On the monotonic clock, so that a step of the date neither cuts nor stretches the time that stop() waits.
  pthread_condattr_t attributes;
  int error = pthread_condattr_init(&attributes);
  if (error == 0) error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  if (error == 0) error = pthread_cond_init(&ended_, &attributes);
  if (error == 0) error = pthread_mutex_init(&mutex_, nullptr);
  if (error != 0) errno = error;
  return error == 0;
}

// The thread does not exist in the child, and nobody will release the lock if it held it. The wake-up
// descriptors are shared with the parent: a child that read from them would take wake-ups from its parent. So
// all are made anew.
void Worker::forked() noexcept {
  if (!ready_) return;
  state_ = State::stopped;
  make_locks();
  wake_up_.make();
}

Worker::~Worker() {
  if (!ready_) return;
  while (!stop(wait_us_max)) {
  }
  wake_up_.close();
}

bool Worker::start(std::uint64_t (*step)(void*), void* arg) noexcept {
  if (!ready_) return false;
  const Lock lock(mutex_);
  if (state_ != State::stopped) return false;
  if (!wake_up_.intact() && !wake_up_.make()) return false;
  step_ = step;
  arg_ = arg;
  stopping_.store(false);
  if (!create_quiet_thread(thread_, stack_bytes_, false, "edgespan", main, this)) return false;
  state_ = State::running;
  return true;
}

void Worker::wake() noexcept {
  woken_.store(true);
  wake_up_.send();
}

bool Worker::stop(std::uint64_t timeout_us) noexcept {
  if (!ready_) return true;
  stopping_.store(true);
  wake();
  const timespec deadline = monotonic_after(std::min(timeout_us, wait_us_max));
  const Lock lock(mutex_);
  if (state_ != State::stopped && pthread_equal(thread_, pthread_self()) != 0) return false;
  while (state_ == State::running) {
    if (pthread_cond_timedwait(&ended_, &mutex_, &deadline) == ETIMEDOUT && state_ == State::running) {
      return false;
    }
  }
  if (state_ == State::ended) pthread_join(thread_, nullptr);  // it has nothing left to do but return
  state_ = State::stopped;
  return true;
}

void* Worker::main(void* self) {
  static_cast<Worker*>(self)->run();
  return nullptr;
}

void Worker::run() noexcept {
  while (!stopping_.load()) {
    const std::uint64_t wait_us = step_(arg_);
    if (!stopping_.load()) wait(wait_us);
  }
  const Lock lock(mutex_);
  state_ = State::ended;
  pthread_cond_broadcast(&ended_);
}

void Worker::wait(std::uint64_t us) noexcept {
  const Stream::Wanted wanted = stream_.wanted();
  const bool with_stream = wanted != Stream::nothing;
  std::array<pollfd, 2> descriptors{{
      {wake_up_.descriptor(), POLLIN, 0},
      {with_stream ? Stream::descriptor(wanted) : -1, with_stream ? Stream::events(wanted) : short{0}, 0},
  }};
  // Without a wake-up the thread looks from time to time whether somebody asked for one.
  const bool deaf = descriptors[0].fd < 0;
  for (std::uint64_t left_us = std::min(us, wait_us_max); left_us != 0;) {
    if (deaf && woken_.exchange(false)) return;
    const std::uint64_t slice_us = deaf ? std::min(left_us, look_every_us) : left_us;
    const timespec timeout = to_timespec(slice_us);
    if (ppoll(descriptors.data(), descriptors.size(), &timeout, nullptr) != 0) break;
    left_us -= slice_us;
  }
  if (descriptors[0].revents != 0) wake_up_.drain();
  if (descriptors[1].revents != 0) stream_.settle(wanted);
}

}  // namespace edgespan::posix
