// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <edgespan/tracing_consumer.hpp>

#include "core/assert.hpp"
#include "kafka/consume_call.hpp"
#include "kafka/consumer_poll.hpp"

namespace edgespan {

namespace {

using kafka_detail::ConsumeCall;
using kafka_detail::ConsumerPoll;

}  // namespace

TracingConsumer::TracingConsumer(KafkaTracing& kafka, rd_kafka_t* consumer, ConsumerMemory memory) noexcept
    : kafka_{&kafka}, rk_{consumer}, memory_{memory} {
  EDGESPAN_ASSERT(consumer != nullptr && !memory.records.empty());
}

ConsumerBatch TracingConsumer::poll(std::chrono::milliseconds timeout) noexcept {
  EDGESPAN_ASSERT(!batch_lives_);
  if (batch_lives_) return ConsumerBatch{nullptr, 0};  // its records stand where the new ones would
  batch_lives_ = true;
  ConsumerPoll poll{kafka_detail::state_of(*kafka_), rk_, memory_.topics, fields_};
  std::size_t size = 0;
  const ConsumeCall call{rk_};
  int wait_ms = timeout.count() > INT32_MAX ? INT32_MAX : static_cast<int>(timeout.count());
  for (; size < memory_.records.size(); wait_ms = 0) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(rk_, wait_ms);
    if (message == nullptr) break;
    poll.add(message, memory_.records[size++]);
  }
  poll.finish();
  return ConsumerBatch{this, size};
}

rd_kafka_message_t* TracingConsumer::consumer_poll(int timeout_ms) noexcept {
  const ConsumeCall call{rk_};
  rd_kafka_message_t* message = rd_kafka_consumer_poll(rk_, timeout_ms);
  if (message == nullptr) return nullptr;
  ConsumerPoll poll{kafka_detail::state_of(*kafka_), rk_, memory_.topics, fields_};
  PolledRecord polled;
  poll.add(message, polled);
  poll.finish();
  return message;
}

ssize_t TracingConsumer::consume_batch_queue(rd_kafka_queue_t* queue, int timeout_ms,
                                             rd_kafka_message_t** messages, std::size_t size) noexcept {
  const ConsumeCall call{rk_};
  const ssize_t count = rd_kafka_consume_batch_queue(queue, timeout_ms, messages, size);
  EDGESPAN_ASSERT(count <= static_cast<ssize_t>(size));
  ConsumerPoll poll{kafka_detail::state_of(*kafka_), rk_, memory_.topics, fields_};
  PolledRecord polled;
  for (ssize_t i = 0; i < count; ++i) poll.add(messages[i], polled);
  poll.finish();
  return count;
}

}  // namespace edgespan
