// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <edgespan/consumer_memory.hpp>
#include <edgespan/poll_fields.hpp>
#include <span>
#include <string_view>

#include "core/encode.hpp"
#include "kafka/header_view.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/otel_functions.hpp"
#include "kafka/trace_headers.hpp"

namespace edgespan::kafka_detail {

// The spans of one poll. Holds the time of the poll, the root spans that records without a context share, and
// the fields that all spans of a topic have in common.
class ConsumerPoll {
 public:
  ConsumerPoll(KafkaState& state, const rd_kafka_t* rk, std::span<PolledTopic> topics,
               PollFields& fields) noexcept
      : state_{state}, rk_{rk}, topics_{topics}, fields_{&fields} {}
  // Of one record, which shares nothing.
  ConsumerPoll(KafkaState& state, const rd_kafka_t* rk) noexcept : state_{state}, rk_{rk} {}

  // Reads the group of the consumer into `text`, which lives until finish(), for Semantics::otel. A poll with
  // fields does so by itself.
  void tell_group(std::span<char> text) noexcept { long_text_ = otel_calls().group(rk_, text); }

  // Traces one record, which lives until finish(), and writes down which it is and what its poll span is.
  void add(rd_kafka_message_t* message, PolledRecord& place) noexcept {
    if constexpr (has_quick_look) {
      const Left left = add_quick(message, place);
      if (left.what == Left::nothing) [[likely]]
        return;
      if (left.what == Left::span) {
        if (put_short(message, place, left.parent_id)) [[likely]]
          return;
        return record_left(message, place, left.parent_id);
      }
    }
    add_any(message, place);
  }
  // Ends the shared spans.
  void finish() noexcept {
    if (used_ != 0) end_shared();
  }

 private:
  // What add_quick() leaves to be done, after it has returned: its stack frame and those of what does it do
  // not add up.
  struct Left {
    enum : std::uint8_t { nothing, span, all } what;
    std::uint64_t parent_id;  // of the span
  };
  Left add_quick(rd_kafka_message_t* message, PolledRecord& place) noexcept;
  void add_any(rd_kafka_message_t* message, PolledRecord& place) noexcept;
  bool put_short(const rd_kafka_message_t* message, const PolledRecord& place,
                 std::uint64_t parent_id) noexcept;
  void record_left(const rd_kafka_message_t* message, const PolledRecord& place,
                   std::uint64_t parent_id) noexcept;
  bool traces(const rd_kafka_message_t* message) const noexcept;

  // The entry of the record's topic; null if there is no room for one: the record then has a root of its own.
  PolledTopic* shared(const rd_kafka_message_t* message) noexcept;
  void end_shared() noexcept;
  Context next(const rd_kafka_message_t* message, const B3Extraction& extraction) noexcept;
  Context join(const rd_kafka_message_t* message, FoundHeaders& found, bool& shares) noexcept;
  void prepare(const rd_kafka_topic_t* topic) noexcept;
  bool fields_tell(const rd_kafka_topic_t* topic) const noexcept;
  void describe(std::string_view topic) noexcept;
  bool put_fields(const Context& context, std::size_t size, const detail::TagView& more) noexcept;
  bool put_described(const Context& context) noexcept;
  bool put_alone(const Context& context) noexcept;
  bool put_otel(const Context& context, const rd_kafka_message_t* message, std::uint32_t records) noexcept;
  // Of a record, or of several that share a root span: then the first of them stands for all.
  void record(const Context& context, const rd_kafka_message_t* message, std::uint32_t records) noexcept;

  KafkaState& state_;
  const rd_kafka_t* rk_;  // the consumer
  std::span<PolledTopic> topics_{};
  std::uint64_t now_us_ = 0;                 // read once, with the first sampled span
  const rd_kafka_topic_t* topic_ = nullptr;  // the topic that came last; null: none yet
  PollFields* fields_ = nullptr;             // of that topic; null for a record that is alone
  std::uint32_t used_ = 0;                   // of `topics_`
  // Of `fields_->bytes`, if a span of that topic says no more behind its ids; else 0.
  std::uint32_t known_ = 0;
  // What spans tell of that topic, if `fields_` has no room for it; with Semantics::otel the group.
  std::string_view long_text_;
};

}  // namespace edgespan::kafka_detail
