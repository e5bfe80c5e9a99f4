// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace edgespan::sim {

// Calls of the port that can be made to fail.
enum class Call : std::uint8_t { open, send, recv, entropy };
inline constexpr std::size_t call_kinds = 4;

// Counts the agent's calls of the port, fails the n-th call of a kind, and keeps a list of broken contracts.
class Calls {
 public:
  // The n-th call from now (1: the next; 0: none) fails: with `error` for the stream's calls, with false for
  // entropy.
  void fail_at(Call call, std::uint64_t n, int error = EDGESPAN_STREAM_FAILED) {
    plans_[index(call)] = {n == 0 ? 0 : made_[index(call)] + n, error};
  }
  std::uint64_t made(Call call) const { return made_[index(call)]; }
  std::uint64_t made_on_stream() const { return made(Call::open) + made(Call::send) + made(Call::recv); }

  // For the port's parts: counts a call, and says whether it is the one that fails, and how.
  bool fails_now(Call call) { return ++made_[index(call)] == plans_[index(call)].at; }
  int error(Call call) const { return plans_[index(call)].error; }

  // How the agent broke the contract of port.h, one sentence each; empty in every good run.
  void violation(std::string_view text) { violations_.emplace_back(text); }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  static constexpr std::size_t index(Call call) { return static_cast<std::size_t>(call); }

  struct Plan {
    std::uint64_t at = 0;  // 0: none
    int error = EDGESPAN_STREAM_FAILED;
  };
  std::array<Plan, call_kinds> plans_{};
  std::array<std::uint64_t, call_kinds> made_{};
  std::vector<std::string> violations_;
};

}  // namespace edgespan::sim
