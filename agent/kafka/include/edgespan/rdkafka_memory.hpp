// SPDX-License-Identifier: Apache-2.0
// What memory librdkafka takes within its limits. Measured with librdkafka 2.0.2 on 64-bit Linux; 32-bit ARM
// takes three quarters of it or less.
#pragma once

#include <cstddef>
#include <edgespan/consumer_limits.hpp>
#include <edgespan/kafka_limits.hpp>
#include <edgespan/producer_limits.hpp>

namespace edgespan {

namespace kafka_detail {

inline constexpr std::size_t producer_idle_bytes = 26'000;  // heap of a connected client without messages
inline constexpr std::size_t consumer_idle_bytes = 66'000;
inline constexpr std::size_t broker_bytes = 4'096;  // for each broker of the cluster, a client
// Beside its payload: the message, a key and headers of 64 bytes together, the b3 header, and the allocator's
// part.
inline constexpr std::size_t queued_message_bytes = 640;
// In a request: its frame, and two entries of the list of pieces.
inline constexpr std::size_t requested_message_bytes = 160;
inline constexpr std::size_t fetched_message_bytes = 304;  // beside the answer that it lies in
// A record with a b3 header has no less. Shorter ones take more memory and may pause a fetch.
inline constexpr std::size_t fetched_record_bytes_min = 66;
inline constexpr std::size_t answer_overhead_bytes = 131'072;  // an answer without its records

}  // namespace kafka_detail

// Its threads' stacks are the process' default: posix::default_thread_stack(rdkafka_thread_stack_bytes)
// before rd_kafka_new(). 40 KiB was the least that ran.
inline constexpr std::size_t rdkafka_thread_stack_bytes = 131'072;
inline constexpr std::size_t rdkafka_thread_touched_bytes = 12'288;  // of them, and so resident: 8 to 12 KiB
// Every thread of the process has librdkafka's thread-local data besides, 14 to 16 KB. Its size differs from
// build to build; `edgespan budget` asks the system for it. Bounds of librdkafka's heap, one term and one
// reason a line. `brokers`: of the cluster, each may be connected to.
constexpr std::size_t rdkafka_memory_bytes(const ProducerLimits& limits, std::size_t brokers = 1) noexcept {
  const std::size_t copies = std::size_t{limits.copy_bytes_max} * limits.queue_messages_max;
  const std::size_t request =
      (copies < limits.message_bytes_max ? copies : std::size_t{limits.message_bytes_max}) +
      limits.queue_messages_max * kafka_detail::requested_message_bytes;
  std::size_t bytes = kafka_detail::producer_idle_bytes;
  bytes += brokers * kafka_detail::broker_bytes;              // connections
  bytes += limits.queue_payload_kbytes * std::size_t{1'024};  // payloads that are queued or sent
  bytes += limits.queue_messages_max * kafka_detail::queued_message_bytes;  // what lies around them
  bytes += brokers * (limits.requests_max + 1U) * request;   // requests on their way, and one being made
  bytes += brokers * std::size_t{limits.receive_bytes_max};  // an answer being read
  return bytes;
}

// `records_held`: of one poll, until the application gives them back.
constexpr std::size_t rdkafka_memory_bytes(
    const ConsumerLimits& limits, std::size_t brokers = 1,
    std::size_t records_held = KafkaLimits{}.poll_records_max) noexcept {
  const std::size_t answer =
      limits.fetch_bytes > limits.batch_bytes_max ? limits.fetch_bytes : limits.batch_bytes_max;
  std::size_t bytes = kafka_detail::consumer_idle_bytes;
  bytes += (brokers + 1) * kafka_detail::broker_bytes;   // connections, one of them to the coordinator
  bytes += limits.prefetch_kbytes * std::size_t{1'024};  // answers that wait to be polled
  bytes += limits.prefetch_messages * kafka_detail::fetched_message_bytes;  // what lies around their records
  bytes += brokers *
           (answer + kafka_detail::answer_overhead_bytes);  // an answer more, begun when there was still room
  bytes += brokers * (answer / kafka_detail::fetched_record_bytes_min) *
           kafka_detail::fetched_message_bytes;                   // and around its records
  bytes += limits.prefetch_kbytes * std::size_t{1'024} + answer;  // answers of which records are held
  bytes += records_held * kafka_detail::fetched_message_bytes;    // and around these
  return bytes;
}

// Threads of a client: rdk:main, a broker of its own for what has no broker, the cluster's, a consumer's
// coordinator.
constexpr std::size_t producer_threads(std::size_t brokers) noexcept { return 2 + brokers; }
constexpr std::size_t consumer_threads(std::size_t brokers) noexcept { return 3 + brokers; }

// Whether the agent has a slot for every message that this producer may hold; else spans of some end early,
// counted (Books::inflight_full). For several producers add up their messages.
constexpr bool fits(const ProducerLimits& producer, const KafkaLimits& limits) noexcept {
  return limits.inflight_max >= producer.queue_messages_max;
}
static_assert(fits(ProducerLimits{}, KafkaLimits{}));

}  // namespace edgespan
