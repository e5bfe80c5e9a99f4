// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_clock.hpp>

namespace edgespan::sim {
namespace {

constexpr std::int64_t million = 1'000'000;

Clock& clock(void* ctx) { return *static_cast<Clock*>(ctx); }

}  // namespace

Clock::Clock(std::uint64_t seed, Calls& calls) : calls_(calls), random_(seed) {
  table_.ctx = this;
  table_.mono_us = [](void* ctx) { return clock(ctx).read(); };
  table_.wall_us = [](void* ctx) { return clock(ctx).wall_us(); };
  table_.entropy = [](void* ctx, void* out, std::size_t n) { return clock(ctx).entropy(out, n); };
  table_.pause = [](void* ctx, std::uint64_t us) { clock(ctx).pause(us); };
  table_.fence_threads = [](void*) {};  // a world has one thread
}

void Clock::advance(std::uint64_t us) {
  mono_us_ += us;
  if (drift_ppm_ == 0) return;
  // In slices, so that the product stays inside 64 bits however long the board slept.
  for (constexpr std::uint64_t slice_us = 1ULL << 40; us != 0;) {
    const std::uint64_t part_us = us < slice_us ? us : slice_us;
    drifted_ += static_cast<std::int64_t>(part_us) * drift_ppm_;
    offset_us_ += drifted_ / million;
    drifted_ %= million;
    us -= part_us;
  }
}

void Clock::set_wall(std::uint64_t wall_us) {
  wall_set_ = wall_us != 0;
  offset_us_ = static_cast<std::int64_t>(wall_us - mono_us_);
}

void Clock::on_pause(void* ctx, void (*hook)(void* ctx, std::uint64_t us)) {
  pause_ctx_ = ctx;
  pause_hook_ = hook;
}

void Clock::pause(std::uint64_t us) {
  paused_us_ += us;
  if (pause_hook_ != nullptr) return pause_hook_(pause_ctx_, us);
  advance(us);
}

void Clock::on_read(void* ctx, void (*hook)(void* ctx)) {
  read_ctx_ = ctx;
  read_hook_ = hook;
}

std::uint64_t Clock::read() {
  const std::uint64_t now_us = mono_us_;
  if (read_hook_ != nullptr) read_hook_(read_ctx_);
  return now_us;
}

bool Clock::entropy(void* out, std::size_t n) {
  if (n == 0 || n > 64) calls_.violation("entropy was asked for no bytes, or more than 64");
  if (calls_.fails_now(Call::entropy) || !entropy_available_) return false;
  auto* bytes = static_cast<unsigned char*>(out);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<unsigned char>(random_.next() >> 56);
  return true;
}

}  // namespace edgespan::sim
