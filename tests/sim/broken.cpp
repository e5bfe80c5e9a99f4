// SPDX-License-Identifier: Apache-2.0
#include "broken.hpp"

#include <cstring>

#include "core/state.hpp"

namespace edgespan::simtest {

Sender BrokenSender::wrap(const Sender& sound, Tracing& tracing, Defect defect) {
  if (defect == Defect::none) return sound;
  sound_ = sound;
  tracing_ = &tracing;
  defect_ = defect;
  Sender table;
  table.ctx = this;
  table.offer = [](void* ctx, std::span<const std::byte> batch, std::uint64_t now_us) {
    return static_cast<BrokenSender*>(ctx)->offer(batch, now_us);
  };
  table.abandon = [](void* ctx) {
    auto& self = *static_cast<BrokenSender*>(ctx);
    if (self.defect_ != Defect::forgets_to_close) self.sound_.abandon(self.sound_.ctx);
  };
  return table;
}

// Every defect shows now and then only, as real ones do.
SendResult BrokenSender::offer(std::span<const std::byte> batch, std::uint64_t now_us) {
  ++offers_;
  if (defect_ == Defect::alters_a_resend && failed_) {
    std::memcpy(altered_.data(), batch.data(), batch.size());
    altered_[batch.size() - 1] ^= std::byte{1};
    batch = std::span{altered_}.first(batch.size());
  }
  SendResult result = sound_.offer(sound_.ctx, batch, now_us);
  if (result.state == SendState::delivered) ++delivered_;
  if (result.state != SendState::pending) failed_ = result.state == SendState::retry;
  switch (defect_) {
    case Defect::loses_a_batch:
      if (result.state == SendState::retry && offers_ % 8 == 0) result.state = SendState::delivered;
      break;
    case Defect::sends_twice:
      if (result.state == SendState::delivered && delivered_ % 32 == 0) return sound_.offer(sound_.ctx, batch, now_us);
      break;
    case Defect::miscounts:
      if (result.state == SendState::delivered && delivered_ % 32 == 0) ++tracing_->state().ledger.delivered;
      break;
    default: break;
  }
  return result;
}

}  // namespace edgespan::simtest
