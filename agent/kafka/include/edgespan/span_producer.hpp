// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <edgespan/kafka_sender.hpp>
#include <edgespan/kafka_tracing.hpp>
#include <edgespan/sender.hpp>
#include <edgespan/status.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// A KafkaSender with a producer of its own, which is made for spans alone and holds one batch at a time.
// librdkafka allocates the producer's memory; constrain() bounds it. Pinned.
class SpanProducer {
 public:
  static constexpr std::size_t brokers_bytes_max = 1'023;

  // What librdkafka takes at most for a producer of batches of up to `batch_bytes`, with one broker: its heap
  // and the pages of its threads.
  static std::size_t memory_bytes(std::size_t batch_bytes) noexcept;

  SpanProducer() = default;
  ~SpanProducer() { stop(); }
  SpanProducer(const SpanProducer&) = delete;
  SpanProducer& operator=(const SpanProducer&) = delete;

  // Makes the producer, for batches of up to `batch_bytes`. `brokers` is librdkafka's bootstrap.servers, at
  // most brokers_bytes_max bytes. `settings` is copied; null: none. Keeps `kafka`. Once an object.
  //
  // Status::bad_config for settings that librdkafka does not take: `problem` then holds its own text, which
  // ends with a NUL. Else what KafkaSender::init() answers.
  Status start(KafkaTracing& kafka, std::string_view brokers, std::string_view topic,
               const rd_kafka_conf_t* settings, std::size_t batch_bytes, std::span<char> problem) noexcept;

  // Throws away what is queued and destroys the producer, if there is one. Waits for librdkafka's threads.
  // The reporter is stopped before.
  void stop() noexcept;

  // In a forked child: leaves the producer as it is. Its threads are the parent's, and to wait for them would
  // be for ever.
  void leave() noexcept { client_ = nullptr; }

  // The table for the reporter; valid as long as this object.
  Sender sender() noexcept { return sender_.sender(); }

  // Null before start() and after stop().
  rd_kafka_t* client() const noexcept { return client_; }
  // How the last record ended that did not reach the topic; 0 if none failed. Any thread.
  rd_kafka_resp_err_t last_error() const noexcept { return sender_.last_error(); }

 private:
  KafkaSender sender_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace edgespan
