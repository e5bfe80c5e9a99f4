// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <edgespan/consumer_batch.hpp>
#include <edgespan/consumer_memory.hpp>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/poll_fields.hpp>

namespace edgespan {

// A consumer that create() or rd_kafka_new() made, whose polls are traced. A client of create() traces
// whatever is consumed on it anyway; what comes by the calls below is traced here instead, not twice.
//
// Owns nothing: it is outlived by `kafka`, by `consumer` and by the arrays of `memory`, which no other
// consumer uses. One thread at a time.
class TracingConsumer {
 public:
  TracingConsumer(KafkaTracing& kafka, rd_kafka_t* consumer, ConsumerMemory memory) noexcept;
  TracingConsumer(const TracingConsumer&) = delete;
  TracingConsumer& operator=(const TracingConsumer&) = delete;

  // Waits up to `timeout` for the first record, then takes what is already there, up to the size of
  // `memory.records`. The batch of the poll before has ended; while it has not, the result is empty.
  ConsumerBatch poll(std::chrono::milliseconds timeout) noexcept;

  // rd_kafka_consumer_poll(): one message, owned by the caller. A root span is shared by the records of one
  // call only, so each record without a context has a root of its own.
  rd_kafka_message_t* consumer_poll(int timeout_ms) noexcept;
  // rd_kafka_consume_batch_queue(): messages owned by the caller, which share roots as those of one poll do.
  ssize_t consume_batch_queue(rd_kafka_queue_t* queue, int timeout_ms, rd_kafka_message_t** messages,
                              std::size_t size) noexcept;

  rd_kafka_t* handle() const noexcept { return rk_; }

 private:
  friend class ConsumerBatch;

  KafkaTracing* kafka_;
  rd_kafka_t* rk_;
  ConsumerMemory memory_;
  PollFields fields_;
  bool batch_lives_ = false;
};

}  // namespace edgespan
