// SPDX-License-Identifier: Apache-2.0
#include "kafka/send_span.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/assert.hpp"
#include "core/largest_span.hpp"
#include "core/open_spans.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"

namespace edgespan::kafka_detail {
namespace {

// The field `name` of a span, encoded: "send".
constexpr std::array<std::byte, 6> send_name{std::byte{0x2A}, std::byte{4},   std::byte{'s'},
                                             std::byte{'e'},  std::byte{'n'}, std::byte{'d'}};

constexpr std::size_t error_bytes_max = 40;  // of rd_kafka_err2name(): 37 in librdkafka 2.14

// A message's span holds texts of librdkafka's message instead of a slot's.
constexpr std::uint32_t largest_send_span() noexcept {
  detail::SpanFields span = detail::largest_frame();
  span.name = send_name;
  span.remote = detail::bytes_of(4 + detail::service_name_max);  // KafkaConfig::remote_service_name
  span.tags = {{{key_tag, detail::text_of(key_tag_bytes_max)},
                {topic_tag, detail::text_of(topic_bytes_max)},
                {detail::error_key, detail::text_of(error_bytes_max)}}};
  return detail::encode_impl::encoded_size(span).total;
}

// Memory is planned with span_bytes_max, so it must be the size of the largest span and no other.
constexpr std::uint32_t ring_unit_bytes = 8;
constexpr std::uint32_t largest = std::max(detail::largest_open_span(), largest_send_span());
static_assert(span_bytes_max == (largest + ring_unit_bytes - 1) / ring_unit_bytes * ring_unit_bytes);

[[gnu::noinline]] bool begin_refused(KafkaState& state, std::string_view topic, InflightSpan& span) noexcept {
  detail::TracingState& core = state.core();
  span.context = next_context(core, no_headers, true, state.config.producer_sampler, Operation::send, topic);
  EDGESPAN_ASSERT(span.context.valid());
  span.start_us = core.now_us();
  return span.context.sampled();
}

}  // namespace

// Not inlined: what makes room in the ring does not stand on top of what encodes.
[[gnu::noinline]] bool put_send(KafkaState& state, const InflightSpan& sent, const SendEnd& end) noexcept {
  detail::TracingState& core = state.core();
  detail::SpanFields span{sent.context};
  span.kind = Kind::producer;
  span.start_us = sent.start_us;
  span.duration_us = end.at_us > sent.start_us ? end.at_us - sent.start_us : 1;
  EDGESPAN_ASSERT(span.duration_us != 0);  // the collector takes 0 for absent
  span.name = send_name;
  span.local = core.local.view();
  span.remote = state.remote.view();
  if (detail::text_key(end.key)) span.tags[0] = {key_tag, detail::cut_utf8(end.key, key_tag_bytes_max)};
  if (!end.topic.empty()) span.tags[1] = {topic_tag, end.topic};
  if (!end.error.empty()) span.tags[2] = {detail::error_key, end.error};
  return detail::put(core, span);
}

void record_refused(KafkaState& state, std::string_view topic, std::string_view key,
                    rd_kafka_resp_err_t error) noexcept {
  EDGESPAN_ASSERT(error != RD_KAFKA_RESP_ERR_NO_ERROR);
  InflightSpan span;
  if (!state.active() || !begin_refused(state, topic, span)) return;
  record_send(state, span, {span.start_us, topic, key, rd_kafka_err2name(error)});
}

// Not inlined: keeps the texts of the span off the stack of message_sent().
[[gnu::noinline]] void expire_send(KafkaState& state, const InflightSpan& span,
                                   std::uint64_t now_us) noexcept {
  state.core().count(detail::Event::expired);
  record_send(state, span, {now_us, {}, {}, "abandoned"});
}

}  // namespace edgespan::kafka_detail
