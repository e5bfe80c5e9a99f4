// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstdint>

namespace edgespan::test {

// A port's worker whose thread calls `hook` before each step: it may mark the thread, or count. Outlives the
// worker's stop.
class HookedWorker {
 public:
  HookedWorker(const edgespan_worker& real, void (*hook)()) : real_{real}, hook_{hook} {}
  HookedWorker(const HookedWorker&) = delete;
  HookedWorker& operator=(const HookedWorker&) = delete;

  edgespan_worker table() {
    return {this,
            [](void* ctx, std::uint64_t (*step)(void*), void* arg) {
              HookedWorker& self = of(ctx);
              self.step_ = step;
              self.arg_ = arg;
              return self.real_.start(self.real_.ctx, hooked_step, ctx);
            },
            [](void* ctx) { of(ctx).real_.wake(of(ctx).real_.ctx); },
            [](void* ctx, std::uint64_t timeout_us) {
              return of(ctx).real_.stop(of(ctx).real_.ctx, timeout_us);
            }};
  }

 private:
  static HookedWorker& of(void* ctx) { return *static_cast<HookedWorker*>(ctx); }
  static std::uint64_t hooked_step(void* ctx) {
    of(ctx).hook_();
    return of(ctx).step_(of(ctx).arg_);
  }

  const edgespan_worker& real_;
  void (*const hook_)();
  std::uint64_t (*step_)(void*) = nullptr;
  void* arg_ = nullptr;
};

}  // namespace edgespan::test
