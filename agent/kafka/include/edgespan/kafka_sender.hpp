// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// Puts each batch as one record on a topic, from which Zipkin's Kafka collector reads. The record has no key,
// no header and no span of its own: the sender never traces itself.
//
// The producer is the application's own, or better one made for this alone by the same
// KafkaTracing::create(); limits as those of kafka_constrain.hpp fit. "Delivered" means what `acks` of that
// producer says, and until message.timeout.ms has passed it is librdkafka that tries again. What differs on
// the application's own producer: its delivery callback sees these records too (their opaque is this object:
// tell them by their topic), and they count in its queue and in rd_kafka_flush().
//
// A batch that is too large for producer or broker is cut. One that the broker calls invalid is searched for
// its bad span. Without permission to write, it waits for five minutes at a time and drops nothing.
//
// Order at the end: Reporter::stop(), then rd_kafka_destroy(), then this object and the KafkaTracing. Pinned.
class KafkaSender {
 public:
  KafkaSender() = default;
  KafkaSender(const KafkaSender&) = delete;
  KafkaSender& operator=(const KafkaSender&) = delete;

  // Keeps `kafka` and `producer`; copies `topic`: 1 to 249 of Kafka's characters, else Status::bad_text.
  // not_started before kafka.init(); bad_config for a consumer, and for a producer with transactions, which
  // would take spans back; already_started the second time, one sender a KafkaTracing. Call once, before
  // sender().
  Status init(KafkaTracing& kafka, rd_kafka_t* producer, std::string_view topic = "zipkin") noexcept;

  // The table for the reporter; valid as long as this object. Nothing in it waits; librdkafka allocates the
  // record.
  Sender sender() noexcept;

  // How the last record ended that did not reach the topic, for people; 0 if none failed. Any thread.
  rd_kafka_resp_err_t last_error() const noexcept {
    return static_cast<rd_kafka_resp_err_t>(last_error_.load(std::memory_order_relaxed));
  }

 private:
  enum class Record : std::uint8_t { none, offered, cancelled };
  static constexpr std::size_t topic_bytes_max = 249;
  static constexpr std::int32_t unsettled = INT32_MIN;  // no code of librdkafka

  SendResult offer(std::span<const std::byte> batch) noexcept;
  SendResult produce(std::span<const std::byte> batch) noexcept;
  SendResult ended(rd_kafka_resp_err_t error) noexcept;
  void settle(rd_kafka_resp_err_t error) noexcept;

  rd_kafka_t* producer_ = nullptr;
  const std::atomic<const edgespan_worker*>* worker_ = nullptr;  // the reporter's, of the Tracing
  std::uint64_t queue_bytes_max_ = 0;
  std::atomic<std::int32_t> end_{unsettled};  // of the record on its way, from librdkafka's thread
  std::atomic<std::int32_t> last_error_{0};
  Record record_ = Record::none;  // what is on its way; one at a time
  std::array<char, topic_bytes_max + 1> topic_{};
};

}  // namespace edgespan
