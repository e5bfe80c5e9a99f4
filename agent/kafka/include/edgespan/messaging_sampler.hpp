// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <edgespan/sampler.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// What a messaging rule may match: the operation names of Brave's messaging samplers.
enum class Operation : std::uint8_t { any, send, receive };

// One rule: `topic` empty matches every topic, else it must equal the record's topic exactly.
struct SamplerRule {
  Operation operation = Operation::any;
  std::string_view topic{};
  const Sampler* sampler = nullptr;  // never null
};

// An ordered list of rules: the first that matches decides, no match leaves the decision to the tracing's
// sampler. Rules are asked only where a record comes without a decision and, when sending, no scope is open.
struct MessagingSampler {
  std::span<const SamplerRule> rules{};  // kept, not copied

  const Sampler* find(Operation operation, std::string_view topic) const noexcept;
};

}  // namespace edgespan
