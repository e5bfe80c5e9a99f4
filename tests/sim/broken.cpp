// SPDX-License-Identifier: Apache-2.0
#include "broken.hpp"

#include <cstring>
#include <string_view>

#include "core/tracing_state.hpp"

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
  table.cancel = [](void* ctx) {
    auto& self = *static_cast<BrokenSender*>(ctx);
    if (self.defect_ != Defect::forgets_to_close) self.sound_.cancel(self.sound_.ctx);
  };
  return table;
}

// Every defect shows now and then only, as real ones do.
SendResult BrokenSender::offer(std::span<const std::byte> batch, std::uint64_t now_us) {
  ++offers_;
  if (defect_ == Defect::misspells) batch = misspelt(batch);
  if (defect_ == Defect::alters_a_resend && failed_) {
    std::memcpy(altered_.data(), batch.data(), batch.size());
    altered_[batch.size() - 1] ^= std::byte{1};
    batch = std::span{altered_}.first(batch.size());
  }
  SendResult result = sound_.offer(sound_.ctx, batch, now_us);
  if (result.outcome == Outcome::delivered) ++delivered_;
  if (result.outcome != Outcome::pending) failed_ = is_offered_again(result.outcome);
  switch (defect_) {
    case Defect::loses_a_batch:
      if (is_offered_again(result.outcome) && offers_ % 8 == 0) result.outcome = Outcome::delivered;
      break;
    case Defect::sends_twice:
      if (result.outcome == Outcome::delivered && delivered_ % 32 == 0)
        return sound_.offer(sound_.ctx, batch, now_us);
      break;
    case Defect::miscounts:
      if (result.outcome == Outcome::delivered && delivered_ % 32 == 0)
        ++detail::state_of(*tracing_).ledger.sums.delivered;
      break;
    case Defect::ignores_a_refusal:
      if (result.outcome == Outcome::unauthorized) result.outcome = Outcome::refused;
      break;
    case Defect::ignores_retry_after:
      result.asked_pause_us = 0;
      break;
    default:
      break;
  }
  return result;
}

// A letter of one tag, the same one in every resend: sound protobuf, and not what the application said.
std::span<const std::byte> BrokenSender::misspelt(std::span<const std::byte> batch) {
  constexpr std::string_view topic = "truck.cargo";
  const std::string_view text{reinterpret_cast<const char*>(batch.data()), batch.size()};
  const std::size_t at = text.find(topic);
  if (at == std::string_view::npos) return batch;
  std::memcpy(altered_.data(), batch.data(), batch.size());
  altered_[at] = std::byte{'d'};
  return std::span{altered_}.first(batch.size());
}

}  // namespace edgespan::simtest
