// SPDX-License-Identifier: Apache-2.0
#include "core/open_spans.hpp"
#include "core/put_span.hpp"
#include "kafka/kafka_state.hpp"

namespace edgespan {
namespace {

using namespace kafka_detail;

constexpr std::uintptr_t decision_bits = 3;

PolledRecord pack(rd_kafka_message_t* message, const Context& context) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(message);
  EDGESPAN_ASSERT((address & decision_bits) == 0);
  return {address | static_cast<std::uintptr_t>(context.decision), context.trace_hi, context.trace_lo,
          context.span_id};
}

rd_kafka_message_t* message_of(const PolledRecord& record) noexcept {
  return reinterpret_cast<rd_kafka_message_t*>(record.message & ~decision_bits);
}

Context context_of(const PolledRecord& record) noexcept {
  return {record.trace_hi, record.trace_lo, record.span_id, 0,
          static_cast<Decision>(record.message & decision_bits)};
}

}  // namespace

// One poll: its time, the spans that records without a context share, and what all spans of a topic say
// alike.
class ConsumerPoll {
 public:
  ConsumerPoll(KafkaTracing& kafka, std::span<PolledTopic> topics, PollFields& fields) noexcept
      : kafka_{kafka}, topics_{topics}, fields_{fields} {
    fields_.size = 0;
  }

  // Traces one record, which lives until finish(); returns the context of its poll span, not valid() if it
  // has none.
  Context add(rd_kafka_message_t* message) noexcept;
  // Ends the shared spans.
  void finish() noexcept;

 private:
  // The topic's entry; null if there is no room for one, and the record needs a span of its own.
  const PolledTopic* shared(const rd_kafka_message_t* message) noexcept;
  Context next(const rd_kafka_message_t* message, const B3Extraction& extraction) noexcept;
  Context join(const rd_kafka_message_t* message, FoundHeaders& found, bool& shares) noexcept;
  void describe(const rd_kafka_topic_t* topic) noexcept;
  bool put(const Context& context) noexcept;
  void record(const Context& context, const rd_kafka_topic_t* topic) noexcept;

  KafkaTracing& kafka_;
  std::span<PolledTopic> topics_;
  std::size_t used_ = 0;
  std::uint64_t now_us_ = 0;  // read once, with the first sampled span
  PollFields& fields_;  // of the topic that came last: both endpoints and, if it is as short as most, its tag
  detail::TagView long_tag_;  // else the tag itself
};

// The context of a record's poll span, its own or one that it shares. Apart from add(), which then does not
// hold what headers said as well.
[[gnu::noinline]] Context ConsumerPoll::join(const rd_kafka_message_t* message, FoundHeaders& found,
                                             bool& shares) noexcept {
  const B3Extraction extraction = read_headers(message, found);
  if (kafka_.config_.shared_root && extraction.kind == B3Extraction::Kind::empty) {
    const PolledTopic* const topic = shared(message);
    shares = topic != nullptr;
    if (shares) return detail::copy_of(topic->context);
  }
  return next(message, extraction);
}

Context ConsumerPoll::add(rd_kafka_message_t* message) noexcept {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || !kafka_.active()) return {};
  FoundHeaders found;
  bool shares = false;
  const Context context = join(message, found, shares);
  const TraceHeaders headers{context, kafka_.config_.b3};
  if (!shares) record(context, message->rkt);
  if (kafka_.config_.rewrite_headers && !headers.write(message, found)) {
    detail::state_of(*kafka_.tracing_).count(detail::Event::header_failed);
  }
  return context;
}

Context ConsumerPoll::next(const rd_kafka_message_t* message, const B3Extraction& extraction) noexcept {
  const MessagingSampler& sampler = kafka_.config_.consumer_sampler;
  return next_context(detail::state_of(*kafka_.tracing_), extraction, false, sampler, Operation::receive,
                      rule_topic(sampler, message));
}

const PolledTopic* ConsumerPoll::shared(const rd_kafka_message_t* message) noexcept {
  const std::string_view name = topic_of(message);
  for (const PolledTopic& known : topics_.first(used_)) {
    // The partitions of a topic share one name, though not always one handle.
    if (known.topic == message->rkt ||
        name == topic_name(static_cast<const rd_kafka_topic_t*>(known.topic))) {
      return &known;
    }
  }
  detail::TracingState& state = detail::state_of(*kafka_.tracing_);
  if (used_ == topics_.size()) {
    if (!topics_.empty()) state.count(detail::Event::root_unshared);
    return nullptr;
  }
  const Context context = next(message, no_headers);
  PolledTopic& added = topics_[used_++];
  added = {message->rkt, detail::copy_of(context)};
  if (context.sampled() && now_us_ == 0) now_us_ = state.now_us();
  return &added;
}

// Once for the records of a topic that come in a row.
[[gnu::noinline]] void ConsumerPoll::describe(const rd_kafka_topic_t* topic) noexcept {
  const detail::EncodedEndpoint& local = detail::state_of(*kafka_.tracing_).local;
  static_assert(sizeof local.bytes + sizeof kafka_.remote_ <= sizeof fields_.bytes);
  std::byte* out = detail::encode_impl::put_bytes(fields_.bytes.data(), local.view());
  out = detail::encode_impl::put_run(out, kafka_.remote_.data(), kafka_.remote_size_);
  long_tag_ = {topic_tag, topic_name(topic)};
  const std::size_t size = detail::encode_impl::tag_size(long_tag_.key, long_tag_.value);
  if (size <= static_cast<std::size_t>(fields_.bytes.end() - out)) {
    out = detail::encode_impl::write_tag(out, long_tag_.key, long_tag_.value);
    long_tag_ = {};
  }
  fields_.size = static_cast<std::size_t>(out - fields_.bytes.begin());
  fields_.topic = topic;
}

// False: there is no room in the ring.
[[gnu::noinline]] bool ConsumerPoll::put(const Context& context) noexcept {
  detail::SpanFields span{context};
  span.kind = Kind::consumer;
  span.start_us = now_us_;
  span.duration_us = 1;  // of zero length; the collector takes 0 for absent
  span.name = poll_name;
  span.text = detail::Bytes{fields_.bytes}.first(fields_.size);
  span.tags[0] = long_tag_;
  return detail::put(detail::state_of(*kafka_.tracing_), span);
}

void ConsumerPoll::record(const Context& context, const rd_kafka_topic_t* topic) noexcept {
  if (!context.sampled()) return;
  detail::TracingState& state = detail::state_of(*kafka_.tracing_);
  if (now_us_ == 0) now_us_ = state.now_us();
  if (fields_.size == 0 || fields_.topic != topic) describe(topic);
  detail::put_or_drop(state, [&] { return put(context); });
}

void ConsumerPoll::finish() noexcept {
  for (const PolledTopic& topic : topics_.first(used_)) {
    record(topic.context, static_cast<const rd_kafka_topic_t*>(topic.topic));
  }
}

TracingConsumer::TracingConsumer(KafkaTracing& kafka, rd_kafka_t* consumer, ConsumerMemory memory) noexcept
    : kafka_{&kafka}, rk_{consumer}, memory_{memory} {}

ConsumerBatch TracingConsumer::poll(std::chrono::milliseconds timeout) noexcept {
  ConsumerPoll poll{*kafka_, memory_.topics, fields_};
  std::size_t size = 0;
  int wait_ms = timeout.count() > INT32_MAX ? INT32_MAX : static_cast<int>(timeout.count());
  while (size < memory_.records.size()) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(rk_, wait_ms);
    if (message == nullptr) break;
    memory_.records[size++] = pack(message, poll.add(message));
    wait_ms = 0;
  }
  poll.finish();
  return ConsumerBatch{*this, size};
}

rd_kafka_message_t* TracingConsumer::consumer_poll(int timeout_ms) noexcept {
  rd_kafka_message_t* message = rd_kafka_consumer_poll(rk_, timeout_ms);
  if (message == nullptr) return nullptr;
  ConsumerPoll poll{*kafka_, memory_.topics, fields_};
  poll.add(message);
  poll.finish();
  return message;
}

ssize_t TracingConsumer::consume_batch_queue(rd_kafka_queue_t* queue, int timeout_ms,
                                             rd_kafka_message_t** messages, std::size_t size) noexcept {
  const ssize_t count = rd_kafka_consume_batch_queue(queue, timeout_ms, messages, size);
  ConsumerPoll poll{*kafka_, memory_.topics, fields_};
  for (ssize_t i = 0; i < count; ++i) poll.add(messages[i]);
  poll.finish();
  return count;
}

std::string_view ConsumerRecord::topic() const noexcept { return topic_of(message_); }
std::string_view ConsumerRecord::key() const noexcept { return key_of(message_); }
std::string_view ConsumerRecord::value() const noexcept {
  return message_->payload != nullptr
             ? std::string_view{static_cast<const char*>(message_->payload), message_->len}
             : std::string_view{};
}

void ConsumerBatch::Iterator::load() noexcept {
  const PolledRecord& polled = consumer_->memory_.records[index_];
  record_.message_ = message_of(polled);
  record_.polled_ = context_of(polled);
}

void ConsumerBatch::release() noexcept {
  if (consumer_ == nullptr) return;
  for (const PolledRecord& polled : consumer_->memory_.records.first(size_)) {
    rd_kafka_message_destroy(message_of(polled));
  }
  consumer_ = nullptr;
  size_ = 0;
}

// What poll wrote into the record need not be read again. Records that keep their headers do not hold it.
Span KafkaTracing::next_span(const ConsumerRecord& record) noexcept {
  if (config_.rewrite_headers || !record.polled_.valid()) return next_span(record.message_, &record.polled_);
  if (!active()) return {};
  return open_next(record.message_, record.polled_);
}

Span KafkaTracing::next_span(rd_kafka_message_t* message) noexcept { return next_span(message, nullptr); }

Span KafkaTracing::next_span(rd_kafka_message_t* message, const Context* polled) noexcept {
  if (!active()) return {};
  FoundHeaders found;
  const B3Extraction extraction = read_headers(message, found, polled);
  if (config_.rewrite_headers && extraction.kind == B3Extraction::Kind::ids) clear_headers(found);
  return open_next(message, extraction.context);
}

Span KafkaTracing::open_next(const rd_kafka_message_t* message, const Context& parent) noexcept {
  SpanSlot* slot = nullptr;
  Span span = detail::start_child(*tracing_, parent, slot);
  if (slot != nullptr && (!parent.valid() || config_.tag_processor == TagProcessor::always)) {
    detail::TracingState& state = detail::state_of(*tracing_);
    const std::string_view key = key_of(message);
    if (detail::text_key(key)) {
      detail::add_tag(state, *slot, key_tag, detail::cut_utf8(key, key_tag_bytes_max));
    }
    detail::add_tag(state, *slot, topic_tag, topic_of(message));
  }
  detail::open_slot(slot);
  return span;
}

}  // namespace edgespan
