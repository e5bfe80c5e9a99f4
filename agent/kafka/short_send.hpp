// SPDX-License-Identifier: Apache-2.0
// The quick way of a send span into the ring: of a message that was delivered, with short texts of printable
// ASCII, in Brave's spelling. Nearly all are. It writes what put_send() would write.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/assert.hpp"
#include "core/put_span.hpp"
#include "core/utf8.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/message_text.hpp"
#include "kafka/short_fields.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail::short_send {

using namespace short_fields;

// Kind and name.
inline constexpr auto kind_and_name = [] {
  std::array<std::byte, 2 + name_field<send_operation>.size()> run{std::byte{detail::encode_impl::key_kind},
                                                                   static_cast<std::byte>(Kind::producer)};
  for (std::size_t i = 0; i + 2 < run.size(); ++i) run[2 + i] = name_field<send_operation>[i];
  return run;
}();

// A varint of up to four bytes, the first in the lowest bits.
struct Varint {
  std::uint32_t bytes;
  std::uint32_t size;
};
inline constexpr std::uint64_t varint_end = 1U << 28;
EDGESPAN_INLINE constexpr Varint varint(std::uint32_t value) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || value < varint_end);
  if (value < 0x80) return {value, 1};
  const std::uint32_t size = (static_cast<std::uint32_t>(std::bit_width(value)) + 6) / 7;
  const std::uint32_t halves = (value & 0x3FFF) | (value & 0xFFFC000) << 2;
  const std::uint32_t digits = (halves & 0x7F007F) | (halves & 0x3F803F80) << 1;
  return {digits | (0x808080U & ((1U << 8 * (size - 1)) - 1)), size};
}

// What the span tells.
struct Fields {
  const InflightSpan& sent;
  Varint duration_us;
  std::string_view key;  // empty: none
  std::string_view topic;
  const detail::EncodedEndpoint& local;
  const detail::EncodedEndpoint& remote;

  // Behind the duration, without `debug`.
  std::size_t rest_size() const noexcept {
    const std::size_t of_key = key.empty() ? 0 : tag_front<key_tag>.size() + key.size();
    return local.size + remote.size + of_key + tag_front<topic_tag>.size() + topic.size();
  }
};

EDGESPAN_INLINE void encode(const Fields& fields, const detail::EncodedSize& size, std::byte* out) noexcept {
  using namespace detail::encode_impl;
  [[maybe_unused]] const std::byte* const begin = out;
  out = put_head(fields.sent.context, Kind::none, size, out);
  std::memcpy(out, kind_and_name.data(), kind_and_name.size());
  out = put_le64(put(out + kind_and_name.size(), key_timestamp), fields.sent.start_us);
  out = put(out, key_duration);
  put_le64(out, fields.duration_us.bytes);
  out = put_front<local_front>(out + fields.duration_us.size, fields.local);
  out = put_front<remote_front>(out, fields.remote);
  if (!fields.key.empty()) out = put_tag<key_tag>(out, fields.key);
  out = put_tag<topic_tag>(out, fields.topic);
  out = put_end(fields.sent.context, out);
  EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == size.total);
}

}  // namespace edgespan::kafka_detail::short_send

namespace edgespan::kafka_detail {

// Puts the span of a message into the ring that librdkafka still has. False: it was not put, for it is
// another one than the above, or for the ring has no room.
EDGESPAN_INLINE bool put_short_send(KafkaState& state, const InflightSpan& sent,
                                    const rd_kafka_message_t* message, std::uint64_t at_us) noexcept {
  using namespace short_send;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || state.config.semantics != Semantics::brave) return false;
  const std::string_view topic = topic_of(message);
  const std::string_view key = key_of(message);
  if (topic.size() - 1 >= text_bytes_max || key.size() > text_bytes_max) return false;
  if (key.size() > state.config.key_bytes_max) return false;
  const std::uint64_t duration_us = duration_of(sent.start_us, at_us);
  if (duration_us >= varint_end) return false;
  if (!detail::printable_ascii(topic) || !detail::printable_ascii(key)) return false;
  detail::TracingState& core = state.core();
  const Fields fields{sent,        varint(static_cast<std::uint32_t>(duration_us)), key, topic, core.local,
                      state.remote};
  const std::size_t rest = fields.rest_size();
  if (rest < local_front) return false;
  EDGESPAN_ASSERT(detail::few_assertions || (sent.context.sampled() && sent.context.span_id != 0));
  const detail::EncodedSize size = detail::encode_impl::element_size(
      sent.context, Kind::none, kind_and_name.size(), 0, 1 + fields.duration_us.size + rest);
  const auto encode_here = [&](std::byte * out) __attribute__((always_inline)) { encode(fields, size, out); };
  return detail::put_element(core, size, false, encode_here);
}

}  // namespace edgespan::kafka_detail
