// SPDX-License-Identifier: Apache-2.0
// The context of a span that continues what a record says.
#pragma once

#include <librdkafka/rdkafka.h>

#include <edgespan/b3.hpp>
#include <edgespan/messaging_sampler.hpp>
#include <string_view>

#include "core/assert.hpp"
#include "core/ids_impl.hpp"
#include "core/tracing_state.hpp"
#include "kafka/message_text.hpp"

namespace edgespan::kafka_detail {

// Of a record without trace headers.
inline constexpr B3Extraction no_headers{};

// What a record's headers say of the decision.
inline Decision decision_of(const B3Extraction& extraction) noexcept {
  return extraction.kind == B3Extraction::Kind::empty ? Decision::undecided : extraction.context.decision;
}

// `InLine`: wide code draws the ids in line. `scope_first`: this thread's scope is the parent even if the
// record holds ids, as for a producer; else the record's ids come first. `topic_of` gives the topic, and is
// asked only if a rule may need it.
template <bool InLine = false, typename TopicOf>
EDGESPAN_INLINE Context next_context(detail::TracingState& state, const B3Extraction& extraction,
                                     bool scope_first, const MessagingSampler& sampler, Operation operation,
                                     TopicOf topic_of) noexcept {
  constexpr auto child = InLine && detail::wide_code ? detail::make_child : detail::new_child;
  constexpr auto root = InLine && detail::wide_code ? detail::make_root : detail::new_root;
  const Context* const scope = detail::innermost_scope();
  const bool ids = extraction.kind == B3Extraction::Kind::ids;
  if (scope != nullptr && (scope_first || !ids)) return child(state, *scope, nullptr);
  const Decision decision = decision_of(extraction);
  const bool ask = decision == Decision::undecided && !sampler.rules.empty();
  const Sampler* const rule = ask ? sampler.find(operation, topic_of()) : nullptr;
  return ids ? child(state, extraction.context, rule) : root(state, decision, rule);
}

}  // namespace edgespan::kafka_detail
