// SPDX-License-Identifier: Apache-2.0
#include "kafka/send_span.hpp"

#include <algorithm>
#include <cstddef>

#include "core/assert.hpp"
#include "core/largest_span.hpp"
#include "core/open_spans.hpp"
#include "kafka/message_text.hpp"
#include "kafka/otel_functions.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::size_t error_bytes_max = 40;  // of rd_kafka_err2name(): 37 in librdkafka 2.14

// A message's span holds texts of librdkafka's message instead of a slot's.
constexpr std::uint32_t send_span_bytes(std::size_t topic_bytes, std::size_t key_bytes) noexcept {
  detail::SpanFields span = detail::largest_frame();
  span.name = name_field<send_operation>;
  span.remote = detail::bytes_of(4 + detail::service_name_max);  // KafkaConfig::remote_service_name
  span.tags = {{{key_tag, detail::text_of(key_bytes)},
                {topic_tag, detail::text_of(topic_bytes)},
                {detail::error_key, detail::text_of(error_bytes_max)}}};
  return detail::encode_impl::encoded_size(span).total;
}

// Memory is planned with span_bytes_max, so it must be the size of the largest span and no other.
constexpr std::uint32_t ring_unit_bytes = 8;
constexpr std::uint32_t largest =
    std::max(detail::largest_open_span(), send_span_bytes(topic_bytes_max, key_bytes_sure));
constexpr bool every_key_fits() noexcept {
  for (std::size_t topic_bytes = 0; topic_bytes <= topic_bytes_max; ++topic_bytes) {
    const std::size_t key_bytes = std::min<std::size_t>(key_bytes_most, key_room(topic_bytes));
    if (send_span_bytes(topic_bytes, key_bytes) > largest) return false;
  }
  return true;
}
static_assert(every_key_fits());
static_assert(span_bytes_max == (largest + ring_unit_bytes - 1) / ring_unit_bytes * ring_unit_bytes);

// Not inlined: what makes room in the ring does not stand on top of what encodes.
[[gnu::noinline]] bool put_brave(KafkaState& state, const InflightSpan& sent,
                                 const MessageEnd& end) noexcept {
  detail::TracingState& core = state.core();
  detail::SpanFields span{sent.context};
  span.kind = Kind::producer;
  span.start_us = sent.start_us;
  span.duration_us = end.duration_us(sent.start_us);
  EDGESPAN_ASSERT(detail::few_assertions || span.duration_us != 0);  // the collector takes 0 for absent
  span.name = name_field<send_operation>;
  span.local = core.local.view();
  span.remote = state.remote.view();
  const std::size_t key_max = std::min<std::size_t>(state.config.key_bytes_max, key_room(end.topic.size()));
  const KeyText key = key_text(end.key, key_max);
  if (!key.text.empty()) span.tags[0] = {end.folded ? refused_tag : key_tag, key.text};
  if (!end.topic.empty()) span.tags[1] = {topic_tag, end.topic};
  if (end.error != nullptr) span.tags[2] = {detail::error_key, end.error};
  const bool done = detail::put(core, span);
  if (done && key.cut) core.count(detail::Event::text_cut);
  return done;
}

}  // namespace

bool put_send(KafkaState& state, const InflightSpan& sent, const MessageEnd& end) noexcept {
  return state.config.semantics == Semantics::brave ? put_brave(state, sent, end)
                                                    : otel_calls().put_send(state, sent, end);
}

// Not inlined: keeps the texts of the span off the stack of message_sent().
[[gnu::noinline]] void expire_send(KafkaState& state, const InflightSpan& span,
                                   std::uint64_t now_us) noexcept {
  state.core().count(detail::Event::expired);
  record_send(state, span, {now_us, {}, {}, "abandoned"});
}

}  // namespace edgespan::kafka_detail
