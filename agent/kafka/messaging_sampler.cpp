// SPDX-License-Identifier: Apache-2.0
#include <edgespan/messaging_sampler.hpp>

#include "core/assert.hpp"

namespace edgespan {

const Sampler* MessagingSampler::find(Operation operation, std::string_view topic) const noexcept {
  EDGESPAN_ASSERT(operation != Operation::any);
  for (const SamplerRule& rule : rules) {
    if (rule.operation != Operation::any && rule.operation != operation) continue;
    if (!rule.topic.empty() && rule.topic != topic) continue;
    return rule.sampler;
  }
  return nullptr;
}

}  // namespace edgespan
