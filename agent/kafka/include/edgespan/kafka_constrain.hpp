// SPDX-License-Identifier: Apache-2.0
// librdkafka inside a budget. With its own defaults one producer whose broker is away holds 100,000 messages,
// and one slow consumer 64 MiB. These limits bound both; constrain() turns them into librdkafka's settings.
//
//   const auto report = edgespan::kafka::constrain(conf, edgespan::ProducerLimits{});
//   for (const auto& line : report) std::printf("%s=%s\n", line.property, line.in_force);
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/limits.hpp>

namespace edgespan {

// A producer's. Each member is one setting of librdkafka.
struct ProducerLimits {
  // Messages accepted and not yet reported, 1 or more. This is the bound that counts: the one in kbytes knows
  // payloads only, not keys, headers and what librdkafka keeps beside a message.
  std::uint32_t queue_messages_max = 256;    // queue.buffering.max.messages
  std::uint32_t queue_payload_kbytes = 64;   // queue.buffering.max.kbytes; of 1,024 bytes, 1 or more
  std::uint32_t message_bytes_max = 65'536;  // message.max.bytes; 1,000 or more; at most what the queue holds
  std::uint32_t batch_bytes = 16'384;        // batch.size
  // Payloads up to this are copied into a request, which librdkafka makes large enough for the whole queue;
  // longer ones are sent from where they lie, for two entries more in the list that the system call takes.
  std::uint32_t copy_bytes_max = 0;  // message.copy.max.bytes
  std::uint32_t requests_max = 1;    // max.in.flight: requests of a connection that wait for an answer
  std::uint32_t receive_bytes_max = 131'072;  // receive.message.max.bytes: one answer; 1,000 or more
  // Message timeouts are looked at between two attempts to connect only, so they come this much late.
  std::uint32_t reconnect_ms_max = 1'000;  // reconnect.backoff.max.ms
};

// A consumer's.
struct ConsumerLimits {
  // Fetching pauses while either is reached. Before librdkafka 2.2 a pause takes up to a second, so these are
  // also the least that gets through in a second, and one batch must not reach them: every fetch would end in
  // a pause.
  std::uint32_t prefetch_messages = 1'000;       // queued.min.messages
  std::uint32_t prefetch_kbytes = 96;            // queued.max.messages.kbytes; of 1,024 bytes of payload
  std::uint32_t fetch_partition_bytes = 32'768;  // fetch.message.max.bytes
  std::uint32_t fetch_bytes = 65'536;            // fetch.max.bytes; 1,000 or more
  // The largest batch on the topics that are read, i.e. their max.message.bytes; the default is Kafka's own.
  // A broker sends a batch whole or not at all: if one is larger than this, that partition is never read on.
  std::uint32_t batch_bytes_max = 1'048'588;  // with room for the answer around it: receive.message.max.bytes
  std::uint32_t reconnect_ms_max = 1'000;     // reconnect.backoff.max.ms
  std::uint32_t fetch_pause_ms = 20;          // fetch.queue.backoff.ms, from librdkafka 2.2
};

namespace kafka {

// What became of one setting.
enum class Outcome : std::uint8_t {
  set,      // to the limit, or as near to it as settings of the application's own allow
  kept,     // the application's own
  unknown,  // to this librdkafka; nothing to bound, or no way to
  refused,  // librdkafka does not take the value: it is out of the setting's range
};

struct Constraint {
  const char* property = nullptr;  // librdkafka's name of it
  Outcome outcome = Outcome::unknown;
  char before[16] = "";    // librdkafka's default, or what the application set; both cut at 15 characters
  char in_force[16] = "";  // from now on
};

inline constexpr std::size_t constraints_max = 9;

struct ConstrainReport {
  std::array<Constraint, constraints_max> lines{};
  std::size_t count = 0;

  const Constraint* begin() const noexcept { return lines.data(); }
  const Constraint* end() const noexcept { return lines.data() + count; }
  bool ok() const noexcept;  // nothing was refused
};

// Sets what bounds the memory of a client made from `conf`, and leaves alone what the application has set
// itself: that is, whatever differs from librdkafka's default. (librdkafka tells nobody whether a setting was
// made, so a default that was set on purpose counts as not set: call constrain() first, and set such values
// after it.) Where one of the application's settings rules out a limit, the limit gives way: what
// rd_kafka_new() took before it takes after.
//
// Changes what a producer accepts: a payload beyond message_bytes_max fails as too large, and with
// queue_messages_max messages unreported the next fails with RD_KAFKA_RESP_ERR__QUEUE_FULL. Changes no
// timeout, no order, no acks.
//
// Not bounded by any setting: what a compressed batch grows to, keys and headers of queued messages, the
// number of fetched records that are shorter than fetched_record_bytes_min. Before rd_kafka_new(); any
// thread.
ConstrainReport constrain(rd_kafka_conf_t* conf, const ProducerLimits& limits) noexcept;
ConstrainReport constrain(rd_kafka_conf_t* conf, const ConsumerLimits& limits) noexcept;

// What follows was measured with librdkafka 2.0.2 on 64-bit Linux; 32-bit ARM takes three quarters of it or
// less.
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

// Its threads' stacks are the process' default: posix::default_thread_stack(thread_stack_bytes) before
// rd_kafka_new(). 40 KiB was the least that ran.
inline constexpr std::size_t thread_stack_bytes = 131'072;
inline constexpr std::size_t thread_touched_bytes = 12'288;  // of them, and so resident: 8 to 12 KiB
// Its thread-local data, in every thread of the process, the application's own included: 14,024 in a static
// program without TLS, 14,140 with 2.14.2, 15,464 in Debian's shared library.
inline constexpr std::size_t thread_local_bytes = 15'488;

}  // namespace kafka

// Bounds of librdkafka's heap, one term and one reason a line. `brokers`: of the cluster, each may be
// connected to.
constexpr std::size_t memory_bytes(const ProducerLimits& limits, std::size_t brokers = 1) noexcept {
  const std::size_t copies = std::size_t{limits.copy_bytes_max} * limits.queue_messages_max;
  const std::size_t request =
      (copies < limits.message_bytes_max ? copies : std::size_t{limits.message_bytes_max}) +
      limits.queue_messages_max * kafka::requested_message_bytes;
  std::size_t bytes = kafka::producer_idle_bytes;
  bytes += brokers * kafka::broker_bytes;                            // connections
  bytes += limits.queue_payload_kbytes * std::size_t{1'024};         // payloads that are queued or sent
  bytes += limits.queue_messages_max * kafka::queued_message_bytes;  // what lies around them
  bytes += brokers * (limits.requests_max + 1U) * request;   // requests on their way, and one being made
  bytes += brokers * std::size_t{limits.receive_bytes_max};  // an answer being read
  return bytes;
}

// `records_held`: of one poll, until the application gives them back.
constexpr std::size_t memory_bytes(const ConsumerLimits& limits, std::size_t brokers = 1,
                                   std::size_t records_held = Limits{}.poll_records_max) noexcept {
  const std::size_t answer =
      limits.fetch_bytes > limits.batch_bytes_max ? limits.fetch_bytes : limits.batch_bytes_max;
  std::size_t bytes = kafka::consumer_idle_bytes;
  bytes += (brokers + 1) * kafka::broker_bytes;          // connections, one of them to the coordinator
  bytes += limits.prefetch_kbytes * std::size_t{1'024};  // answers that wait to be polled
  bytes += limits.prefetch_messages * kafka::fetched_message_bytes;  // what lies around their records
  bytes +=
      brokers * (answer + kafka::answer_overhead_bytes);  // an answer more, begun when there was still room
  bytes += brokers * (answer / kafka::fetched_record_bytes_min) *
           kafka::fetched_message_bytes;                          // and around its records
  bytes += limits.prefetch_kbytes * std::size_t{1'024} + answer;  // answers of which records are held
  bytes += records_held * kafka::fetched_message_bytes;           // and around these
  return bytes;
}

// Threads of a client: rdk:main, a broker of its own for what has no broker, the cluster's, a consumer's
// coordinator.
constexpr std::size_t producer_threads(std::size_t brokers) noexcept { return 2 + brokers; }
constexpr std::size_t consumer_threads(std::size_t brokers) noexcept { return 3 + brokers; }

// Whether the agent has a slot for every message that this producer may hold; else spans of some end early,
// counted (Books::inflight_full). For several producers add up their messages.
constexpr bool fits(const ProducerLimits& producer, const Limits& limits) noexcept {
  return limits.inflight_max >= producer.queue_messages_max;
}
static_assert(fits(ProducerLimits{}, Limits{}));

}  // namespace edgespan
