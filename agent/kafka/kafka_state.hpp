// SPDX-License-Identifier: Apache-2.0
// What the parts of the Kafka wrapper share.
#pragma once

#include <cstdint>
#include <edgespan/kafka.hpp>
#include <new>
#include <string_view>

#include "core/encode.hpp"
#include "core/ids.hpp"
#include "core/tracing_state.hpp"
#include "kafka/inflight_table.hpp"

namespace edgespan::kafka_detail {

inline constexpr std::string_view topic_tag = "kafka.topic";
inline constexpr std::string_view key_tag = "kafka.key";
inline constexpr std::string_view error_tag = "error";
inline constexpr std::size_t key_tag_bytes_max =
    64;  // longer keys are cut: a tag is for finding, not for storing

// The `name` field of a span, encoded.
inline constexpr std::array<std::byte, 6> send_name{std::byte{0x2A}, std::byte{4},   std::byte{'s'},
                                                    std::byte{'e'},  std::byte{'n'}, std::byte{'d'}};
inline constexpr std::array<std::byte, 6> poll_name{std::byte{0x2A}, std::byte{4},   std::byte{'p'},
                                                    std::byte{'o'},  std::byte{'l'}, std::byte{'l'}};

// What a message's end says about it.
struct SendEnd {
  std::uint64_t at_us;
  std::string_view topic;
  std::string_view key;
  std::string_view error;  // empty: delivered
};

// Where trace headers stand in a record.
struct FoundHeaders {
  rd_kafka_headers_t* list = nullptr;  // null: the record has no headers
  std::uint8_t keys = 0;               // a bit for each B3Key that stands in the list, readable or not
  bool respelled = false;              // one of them in another case than we write
};

inline constexpr B3Extraction no_headers{};

// Reads the trace headers of a record; `found`, which is new, says where they are. Looks at the last 256
// headers: a record with more is not ours to parse in full. `written`, if not null, is what a `b3` header of
// the record should hold; one that names its span is not parsed.
B3Extraction read_list(FoundHeaders& found, const Context* written) noexcept;
[[gnu::always_inline]] inline B3Extraction read_headers(const rd_kafka_message_t* message,
                                                        FoundHeaders& found,
                                                        const Context* written = nullptr) noexcept {
  if (rd_kafka_message_headers(message, &found.list) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return read_list(found, written);
}

// Takes every trace header out of a list, in whatever case it is written.
void clear_headers(const FoundHeaders& found) noexcept;

// The trace headers of a valid context. The text of `b3` is made at once and written later: what librdkafka
// copies should have reached the cache by then.
class TraceHeaders {
 public:
  TraceHeaders(const Context& context, B3Format format) noexcept
      : context_{context},
        format_{format},
        size_{format == B3Format::multi ? 0 : b3_format(context, format, text_)} {}

  // Replaces those of a record. False if librdkafka refused.
  bool write(rd_kafka_message_t* message, const FoundHeaders& found) const noexcept;

 private:
  bool add_to(rd_kafka_headers_t* list) const noexcept;

  const Context& context_;
  B3Format format_;
  std::size_t size_;
  std::array<char, b3_single_max> text_;
};

// What headers take on the wire at most.
std::size_t header_bytes_max(const rd_kafka_headers_t* list) noexcept;

// Lengths and times in a record and in each of its headers, every varint at its longest.
inline constexpr std::size_t record_frame_bytes = 36;
inline constexpr std::size_t header_frame_bytes = 10;
inline constexpr std::size_t key_chars_max = 17;  // X-B3-ParentSpanId
inline constexpr std::size_t trace_headers_bytes_max =
    sizeof B3Buffer::text + b3_headers_max * (header_frame_bytes + key_chars_max);

// No record of this message takes more on the wire, once trace headers of any format were added to it.
inline std::size_t traced_record_bytes_max(const rd_kafka_message_t* message,
                                           const rd_kafka_headers_t* list) noexcept {
  return record_frame_bytes + message->len + message->key_len + trace_headers_bytes_max +
         (list != nullptr ? header_bytes_max(list) : 0);
}

// A setting that is a number; 0 if it is none.
std::uint32_t conf_number(const rd_kafka_conf_t* conf, const char* name) noexcept;

std::string_view topic_name(const rd_kafka_topic_t* topic) noexcept;  // empty if it is null
inline std::string_view topic_of(const rd_kafka_message_t* message) noexcept {
  return topic_name(message->rkt);
}
std::string_view key_of(const rd_kafka_message_t* message) noexcept;

// For next_context: the name is looked up only where a rule may ask for it.
inline std::string_view rule_topic(const MessagingSampler& sampler,
                                   const rd_kafka_message_t* message) noexcept {
  return sampler.rules.empty() ? std::string_view{} : topic_of(message);
}

// The context of a span that goes on from a record. `scope_first`: a producer; else ids in the record come
// first.
inline Context next_context(detail::TracingState& state, const B3Extraction& extraction, bool scope_first,
                            const MessagingSampler& sampler, Operation operation,
                            std::string_view topic) noexcept {
  const Context* const scope = detail::innermost_scope();
  const bool ids = extraction.kind == B3Extraction::Kind::ids;
  if (scope != nullptr && (scope_first || !ids)) return detail::new_child(state, *scope, nullptr);
  const Decision decision =
      extraction.kind == B3Extraction::Kind::empty ? Decision::undecided : extraction.context.decision;
  const bool ask = decision == Decision::undecided && !sampler.rules.empty();
  const Sampler* const rule = ask ? sampler.find(operation, topic) : nullptr;
  return ids ? detail::new_child(state, extraction.context, rule) : detail::new_root(state, decision, rule);
}

}  // namespace edgespan::kafka_detail

namespace edgespan {

inline bool KafkaTracing::active() const noexcept {
  return tracing_ != nullptr && detail::state_of(*tracing_).active();
}

inline kafka_detail::InflightTable& KafkaTracing::inflight_table() noexcept {
  return *std::launder(reinterpret_cast<kafka_detail::InflightTable*>(inflight_.data()));
}

}  // namespace edgespan
