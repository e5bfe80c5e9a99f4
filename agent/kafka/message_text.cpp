// SPDX-License-Identifier: Apache-2.0
#include "kafka/message_text.hpp"

#include "core/utf8.hpp"
#include "kafka/kafka_state.hpp"

namespace edgespan::kafka_detail {

KeyText key_text(std::string_view key, std::size_t bytes_max) noexcept {
  if (bytes_max == 0 || !detail::text_key(key)) return {};
  const std::string_view text = detail::cut_utf8(key, bytes_max);
  return {text, text.size() != key.size()};
}

std::string_view topic_text(const KafkaState& state, std::string_view topic) noexcept {
  const std::string_view text = key_text(topic, topic_bytes_max).text;
  if (text.size() != topic.size()) state.core().count(detail::Event::text_cut);
  return text;
}

}  // namespace edgespan::kafka_detail
