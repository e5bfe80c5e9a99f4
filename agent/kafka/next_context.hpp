// SPDX-License-Identifier: Apache-2.0
// The context of a span that continues what a record says.
#pragma once

#include <librdkafka/rdkafka.h>

#include <edgespan/b3.hpp>
#include <edgespan/messaging_sampler.hpp>
#include <string_view>

#include "core/assert.hpp"
#include "core/ids.hpp"
#include "core/tracing_state.hpp"
#include "kafka/message_text.hpp"

namespace edgespan::kafka_detail {

// Of a record without trace headers.
inline constexpr B3Extraction no_headers{};

// What a record's headers say of the decision.
inline Decision decision_of(const B3Extraction& extraction) noexcept {
  return extraction.kind == B3Extraction::Kind::empty ? Decision::undecided : extraction.context.decision;
}

// `scope_first`: this thread's scope is the parent even if the record holds ids, as for a producer; else the
// record's ids come first. `topic_of` gives the topic, and is asked only if a rule may need it.
template <typename TopicOf>
EDGESPAN_INLINE Context next_context(detail::TracingState& state, const B3Extraction& extraction,
                                     bool scope_first, const MessagingSampler& sampler, Operation operation,
                                     TopicOf topic_of) noexcept {
  const Context* const scope = detail::innermost_scope();
  const bool ids = extraction.kind == B3Extraction::Kind::ids;
  if (scope != nullptr && (scope_first || !ids)) return detail::new_child(state, *scope, nullptr);
  const Decision decision = decision_of(extraction);
  const bool ask = decision == Decision::undecided && !sampler.rules.empty();
  const Sampler* const rule = ask ? sampler.find(operation, topic_of()) : nullptr;
  return ids ? detail::new_child(state, extraction.context, rule) : detail::new_root(state, decision, rule);
}

}  // namespace edgespan::kafka_detail
