// SPDX-License-Identifier: Apache-2.0
// A bound that memory is planned with, proved where it can break: in an edit of the spans themselves.
#include "core/largest_span.hpp"

#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr std::size_t topic_bytes_max = 249;  // Kafka's
constexpr std::size_t error_bytes_max = 40;   // of rd_kafka_err2name; 37 with 2.14

// A message's span has texts of librdkafka's message instead of a slot's.
constexpr std::uint32_t largest_send_span() noexcept {
  detail::SpanFields span = detail::largest_frame();
  span.name = send_name;
  span.remote =
      detail::bytes_of(4 + detail::service_name_max);  // KafkaConfig::remote_service_name, as write_remote
  span.tags = {{{key_tag, detail::text_of(key_tag_bytes_max)},
                {topic_tag, detail::text_of(topic_bytes_max)},
                {error_tag, detail::text_of(error_bytes_max)}}};
  return detail::encode_impl::encoded_size(span).total;
}

constexpr std::uint32_t ring_unit_bytes = 8;
constexpr std::uint32_t largest = std::max(detail::largest_open_span(), largest_send_span());
static_assert(span_bytes_max == (largest + ring_unit_bytes - 1) / ring_unit_bytes * ring_unit_bytes);

}  // namespace
}  // namespace edgespan::kafka_detail
