// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/sender.hpp>
#include <edgespan/tracing.hpp>

#include "setup.hpp"

namespace edgespan::simtest {

// Stands between the reporter and its sender and, where a defect is wanted, breaks the agent there: a canary
// for the oracle.
class BrokenSender {
 public:
  // The table to give to the reporter: `sound` itself if nothing is to be broken.
  Sender wrap(const Sender& sound, Tracing& tracing, Defect defect);

 private:
  SendResult offer(std::span<const std::byte> batch, std::uint64_t now_us);
  std::span<const std::byte> misspelt(std::span<const std::byte> batch);

  Sender sound_{};
  Tracing* tracing_ = nullptr;
  Defect defect_ = Defect::none;
  std::uint64_t offers_ = 0;
  std::uint64_t delivered_ = 0;
  bool failed_ = false;
  std::array<std::byte, 65'536> altered_{};
};

}  // namespace edgespan::simtest
