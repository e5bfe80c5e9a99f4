// SPDX-License-Identifier: Apache-2.0
#include "kafka/consumer_poll.hpp"

#include <array>
#include <string_view>

#include "core/assert.hpp"
#include "core/put_span.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"
#include "kafka/otel_functions.hpp"
#include "kafka/polled_record.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail {
namespace {

const rd_kafka_message_t* first_of(const PolledTopic& topic) noexcept {
  return static_cast<const rd_kafka_message_t*>(topic.first);
}

Context shared_context(const PolledTopic& topic) noexcept {
  return {topic.trace_hi, topic.trace_lo, topic.span_id, topic.parent_id, topic.decision, topic.w3c};
}

}  // namespace

EDGESPAN_INLINE Context ConsumerPoll::next(const rd_kafka_message_t* message,
                                           const B3Extraction& extraction) noexcept {
  const MessagingSampler& sampler = state_.config.consumer_sampler;
  return next_context(state_.core(), extraction, false, sampler, Operation::receive,
                      [message] { return topic_of(message); });
}

PolledTopic* ConsumerPoll::shared(const rd_kafka_message_t* message) noexcept {
  const std::string_view name = topic_of(message);
  for (PolledTopic& known : topics_.first(used_)) {
    // The partitions of a topic share one name, though not always one handle.
    const rd_kafka_topic_t* const topic = first_of(known)->rkt;
    if (topic == message->rkt || name == topic_name(topic)) {
      ++known.records;
      return &known;
    }
  }
  detail::TracingState& state = state_.core();
  if (used_ == topics_.size()) {
    if (!topics_.empty()) state.count(detail::Event::root_unshared);
    return nullptr;
  }
  const Context context = next(message, no_headers);
  EDGESPAN_ASSERT(context.valid());
  PolledTopic& added = topics_[used_++];
  added.first = message;
  detail::set_context(added, context);
  added.w3c = context.w3c;
  added.records = 1;
  if (context.sampled() && now_us_ == 0) now_us_ = state.now_us();
  return &added;
}

// Empty for a topic that spans do not tell.
detail::TagView ConsumerPoll::tag_of(const rd_kafka_topic_t* topic) const noexcept {
  const std::string_view text = topic_text(state_, topic_name(topic));
  return text.empty() ? detail::TagView{} : detail::TagView{topic_tag, text};
}

// Called once for the records of a topic that come in a row.
[[gnu::noinline]] void ConsumerPoll::describe(const rd_kafka_topic_t* topic) noexcept {
  EDGESPAN_ASSERT(state_.remote.size <= state_.remote.bytes.size());
  const detail::EncodedEndpoint& local = state_.core().local;
  static_assert(sizeof local.bytes + sizeof state_.remote.bytes <= sizeof fields_->bytes);
  std::byte* out = detail::encode_impl::put_bytes(fields_->bytes.data(), local.view());
  out = detail::encode_impl::put_run(out, state_.remote.bytes.data(), state_.remote.size);
  long_tag_ = tag_of(topic);
  const std::size_t size = detail::encode_impl::given_size(long_tag_);
  if (size != 0 && size <= static_cast<std::size_t>(fields_->bytes.end() - out)) {
    out = detail::encode_impl::write_tag(out, long_tag_.key, long_tag_.value);
    long_tag_ = {};
  }
  fields_->size = static_cast<std::size_t>(out - fields_->bytes.begin());
  EDGESPAN_ASSERT(fields_->size <= fields_->bytes.size());
  fields_->topic = topic;
}

// False: the ring has no room.
[[gnu::noinline]] bool ConsumerPoll::put(const Context& context) noexcept {
  EDGESPAN_ASSERT(now_us_ != 0 && fields_->size <= fields_->bytes.size());
  detail::SpanFields span{context};
  span.kind = Kind::consumer;
  span.start_us = now_us_;
  span.duration_us = 1;  // of zero length; the collector takes 0 for absent
  span.name = name_field<poll_operation>;
  span.text = detail::Bytes{fields_->bytes}.first(fields_->size);
  span.tags[0] = long_tag_;
  return detail::put(state_.core(), span);
}

// The same for a record that is alone: encoded fields would be used once, and take stack.
[[gnu::noinline]] bool ConsumerPoll::put_alone(const Context& context) noexcept {
  EDGESPAN_ASSERT(now_us_ != 0 && topics_.empty());
  detail::SpanFields span{context};
  span.kind = Kind::consumer;
  span.start_us = now_us_;
  span.duration_us = 1;
  span.name = name_field<poll_operation>;
  span.local = state_.core().local.view();
  span.remote = state_.remote.view();
  span.tags[0] = long_tag_;
  return detail::put(state_.core(), span);
}

// In OpenTelemetry's spelling. The group is read once a poll.
[[gnu::noinline]] bool ConsumerPoll::put_otel(const Context& context, const rd_kafka_message_t* message,
                                              std::uint32_t records) noexcept {
  EDGESPAN_ASSERT(records != 0 && now_us_ != 0);
  if (fields_ != nullptr && fields_->size == 0) {
    tell_group({reinterpret_cast<char*>(fields_->bytes.data()), fields_->bytes.size()});
    fields_->size = fields_->bytes.size();
  }
  const PollFacts facts{long_tag_.value, records};
  MessageEnd end{.at_us = now_us_, .topic = topic_text(state_, topic_of(message)), .key = {}, .client = rk_};
  if (records == 1) {
    end.key = key_of(message);
    end.message = message;
  }
  return otel_calls().put_poll(state_, context, end, facts);
}

EDGESPAN_INLINE void ConsumerPoll::record(const Context& context, const rd_kafka_message_t* message,
                                          std::uint32_t records) noexcept {
  if (!context.sampled()) return;
  detail::TracingState& state = state_.core();
  if (now_us_ == 0) now_us_ = state.now_us();
  const bool brave = state_.config.semantics == Semantics::brave;
  const rd_kafka_topic_t* const topic = message->rkt;
  if (brave && fields_ == nullptr) long_tag_ = tag_of(topic);
  if (brave && fields_ != nullptr && (fields_->size == 0 || fields_->topic != topic)) describe(topic);
  detail::put_or_drop(state, [&] {
    if (!brave) return put_otel(context, message, records);
    return fields_ != nullptr ? put(context) : put_alone(context);
  });
}

// The context of a record's poll span, its own or one that it shares.
EDGESPAN_INLINE Context ConsumerPoll::join(const rd_kafka_message_t* message, FoundHeaders& found,
                                           bool& shares) noexcept {
  const B3Extraction extraction = read_polled(message, found);
  if (state_.config.shared_root && extraction.kind == B3Extraction::Kind::empty) {
    const PolledTopic* const topic = shared(message);
    shares = topic != nullptr;
    if (shares) return shared_context(*topic);
  }
  return next(message, extraction);
}

void ConsumerPoll::add(rd_kafka_message_t* message, PolledRecord& place) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (message != nullptr && used_ <= topics_.size()));
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || !state_.active()) {
    place = pack(message, {});
    return;
  }
  FoundHeaders found;
  bool shares = false;
  const Context context = join(message, found, shares);
  const TraceHeaders headers{context, state_.headers};
  if (!shares) record(context, message, 1);
  if (state_.config.rewrite_headers) {
    const Written written = headers.write(message, found);
    if (written != Written::done) [[unlikely]]
      state_.count(written);
  }
  place = pack(message, context);
}

void ConsumerPoll::finish() noexcept {
  EDGESPAN_ASSERT(used_ <= topics_.size());
  for (const PolledTopic& topic : topics_.first(used_)) {
    const Context context = shared_context(topic);
    EDGESPAN_ASSERT(context.valid() && topic.records != 0);
    record(context, first_of(topic), topic.records);
  }
}

}  // namespace edgespan::kafka_detail
