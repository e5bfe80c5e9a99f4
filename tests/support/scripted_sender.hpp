// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <edgespan/sender.hpp>
#include <span>
#include <string>
#include <vector>

namespace edgespan::test {

// A sender that answers from a script; when that is used up, with `fallback`. It keeps every batch it was
// offered.
class ScriptedSender {
 public:
  std::deque<SendResult> script;
  SendResult fallback{.state = SendState::delivered};
  std::vector<std::string> offers;  // one an offer(), repeated ones too
  std::vector<std::string> delivered;
  std::size_t abandoned = 0;

  Sender sender() {
    return {this,
            [](void* self, std::span<const std::byte> batch, std::uint64_t) {
              return static_cast<ScriptedSender*>(self)->offer(batch);
            },
            [](void* self) { ++static_cast<ScriptedSender*>(self)->abandoned; }};
  }

  std::string delivered_bytes() const {
    std::string all;
    for (const std::string& batch : delivered) all += batch;
    return all;
  }

 private:
  SendResult offer(std::span<const std::byte> batch) {
    offers.emplace_back(reinterpret_cast<const char*>(batch.data()), batch.size());
    SendResult result = fallback;
    if (!script.empty()) {
      result = script.front();
      script.pop_front();
    }
    if (result.state == SendState::delivered) delivered.push_back(offers.back());
    return result;
  }
};

}  // namespace edgespan::test
