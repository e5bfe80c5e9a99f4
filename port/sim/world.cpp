// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim.hpp>

namespace edgespan::sim {
namespace {

World& world(void* ctx) { return *static_cast<World*>(ctx); }

}  // namespace

World::World(std::uint64_t seed) : chance_(seed), peers_(1) {
  clock_.ctx = this;
  clock_.mono_us = [](void* ctx) { return world(ctx).mono_us_; };
  clock_.wall_us = [](void* ctx) { return world(ctx).wall_us(); };
  clock_.entropy = [](void* ctx, void* out, std::size_t n) { return world(ctx).entropy(out, n); };
  clock_.pause = [](void* ctx, std::uint64_t us) {
    world(ctx).mono_us_ += us;
    world(ctx).paused_us_ += us;
  };
  stream_.ctx = this;
  stream_.open = [](void* ctx, const char* host, std::uint16_t port) { return world(ctx).open(host, port); };
  stream_.send = [](void* ctx, const void* bytes, std::size_t n) {
    return world(ctx).send(static_cast<const char*>(bytes), n);
  };
  stream_.recv = [](void* ctx, void* bytes, std::size_t n) {
    return world(ctx).recv(static_cast<char*>(bytes), n);
  };
  stream_.close = [](void* ctx) { world(ctx).close(); };
}

void World::set_wall(std::uint64_t wall_us) {
  wall_set_ = wall_us != 0;
  wall_offset_us_ = static_cast<std::int64_t>(wall_us - mono_us_);
}

void World::step_wall(std::int64_t us) { wall_offset_us_ += us; }

std::uint64_t World::wall_us() const {
  return wall_set_ ? mono_us_ + static_cast<std::uint64_t>(wall_offset_us_) : 0;
}

bool World::entropy(void* out, std::size_t n) {
  if (n > 64) violation("entropy was asked for more than 64 bytes");
  if (fails_now(Call::entropy) || !entropy_available_) return false;
  auto* bytes = static_cast<unsigned char*>(out);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<unsigned char>(chance_());
  return true;
}

void World::fail_at(Call call, std::uint64_t n, int error) {
  failures_[index(call)] = {n == 0 ? 0 : made_[index(call)] + n, error};
}

bool World::fails_now(Call call) { return ++made_[index(call)] == failures_[index(call)].at; }

void World::set_peers(std::vector<Peer> peers) {
  peers_ = std::move(peers);
  if (peers_.empty()) peers_.emplace_back();
  next_peer_ = 0;
}

}  // namespace edgespan::sim
