// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <edgespan/sim_calls.hpp>
#include <edgespan/sim_random.hpp>

#include <cstdint>

namespace edgespan::sim {

// Virtual time, and entropy that may be late. The monotonic clock moves by advance() and by `pause` alone.
// The wall clock runs along once it is set; it can step, and drift against the monotonic clock.
class Clock {
 public:
  Clock(std::uint64_t seed, Calls& calls);
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  const edgespan_clock& table() const { return table_; }

  void start_at(std::uint64_t mono_us) { mono_us_ = mono_us; }  // 1 or more; before anything else
  void advance(std::uint64_t us);
  std::uint64_t now_us() const { return mono_us_; }

  void set_wall(std::uint64_t wall_us);                  // 0: the board does not know the date
  void step_wall(std::int64_t us) { offset_us_ += us; }  // back or forward; it has to be known
  void set_drift(std::int32_t ppm) { drift_ppm_ = ppm; }
  bool wall_known() const { return wall_set_; }
  std::uint64_t wall_us() const { return wall_set_ ? mono_us_ + static_cast<std::uint64_t>(offset_us_) : 0; }

  void set_entropy(bool available) { entropy_available_ = available; }

  // Sets what a `pause` does: a test that runs other events meanwhile advances the clock in its hook. Without
  // a hook, `pause` advances the clock.
  void on_pause(void* ctx, void (*hook)(void* ctx, std::uint64_t us));
  std::uint64_t paused_us() const { return paused_us_; }

  // Sets what happens between the agent's reading of the monotonic clock and its use of the value, as if
  // another thread ran there.
  void on_read(void* ctx, void (*hook)(void* ctx));

 private:
  bool entropy(void* out, std::size_t n);
  void pause(std::uint64_t us);
  std::uint64_t read();

  edgespan_clock table_{};
  Calls& calls_;
  Random random_;
  std::uint64_t mono_us_ = 1;
  std::int64_t offset_us_ = 0;
  std::int64_t drifted_ = 0;  // the part of the drift below a microsecond, in millionths
  std::int32_t drift_ppm_ = 0;
  bool wall_set_ = false;
  bool entropy_available_ = true;
  std::uint64_t paused_us_ = 0;
  void* pause_ctx_ = nullptr;
  void (*pause_hook_)(void* ctx, std::uint64_t us) = nullptr;
  void* read_ctx_ = nullptr;
  void (*read_hook_)(void* ctx) = nullptr;
};

}  // namespace edgespan::sim
