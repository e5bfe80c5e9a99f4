// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

// Sanitizers make frames larger and forbid reading below the stack pointer, so nothing is measured under
// them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EDGESPAN_STACK_CAN_BE_PAINTED 0
#else
#define EDGESPAN_STACK_CAN_BE_PAINTED 1
#endif

namespace edgespan::test {

// A worker that fills its thread's stack with a pattern before the first step. Where the pattern is gone, the
// stack was used.
class PaintedWorker {
 public:
  explicit PaintedWorker(const edgespan_worker& real) : real_{real} {}
  PaintedWorker(const PaintedWorker&) = delete;
  PaintedWorker& operator=(const PaintedWorker&) = delete;

  edgespan_worker table() {
    return {this,
            [](void* ctx, std::uint64_t (*step)(void*), void* arg) {
              auto& self = *static_cast<PaintedWorker*>(ctx);
              self.step_ = step;
              self.arg_ = arg;
              return self.real_.start(self.real_.ctx, painted_step, ctx);
            },
            [](void* ctx) {
              const edgespan_worker& worker = static_cast<PaintedWorker*>(ctx)->real_;
              worker.wake(worker.ctx);
            },
            [](void* ctx, std::uint64_t timeout_us) {
              const edgespan_worker& worker = static_cast<PaintedWorker*>(ctx)->real_;
              return worker.stop(worker.ctx, timeout_us);
            }};
  }
  // The bytes of stack that steps have used, below the worker's own loop. Call after stop().
  std::size_t used() const { return used_; }

 private:
  static std::uint64_t painted_step(void* ctx) {
    auto& self = *static_cast<PaintedWorker*>(ctx);
    auto* const here = static_cast<unsigned char*>(__builtin_frame_address(0));
    if (self.low_ == nullptr) self.paint(here);
    const std::uint64_t wait_us = self.step_(self.arg_);
    const unsigned char* touched = self.low_;
    while (touched < here && *touched == paint_byte) ++touched;
    self.used_ = static_cast<std::size_t>(here - touched);
    return wait_us;
  }

  [[gnu::noinline]] void paint(unsigned char* here) {
    pthread_attr_t attributes;
    void* begin = nullptr;
    std::size_t bytes = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &begin, &bytes);
    pthread_attr_destroy(&attributes);
    low_ = static_cast<unsigned char*>(begin);
    std::memset(low_, paint_byte, static_cast<std::size_t>(here - low_) - 1'024);  // this function runs there
  }

  static constexpr unsigned char paint_byte = 0xA5;

  const edgespan_worker& real_;
  std::uint64_t (*step_)(void*) = nullptr;
  void* arg_ = nullptr;
  unsigned char* low_ = nullptr;
  std::size_t used_ = 0;
};

}  // namespace edgespan::test
