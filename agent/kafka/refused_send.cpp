// SPDX-License-Identifier: Apache-2.0
#include "kafka/refused_send.hpp"

#include "core/assert.hpp"
#include "kafka/digits.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"
#include "kafka/send_span.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr const char* many_errors = "refused";  // of the slot for every pair

// Not inlined: keeps the texts off the stack of what drains and flushes.
[[gnu::noinline]] void record_many(KafkaState& state, const RefusalSlot& slot, std::uint32_t count,
                                   std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(count != 0);
  const Digits digits{count};
  const bool one_error = slot.error != RD_KAFKA_RESP_ERR_NO_ERROR;
  record_send(state, slot.span,
              {.at_us = now_us,
               .topic = topic_text(state, {slot.topic.data(), slot.topic_size}),
               .key = digits.view(),
               .error = one_error ? rd_kafka_err2name(slot.error) : many_errors,
               .code = slot.error,
               .folded = true});
}

// Whether the refusal has a span of its own, which is then begun; else it is counted. Not inlined: what
// decides is off the stack when the span is recorded.
[[gnu::noinline]] bool begin_refused(KafkaState& state, const RefusedSend& refused,
                                     const B3Extraction& extraction, InflightSpan& span) noexcept {
  detail::TracingState& core = state.core();
  core.count(detail::Event::send_refused);
  const Context* const scope = detail::innermost_scope();
  if ((scope != nullptr ? scope->decision : decision_of(extraction)) == Decision::deny) return false;
  const bool alone = state.refusals.may_be_alone();
  // Before a sampler is asked: its tokens are for work, not for tries in a loop. And before the clock is
  // read, which is a system call on some boards.
  if (!alone && state.refusals.add(refused.topic, refused.error)) {
    core.count(detail::Event::refusal_folded);
    return false;
  }
  const MessagingSampler& sampler = state.config.producer_sampler;
  const auto topic = [&refused] { return refused.topic; };
  span = {next_context(core, extraction, true, sampler, Operation::send, topic), core.now_us()};
  EDGESPAN_ASSERT(span.context.valid());
  if (!span.context.sampled()) return false;
  if (!(alone && state.refusals.claim_alone()) && state.refusals.open(refused.topic, refused.error, span)) {
    core.count(detail::Event::refusal_folded);
    return false;
  }
  return true;
}

}  // namespace

void record_refused(KafkaState& state, const RefusedSend& refused, const B3Extraction& extraction) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || refused.error != RD_KAFKA_RESP_ERR_NO_ERROR);
  if (!state.active()) return;
  InflightSpan span;
  if (!begin_refused(state, refused, extraction, span)) return;
  record_send(state, span,
              {.at_us = span.start_us,
               .topic = topic_text(state, refused.topic),
               .key = refused.key,
               .error = rd_kafka_err2name(refused.error),
               .code = refused.error});
}

void bring_out_refused(KafkaState& state, std::uint64_t now_us, bool all) noexcept {
  EDGESPAN_ASSERT(state.tracing != nullptr);
  for (RefusalSlot& slot : state.refusals.slots()) {
    const std::uint32_t count = Refusals::close(slot, now_us, all);
    if (count == 0) continue;
    record_many(state, slot, count, now_us);
    Refusals::release(slot);
  }
}

}  // namespace edgespan::kafka_detail
