// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_world.hpp>

#include <algorithm>

namespace edgespan::sim {

World::World(std::uint64_t seed) : clock_(seed, calls_), link_(clock_, calls_), peers_(1) {
  link_.set_far_end(
      {.ctx = this,
       .accept = [](void* ctx) -> const Conduct& { return static_cast<World*>(ctx)->accept(); },
       .take = [](void* ctx, std::string_view bytes) { static_cast<World*>(ctx)->take(bytes); }});
}

void World::set_peers(std::vector<Peer> peers) {
  peers_ = std::move(peers);
  if (peers_.empty()) peers_.emplace_back();
  next_peer_ = 0;
}

const Conduct& World::accept() {
  peer_ = peers_[std::min(next_peer_++, peers_.size() - 1)];
  next_reply_ = 0;
  reader_.next();
  return peer_;
}

void World::take(std::string_view bytes) {
  const bool early = link_.taken_bytes() == peer_.replies_early_after;
  while (!bytes.empty()) {
    if (!reader_.begun()) {
      requests_.emplace_back();
      reply_released_ = false;
    }
    bytes.remove_prefix(reader_.feed(bytes));
    Request& request = requests_.back();
    request = {reader_.head(), reader_.body(), reader_.complete() && !reader_.unframed()};
    if (reader_.unframed()) calls_.violation("a request without Content-Length");
    if (early || request.complete) release_reply();
    if (request.complete || reader_.unframed()) reader_.next();
  }
}

void World::release_reply() {
  if (reply_released_ || next_reply_ >= peer_.replies.size()) return;
  reply_released_ = true;
  link_.reply(peer_.replies[next_reply_++]);
}

}  // namespace edgespan::sim
