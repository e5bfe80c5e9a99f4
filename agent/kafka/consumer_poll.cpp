// SPDX-License-Identifier: Apache-2.0
#include "kafka/consumer_poll.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "core/ids_impl.hpp"
#include "core/put_span.hpp"
#include "kafka/b3_in_place.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"
#include "kafka/otel_functions.hpp"
#include "kafka/polled_record.hpp"
#include "kafka/short_fields.hpp"
#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail {
namespace {

const rd_kafka_message_t* first_of(const PolledTopic& topic) noexcept {
  return static_cast<const rd_kafka_message_t*>(topic.first);
}

Context shared_context(const PolledTopic& topic) noexcept {
  return {topic.trace_hi, topic.trace_lo, topic.span_id, topic.parent_id, topic.decision, topic.w3c};
}

// What every poll span says behind its ids: kind, name and times. A poll has no length, and the collector
// takes 0 for absent, so its duration is 1. The start time is written into the span.
constexpr std::size_t start_at = 2 + name_field<poll_operation>.size() + 1;
constexpr auto poll_head = [] {
  namespace encode = detail::encode_impl;
  std::array<std::byte, start_at + 8 + 2> head{};
  std::size_t at = 0;
  head[at++] = std::byte{encode::key_kind};
  head[at++] = static_cast<std::byte>(Kind::consumer);
  for (const std::byte byte : name_field<poll_operation>) head[at++] = byte;
  head[at] = std::byte{encode::key_timestamp};
  head[start_at + 8] = std::byte{encode::key_duration};
  head[start_at + 9] = std::byte{1};
  return head;
}();

// A poll span around `rest` bytes from poll_head on.
struct PollSpan {
  detail::EncodedSize size;

  EDGESPAN_INLINE PollSpan(const Context& context, std::size_t rest) noexcept {
    const std::uint32_t ids = detail::encode_impl::ids_size(context, Kind::none);
    size.body = ids + static_cast<std::uint32_t>(rest) + (context.decision == Decision::debug ? 2U : 0U);
    const std::uint32_t frame = size.body < 0x80 ? 2 : 3;
    size.total = frame + size.body;
    size.timestamp_at = frame + ids + static_cast<std::uint32_t>(start_at);
  }
};

// No tag for a topic that spans do not tell.
detail::TagView tag_of(std::string_view topic) noexcept {
  return topic.empty() ? detail::TagView{} : detail::TagView{topic_tag, topic};
}

// The largest remote endpoint, which is a name.
constexpr std::size_t remote_bytes_max = 4 + detail::service_name_max;

// A run that mostly has 65 to 128 bytes.
EDGESPAN_INLINE std::byte* put_long_run(std::byte* out, const std::byte* run, std::size_t size) noexcept {
  if (sizeof(void*) < 8 || size <= 64 || size > 128) return detail::encode_impl::put_run(out, run, size);
  detail::encode_impl::move<64>(out, run);
  detail::encode_impl::move<64>(out + size - 64, run + size - 64);
  return out + size;
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

// A client may free a topic's handle and use it for another topic, so from poll to poll the fields are known
// by the topic's name, which is the last of them.
EDGESPAN_INLINE bool ConsumerPoll::fields_tell(const rd_kafka_topic_t* topic) const noexcept {
  const std::size_t size = fields_->topic_bytes;
  if (size == 0) return false;
  EDGESPAN_ASSERT(size < fields_->size && fields_->size <= fields_->bytes.size());
  const std::byte* const told = fields_->bytes.data() + fields_->size - size;
  return topic_name(topic) == std::string_view{reinterpret_cast<const char*>(told), size};
}

// Called once for the records of a topic that come in a row.
[[gnu::noinline]] void ConsumerPoll::prepare(const rd_kafka_topic_t* topic) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state_.tracing != nullptr);
  if (now_us_ == 0) now_us_ = state_.core().now_us();
  const bool first = topic_ == nullptr;
  topic_ = topic;
  if (state_.config.semantics != Semantics::brave) {
    if (first && fields_ != nullptr) {
      tell_group({reinterpret_cast<char*>(fields_->bytes.data()), fields_->bytes.size()});
    }
  } else if (fields_ == nullptr) {
    long_text_ = topic_text(state_, topic_name(topic));
  } else if (fields_tell(topic)) {
    long_text_ = {};
    known_ = fields_->size;
  } else {
    describe(topic_name(topic));
  }
}

[[gnu::noinline]] void ConsumerPoll::describe(std::string_view topic) noexcept {
  using namespace detail::encode_impl;
  EDGESPAN_ASSERT(state_.remote.size <= remote_bytes_max);
  const detail::EncodedEndpoint& local = state_.core().local;
  static_assert(poll_head.size() + sizeof local.bytes + remote_bytes_max <= sizeof fields_->bytes);
  std::byte* out = put_bytes(fields_->bytes.data(), detail::Bytes{poll_head});
  out = put_bytes(out, local.view());
  out = put_run(out, state_.remote.bytes.data(), state_.remote.size);
  long_text_ = topic_text(state_, topic);
  fields_->topic_bytes = 0;
  const detail::TagView tag = tag_of(long_text_);
  const std::size_t size = given_size(tag);
  if (size != 0 && size <= static_cast<std::size_t>(fields_->bytes.end() - out)) {
    out = write_tag(out, tag.key, tag.value);
    fields_->topic_bytes = static_cast<std::uint16_t>(tag.value.size());
    long_text_ = {};
  }
  fields_->size = static_cast<std::uint16_t>(out - fields_->bytes.begin());
  EDGESPAN_ASSERT(fields_->size >= poll_head.size() && fields_->size <= fields_->bytes.size());
  known_ = long_text_.empty() ? fields_->size : 0U;
}

// A span of the topic that `fields_` tell, of which so many bytes are encoded; `more`: a tag that they have
// no room for. False: the ring has no room.
EDGESPAN_INLINE bool ConsumerPoll::put_fields(const Context& context, std::size_t size,
                                              const detail::TagView& more) noexcept {
  using namespace detail::encode_impl;
  EDGESPAN_ASSERT(now_us_ != 0 && size <= fields_->bytes.size());
  const PollSpan span{context, size + given_size(more)};
  const auto encode = [&](std::byte * out) __attribute__((always_inline)) {
    [[maybe_unused]] const std::byte* const begin = out;
    out = put_ids(context, put_length(put(out, key_list_span), span.size.body));
    std::byte* const start = out + start_at;
    out = put_long_run(out, fields_->bytes.data(), size);
    put_le64(start, now_us_);
    out = put_end(context, put_given(out, more));
    EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == span.size.total);
  };
  return detail::put_element(state_.core(), span.size, false, encode);
}
[[gnu::noinline]] bool ConsumerPoll::put_described(const Context& context) noexcept {
  return put_fields(context, fields_->size, tag_of(long_text_));
}

// The same for a record that is alone: encoded fields would be used once, and take stack.
[[gnu::noinline]] bool ConsumerPoll::put_alone(const Context& context) noexcept {
  using namespace detail::encode_impl;
  EDGESPAN_ASSERT(now_us_ != 0 && topics_.empty());
  const detail::Bytes local = state_.core().local.view();
  const detail::Bytes remote = state_.remote.view();
  const detail::TagView tag = tag_of(long_text_);
  const PollSpan span{context, poll_head.size() + local.size() + remote.size() + given_size(tag)};
  const auto encode = [&](std::byte * out) __attribute__((always_inline)) {
    [[maybe_unused]] const std::byte* const begin = out;
    out = put_ids(context, put_length(put(out, key_list_span), span.size.body));
    std::memcpy(out, poll_head.data(), poll_head.size());
    put_le64(out + start_at, now_us_);
    out = put_bytes(put_bytes(out + poll_head.size(), local), remote);
    out = put_end(context, put_given(out, tag));
    EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == span.size.total);
  };
  return detail::put_element(state_.core(), span.size, false, encode);
}

// In OpenTelemetry's spelling. The group is read once a poll.
[[gnu::noinline]] bool ConsumerPoll::put_otel(const Context& context, const rd_kafka_message_t* message,
                                              std::uint32_t records) noexcept {
  EDGESPAN_ASSERT(records != 0 && now_us_ != 0);
  const PollFacts facts{long_text_, records};
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
  EDGESPAN_ASSERT(context.span_id != 0);
  if (message->rkt != topic_ || topic_ == nullptr) prepare(message->rkt);
  detail::put_or_drop(state_.core(), [&] {
    if (state_.config.semantics != Semantics::brave) return put_otel(context, message, records);
    return fields_ != nullptr ? put_described(context) : put_alone(context);
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

// Whether the message is a record, and there are to be spans.
EDGESPAN_INLINE bool ConsumerPoll::traces(const rd_kafka_message_t* message) const noexcept {
  return message->err == RD_KAFKA_RESP_ERR_NO_ERROR && state_.active();
}

// Whatever the headers are.
[[gnu::noinline]] void ConsumerPoll::add_any(rd_kafka_message_t* message, PolledRecord& place) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (message != nullptr && used_ <= topics_.size()));
  if (!traces(message)) {
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

// A record with a header that is written in place, of the topic that came last, whose span says no more than
// the fields of that topic: all in one frame, and all that is known left out.
ConsumerPoll::Left ConsumerPoll::add_quick(rd_kafka_message_t* message, PolledRecord& place) noexcept {
  if (!traces(message) || !state_.config.rewrite_headers) [[unlikely]]
    return {Left::all, 0};
  rd_kafka_headers_t* list = nullptr;
  B3InPlace header;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      !header.read(list, state_.headers)) [[unlikely]] {
    return {Left::all, 0};
  }
  const Context context = detail::make_child(state_.core(), header.said(), nullptr);
  header.write(context);
  place = pack(message, context);
  if (!context.sampled()) return {Left::nothing, 0};
  if (message->rkt != topic_ || topic_ == nullptr) [[unlikely]] {
    if (fields_ == nullptr) return {Left::span, context.parent_id};
    prepare(message->rkt);
  }
  if (known_ == 0 || context.decision == Decision::debug) [[unlikely]]
    return {Left::span, context.parent_id};
  const auto put = [&]() __attribute__((always_inline)) { return put_fields(context, known_, {}); };
  detail::put_or_drop(state_.core(), put);
  return {Left::nothing, 0};
}

// The span of a record that is alone, whose topic is short and printable ASCII, in Brave's spelling: as
// put_alone() writes it. False: it is another one, or the ring has no room.
[[gnu::noinline]] bool ConsumerPoll::put_short(const rd_kafka_message_t* message, const PolledRecord& place,
                                               std::uint64_t parent_id) noexcept {
  using namespace detail::encode_impl;
  if (fields_ != nullptr || state_.config.semantics != Semantics::brave) return false;
  const std::string_view topic = topic_of(message);
  if (topic.size() - 1 >= short_fields::text_bytes_max || !detail::printable_ascii(topic)) return false;
  const detail::EncodedEndpoint& local = state_.core().local;
  const std::size_t rest =
      local.size + state_.remote.size + short_fields::tag_front<topic_tag>.size() + topic.size();
  if (rest < short_fields::local_front) return false;
  EDGESPAN_ASSERT(message_of(place) == message && parent_id != 0);
  Context context = context_of(place);
  context.parent_id = parent_id;
  now_us_ = state_.core().now_us();
  const PollSpan span{context, poll_head.size() + rest};
  const auto encode = [&](std::byte * out) __attribute__((always_inline)) {
    [[maybe_unused]] const std::byte* const begin = out;
    out = put_ids(context, put_length(put(out, key_list_span), span.size.body));
    std::memcpy(out, poll_head.data(), poll_head.size());
    put_le64(out + start_at, now_us_);
    out = short_fields::put_front<short_fields::local_front>(out + poll_head.size(), local);
    out = short_fields::put_front<short_fields::remote_front>(out, state_.remote);
    out = put_end(context, short_fields::put_tag<topic_tag>(out, topic));
    EDGESPAN_ASSERT(static_cast<std::size_t>(out - begin) == span.size.total);
  };
  return detail::put_element(state_.core(), span.size, false, encode);
}

[[gnu::noinline]] void ConsumerPoll::record_left(const rd_kafka_message_t* message, const PolledRecord& place,
                                                 std::uint64_t parent_id) noexcept {
  EDGESPAN_ASSERT(message_of(place) == message && parent_id != 0);
  Context context = context_of(place);
  context.parent_id = parent_id;
  record(context, message, 1);
}

void ConsumerPoll::end_shared() noexcept {
  EDGESPAN_ASSERT(used_ <= topics_.size());
  for (const PolledTopic& topic : topics_.first(used_)) {
    const Context context = shared_context(topic);
    EDGESPAN_ASSERT(context.valid() && topic.records != 0);
    record(context, first_of(topic), topic.records);
  }
}

}  // namespace edgespan::kafka_detail
