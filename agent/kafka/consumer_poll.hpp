// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <edgespan/consumer_memory.hpp>
#include <edgespan/poll_fields.hpp>
#include <span>

#include "core/encode.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/trace_headers.hpp"

namespace edgespan::kafka_detail {

// The spans of one poll. Holds the time of the poll, the root spans that records without a context share, and
// the fields that all spans of a topic have in common.
class ConsumerPoll {
 public:
  ConsumerPoll(KafkaState& state, std::span<PolledTopic> topics, PollFields& fields) noexcept
      : state_{state}, topics_{topics}, fields_{&fields} {
    fields.size = 0;
  }
  // Of one record, which shares nothing.
  explicit ConsumerPoll(KafkaState& state) noexcept : state_{state} {}

  // Traces one record, which lives until finish(), and writes down which it is and what its poll span is.
  void add(rd_kafka_message_t* message, PolledRecord& place) noexcept;
  // Ends the shared spans.
  void finish() noexcept;

 private:
  // The entry of the record's topic; null if there is no room for one: the record then has a root of its own.
  const PolledTopic* shared(const rd_kafka_message_t* message) noexcept;
  Context next(const rd_kafka_message_t* message, const B3Extraction& extraction) noexcept;
  Context join(const rd_kafka_message_t* message, FoundHeaders& found, bool& shares) noexcept;
  void describe(const rd_kafka_topic_t* topic) noexcept;
  bool put(const Context& context) noexcept;
  bool put_alone(const Context& context, const rd_kafka_topic_t* topic) noexcept;
  void record(const Context& context, const rd_kafka_topic_t* topic) noexcept;

  KafkaState& state_;
  std::span<PolledTopic> topics_{};
  std::size_t used_ = 0;          // of `topics_`
  std::uint64_t now_us_ = 0;      // read once, with the first sampled span
  PollFields* fields_ = nullptr;  // of the topic that came last; null for a record that is alone
  detail::TagView long_tag_;      // the tag of that topic, if `fields_` has no room for it
};

}  // namespace edgespan::kafka_detail
