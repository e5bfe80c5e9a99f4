// SPDX-License-Identifier: Apache-2.0
// Kafka tracing: what one program needs to trace its producers and consumers.
//
//   create() makes a traced rd_kafka_t in place of rd_kafka_new(); from then on every message that is
//   produced on it, by whatever call, has a PRODUCER span. TracingProducer and TracingConsumer add the
//   comfortable calls, and those few things that only a wrapper around a call can see (a refused produce, the
//   records of one poll).
#pragma once

#include <librdkafka/rdkafka.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <edgespan/b3.hpp>
#include <edgespan/housekeeper.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/messaging_sampler.hpp>
#include <edgespan/status.hpp>
#include <edgespan/tracing.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace edgespan {

class ConsumerPoll;
class ConsumerRecord;
class KafkaSender;
class TracingConsumer;

namespace kafka_detail {
class InflightTable;
struct FoundHeaders;
struct InflightSpan;
struct SendEnd;
}  // namespace kafka_detail

enum class TagProcessor : std::uint8_t {
  always,     // next_span tags topic and text key, so that a message is found by its key at every step
  when_root,  // only if the record held no context, as Brave does
};

struct KafkaConfig {
  // Of send and poll spans; empty: no remote endpoint. Copied.
  std::string_view remote_service_name = "kafka";
  bool shared_root = true;  // records without a context share one root a topic and poll
  MessagingSampler producer_sampler{};
  MessagingSampler consumer_sampler{};
  B3Format b3 = B3Format::single_no_parent;
  TagProcessor tag_processor = TagProcessor::always;
  bool rewrite_headers = true;  // poll puts its span's context into the record; next_span takes it out
  std::uint32_t inflight_deadline_s = 330;  // 1 or more: a message whose end nobody reported is expired
                                            // after this. Longer than message.timeout.ms (300 s unless set).
};

// Pinned; outlives every client that create() made and is itself outlived by its Tracing. Any thread.
class KafkaTracing {
 public:
  KafkaTracing() noexcept;
  KafkaTracing(const KafkaTracing&) = delete;
  KafkaTracing& operator=(const KafkaTracing&) = delete;

  // Keeps `tracing`, `inflight` and the rules of the samplers. Status::not_started if tracing is not
  // initialised.
  Status init(Tracing& tracing, std::span<InflightBucket> inflight, const KafkaConfig& config = {}) noexcept;

  // As rd_kafka_new(), with tracing: on success the client owns `conf`; on failure `conf` is the caller's, as
  // it was, and `errstr` says why. (Tracing is added to a copy of `conf`: interceptors that the application
  // added to it itself stay behind, see install(). On failure that copy is leaked before librdkafka 2.13,
  // whose destruction of a configuration with an interceptor crashes after a failed rd_kafka_new.)
  rd_kafka_t* create(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr,
                     std::size_t errstr_size) noexcept;

  // Adds tracing to a configuration, for what makes its clients itself: a plugin, or an application with
  // interceptors of its own, which no copy of a configuration keeps. Once added, a configuration must not be
  // destroyed after a failed rd_kafka_new() before librdkafka 2.13: leak it.
  rd_kafka_resp_err_t install(rd_kafka_conf_t* conf) noexcept;

  // The span of the application's own work on a record: a child of the record's context, else of this
  // thread's scope, else a new root. Unnamed; started. With rewrite_headers the record's trace headers are
  // taken out.
  Span next_span(const ConsumerRecord& record) noexcept;
  Span next_span(rd_kafka_message_t* message) noexcept;

  // Enters the context that a produced message carries: for the logs of a delivery report.
  Scope scope(const rd_kafka_message_t* message) noexcept;

  // What the interceptors call, and what TracingProducer tells of a call that failed before they ran.
  void client_made(std::uint32_t message_bytes_max) noexcept;
  void message_sent(rd_kafka_t* rk, rd_kafka_message_t* message) noexcept;
  void message_ended(rd_kafka_message_t* message) noexcept;
  void record_refused(std::string_view topic, std::string_view key, rd_kafka_resp_err_t error) noexcept;
  static void begin_call() noexcept;
  static bool call_was_sent() noexcept;

 private:
  friend class ConsumerPoll;
  friend class KafkaSender;

  bool active() const noexcept;  // initialised, and tracing is on
  KafkaSender* sender_of(const rd_kafka_message_t* message) const noexcept;
  kafka_detail::InflightTable& inflight_table() noexcept;
  void begin_send(rd_kafka_t* rk, rd_kafka_message_t* message, const kafka_detail::FoundHeaders& found,
                  kafka_detail::InflightSpan& span) noexcept;
  void end_send(const rd_kafka_message_t* message) noexcept;
  bool begin_refused(std::string_view topic, kafka_detail::InflightSpan& span) noexcept;
  bool put_send(const kafka_detail::InflightSpan& sent, const kafka_detail::SendEnd& end) noexcept;
  void record_send(const kafka_detail::InflightSpan& sent, const kafka_detail::SendEnd& end) noexcept;
  void end_unheld(const kafka_detail::InflightSpan& span, const rd_kafka_message_t* message) noexcept;
  void expire(const kafka_detail::InflightSpan& span, std::uint64_t now_us) noexcept;
  void sweep(std::uint64_t now_us, bool all) noexcept;
  Span next_span(rd_kafka_message_t* message, const Context* polled) noexcept;
  Span open_next(const rd_kafka_message_t* message, const Context& parent) noexcept;

  Tracing* tracing_ = nullptr;
  Housekeeper housekeeper_{};
  std::atomic<KafkaSender*> sender_{nullptr};                       // whose records are not traced
  std::atomic<std::uint32_t> least_message_bytes_max_{UINT32_MAX};  // message.max.bytes, of all clients
  KafkaConfig config_{};
  std::array<std::byte, 96> remote_{};  // the remote endpoint, encoded
  std::size_t remote_size_ = 0;
  alignas(8) std::array<std::byte, 2 * sizeof(void*) + 8> inflight_{};
};

// A header to send. A null `value.data()` is a null value.
struct RecordHeader {
  std::string_view name;
  std::string_view value;
};

struct ProducerRecord {
  const char* topic = nullptr;  // 1 to 249 characters, Kafka's own limit, and a NUL
  std::string_view key{};       // null data(): no key
  std::string_view value{};     // null data(): a tombstone
  std::int32_t partition = RD_KAFKA_PARTITION_UA;
  std::int64_t timestamp_ms = 0;            // 0: now
  std::span<const RecordHeader> headers{};  // copied
  void* opaque = nullptr;                   // comes back in the delivery report, untouched
};

// Wraps a producer that KafkaTracing::create() made; owns nothing. All calls: any thread.
class TracingProducer {
 public:
  TracingProducer(KafkaTracing& kafka, rd_kafka_t* producer) noexcept : kafka_{&kafka}, rk_{producer} {}

  // Copies the record into librdkafka's queue. The result is librdkafka's own.
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

// One polled record; a view, valid until its batch ends. Texts are views into librdkafka's message.
class ConsumerRecord {
 public:
  std::string_view topic() const noexcept;
  std::int32_t partition() const noexcept { return message_->partition; }
  std::int64_t offset() const noexcept { return message_->offset; }
  std::string_view key() const noexcept;
  std::string_view value() const noexcept;
  rd_kafka_resp_err_t error() const noexcept { return message_->err; }  // not a record if it is not 0
  rd_kafka_message_t* message() const noexcept { return message_; }

 private:
  friend class ConsumerBatch;
  friend class KafkaTracing;
  friend class TracingConsumer;

  rd_kafka_message_t* message_ = nullptr;
  Context polled_{};  // of its poll span
};

// The records of one poll; destroys them. One at a time a consumer: it lives in the consumer's memory. While
// a record is looked at through an iterator it is that iterator's; it lasts until the next step.
class ConsumerBatch {
 public:
  class Iterator {
   public:
    ConsumerRecord& operator*() noexcept { return record_; }
    ConsumerRecord* operator->() noexcept { return &record_; }
    Iterator& operator++() noexcept {
      if (++index_ < size_) load();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    friend class ConsumerBatch;
    Iterator(TracingConsumer* consumer, std::size_t index, std::size_t size) noexcept
        : consumer_{consumer}, index_{index}, size_{size} {
      if (index_ < size_) load();
    }
    void load() noexcept;

    TracingConsumer* consumer_;
    std::size_t index_;
    std::size_t size_;
    ConsumerRecord record_{};
  };

  ConsumerBatch(ConsumerBatch&& other) noexcept
      : consumer_{std::exchange(other.consumer_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  ConsumerBatch& operator=(ConsumerBatch&&) = delete;
  ~ConsumerBatch() { release(); }

  Iterator begin() noexcept { return {consumer_, 0, size_}; }
  Iterator end() noexcept { return {consumer_, size_, size_}; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  friend class TracingConsumer;
  ConsumerBatch(TracingConsumer& consumer, std::size_t size) noexcept : consumer_{&consumer}, size_{size} {}
  void release() noexcept;

  TracingConsumer* consumer_;
  std::size_t size_;
};

// What the poll spans of one topic say alike, encoded once a poll.
struct PollFields {
  const rd_kafka_topic_t* topic = nullptr;
  std::size_t size = 0;
  std::array<std::byte, 192> bytes;
};

// Wraps a consumer that create() or rd_kafka_new() made; owns nothing. One thread at a time.
class TracingConsumer {
 public:
  // `memory.records` bounds what one poll returns.
  TracingConsumer(KafkaTracing& kafka, rd_kafka_t* consumer, ConsumerMemory memory) noexcept;
  TracingConsumer(const TracingConsumer&) = delete;
  TracingConsumer& operator=(const TracingConsumer&) = delete;

  // Waits up to `timeout` for the first record, and takes what is already there besides. The batch before
  // must be gone.
  ConsumerBatch poll(std::chrono::milliseconds timeout) noexcept;

  // rd_kafka_consumer_poll(): one message, owned by the caller. Sharing a root means one root a message here.
  rd_kafka_message_t* consumer_poll(int timeout_ms) noexcept;
  // rd_kafka_consume_batch_queue(): messages owned by the caller, one poll for the sharing of roots.
  ssize_t consume_batch_queue(rd_kafka_queue_t* queue, int timeout_ms, rd_kafka_message_t** messages,
                              std::size_t size) noexcept;

  rd_kafka_t* handle() const noexcept { return rk_; }

 private:
  friend class ConsumerBatch;

  KafkaTracing* kafka_;
  rd_kafka_t* rk_;
  ConsumerMemory memory_;
  PollFields fields_;
};

}  // namespace edgespan
