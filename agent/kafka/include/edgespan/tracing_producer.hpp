// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/producer_record.hpp>

namespace edgespan {

// A producer that KafkaTracing::create() made, with calls that also trace refused messages. Owns nothing: it
// is outlived by `kafka` and by `producer`. All calls: any thread.
//
// A refused message has the parent and the decision that an accepted one has: from this thread's scope, else
// from its own headers. In each 10 s eight refused messages have a span of their own. The others are counted
// by topic and error, and one span stands for them; its tag `kafka.refused` is their number. It leaves about
// 10 s after the first of them, with Reporter::flush, or with the stop. Three pairs of topic and error are
// told apart at a time; the rest share a span without a topic, whose error is `refused`. Such a span shows
// the first 63 bytes of a topic. Books::sends_refused counts every refused message.
class TracingProducer {
 public:
  TracingProducer(KafkaTracing& kafka, rd_kafka_t* producer) noexcept : kafka_{&kafka}, rk_{producer} {}

  // Copies the record into librdkafka's queue. The result is librdkafka's own;
  // RD_KAFKA_RESP_ERR__INVALID_ARG also for a topic or a header that cannot be.
  rd_kafka_resp_err_t send(const ProducerRecord& record) noexcept;

  // librdkafka's own calls, with their arguments, results and ownership.
  rd_kafka_error_t* produceva(const rd_kafka_vu_t* arguments, std::size_t count) noexcept;
  int produce(rd_kafka_topic_t* topic, std::int32_t partition, int flags, void* payload,
              std::size_t payload_size, const void* key, std::size_t key_size, void* opaque) noexcept;
  int produce_batch(rd_kafka_topic_t* topic, std::int32_t partition, int flags, rd_kafka_message_t* messages,
                    int count) noexcept;

  rd_kafka_t* handle() const noexcept { return rk_; }

 private:
  KafkaTracing* kafka_;
  rd_kafka_t* rk_;
};

}  // namespace edgespan
