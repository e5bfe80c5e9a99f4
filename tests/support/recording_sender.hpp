// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/sender.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace edgespan::test {

// What is kept of one offer. Two offers that compare equal carried the same bytes.
struct Offer {
  std::size_t size = 0;
  std::uint64_t hash = 0;
  friend bool operator==(const Offer&, const Offer&) = default;
};

// A sender that answers from a script, and with `fallback` after its end. Allocates nothing.
class RecordingSender {
 public:
  SendResult fallback{.outcome = Outcome::delivered};
  std::size_t offers = 0;
  std::array<Offer, 8> first_offers{};
  std::size_t largest_offer = 0;
  std::size_t batches_delivered = 0;
  std::uint64_t bytes_delivered = 0;
  std::size_t cancelled = 0;
  std::array<std::string_view, 2> wanted{};  // texts to look for in what is delivered
  std::array<bool, 2> found{};

  // At most eight answers.
  void script(std::initializer_list<SendResult> answers) {
    std::copy(answers.begin(), answers.end(), script_.begin());
    next_ = 0;
    scripted_ = answers.size();
  }

  // The delivered batches, except those that would make it more than 1,280 bytes in all.
  std::span<const std::byte> delivered() const { return {kept_.data(), kept_bytes_}; }

  Sender sender() {
    return {this,
            [](void* self, std::span<const std::byte> batch, std::uint64_t) {
              return static_cast<RecordingSender*>(self)->offer(batch);
            },
            [](void* self) { ++static_cast<RecordingSender*>(self)->cancelled; }};
  }

 private:
  SendResult offer(std::span<const std::byte> batch) {
    Offer made{batch.size(), 0xcbf29ce484222325};
    for (const std::byte byte : batch) made.hash = (made.hash ^ static_cast<unsigned>(byte)) * 0x100000001b3;
    if (offers < first_offers.size()) first_offers[offers] = made;
    ++offers;
    largest_offer = std::max(largest_offer, batch.size());
    const SendResult result = next_ < scripted_ ? script_[next_++] : fallback;
    if (result.outcome == Outcome::delivered) deliver(batch);
    return result;
  }

  void deliver(std::span<const std::byte> batch) {
    ++batches_delivered;
    bytes_delivered += batch.size();
    const std::string_view text{reinterpret_cast<const char*>(batch.data()), batch.size()};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      found[i] = found[i] || (!wanted[i].empty() && text.find(wanted[i]) != std::string_view::npos);
    }
    if (batch.size() > kept_.size() - kept_bytes_) return;
    std::copy(batch.begin(), batch.end(), kept_.begin() + static_cast<std::ptrdiff_t>(kept_bytes_));
    kept_bytes_ += batch.size();
  }

  std::array<SendResult, 8> script_{};
  std::size_t next_ = 0;
  std::size_t scripted_ = 0;
  std::array<std::byte, 1'280> kept_{};
  std::size_t kept_bytes_ = 0;
};

}  // namespace edgespan::test
