// SPDX-License-Identifier: Apache-2.0
#include "kafka/otel_span.hpp"

#include <cstring>

#include "core/assert.hpp"
#include "core/open_spans.hpp"
#include "core/put_span.hpp"
#include "core/slot_text.hpp"
#include "kafka/message_text.hpp"
#include "kafka/tag_run.hpp"

namespace edgespan::kafka_detail {
namespace {

// Of rd_kafka_err2str(), which has whole sentences.
constexpr std::size_t sentence_bytes_max = 100;

// A name ends with the topic (`send readings`) unless the topic has more bytes: a span has not the room for
// two of those, and its attribute tells it anyway.
constexpr std::size_t named_topic_bytes_max = 64;

// By a call: the encoder's own way is quicker, and takes more of the stack.
std::byte* put_copy(std::byte* out, detail::Bytes bytes) noexcept {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

// The field `name` of a span. A topic keeps its letters as they are, as its attribute does.
class Title {
 public:
  Title(const MessageOperation& operation, std::string_view topic) noexcept
      : operation_{operation.name},
        topic_{topic.size() <= named_topic_bytes_max ? topic : std::string_view{}} {}

  std::size_t size() const noexcept { return 2 + text_size(); }
  std::byte* write(std::byte* out) const noexcept {
    using namespace detail::encode_impl;
    out = put(put(out, key_name), static_cast<std::uint8_t>(text_size()));
    out = put_copy(out, std::as_bytes(std::span{operation_}));
    return topic_.empty() ? out : put_copy(put(out, ' '), std::as_bytes(std::span{topic_}));
  }

 private:
  std::size_t text_size() const noexcept {
    return operation_.size() + (topic_.empty() ? 0 : 1 + topic_.size());
  }

  std::string_view operation_;
  std::string_view topic_;
};

constexpr std::size_t id_bytes_max = 127;  // of a client or a group

// librdkafka's name of a client is its client.id, a '#', and which of the process' clients it is.
std::string_view id_of(const rd_kafka_t* client) noexcept {
  if (client == nullptr) return {};
  const std::string_view name{rd_kafka_name(client)};
  const std::size_t end = name.rfind('#');
  return key_text({name.data(), end != name.npos ? end : name.size()}, id_bytes_max).text;
}

// The sentence that an error means; a word of our own has none.
std::string_view sentence_of(const MessageEnd& end) noexcept {
  EDGESPAN_ASSERT(end.error != nullptr);
  const bool has_code = end.code != RD_KAFKA_RESP_ERR_NO_ERROR;
  return detail::cut_utf8(has_code ? rd_kafka_err2str(end.code) : end.error, sentence_bytes_max);
}

// What a span says, and when it began.
struct Telling {
  const KafkaState& state;
  const Context* context;
  std::uint64_t start_us;
  const MessageOperation& operation;
  const MessageEnd& end;
};

// Adds what a span says, in the order of the conventions' pages. True: all of it is told, and whole. Where
// the room is short, that the message has failed is told first, and then where it lies.
[[gnu::noinline]] bool tell(TagRun& run, const Telling& what, const PollFacts* facts) noexcept {
  using detail::encode_impl::tag_size;
  constexpr std::uint32_t of_offset = otel.offset.size() + 6 + 19;  // a tag with the most digits
  const MessageEnd& end = what.end;
  const rd_kafka_message_t* const message = end.message;
  std::uint32_t of_error = 0;
  if (end.error != nullptr) {
    of_error = static_cast<std::uint32_t>(tag_size(otel.error_type, end.error) + tag_size(otel.error, {}));
  }
  run.add(&AttributeNames::system, otel_system);
  run.add(&AttributeNames::operation_name, what.operation.name);
  run.add(&AttributeNames::operation_type, what.operation.type);
  run.keep(of_error);
  if (!end.topic.empty()) run.add(&AttributeNames::destination, end.topic);
  const bool has_offset = message != nullptr && message->offset >= 0;
  if (has_offset) run.keep(of_error + of_offset);
  if (message != nullptr && message->partition >= 0) {
    run.add(&AttributeNames::partition, static_cast<std::uint32_t>(message->partition));
  }
  bool whole_key = true;
  if (!end.folded) {
    const KeyText key = key_text(end.key, what.state.config.key_bytes_max);
    whole_key = !key.cut;
    if (!key.text.empty()) run.add_cut(&AttributeNames::key, key.text);
  }
  run.keep(of_error);
  if (has_offset) run.add(&AttributeNames::offset, static_cast<std::uint64_t>(message->offset));
  run.keep(0);
  if (end.error != nullptr) {
    run.add(&AttributeNames::error_type, end.error);
    run.add_cut(&AttributeNames::error, sentence_of(end));
  }
  if (message != nullptr && message->key != nullptr && message->payload == nullptr) {
    run.add(&AttributeNames::tombstone, "true");
  }
  if (end.folded) run.add(&AttributeNames::refused, end.key);
  if (facts != nullptr) {
    if (facts->messages > 1) run.add(&AttributeNames::message_count, std::uint64_t{facts->messages});
    if (!facts->group.empty()) run.add(&AttributeNames::group, facts->group);
  }
  if (const std::string_view id = id_of(end.client); !id.empty()) run.add(&AttributeNames::client, id);
  return whole_key && !run.cut();
}

// These two are not inlined: what they need is off the stack when the tags are told.
[[gnu::noinline]] detail::EncodedSize size_of(const Telling& what, std::size_t told) noexcept {
  const std::size_t rest = what.state.core().local.size + what.state.remote.size + told;
  return detail::encode_impl::element_size(*what.context, what.operation.kind,
                                           Title{what.operation, what.end.topic}.size(),
                                           what.end.duration_us(what.start_us), rest);
}

// Writes all but the tags, which take `told` bytes, and returns where these begin.
[[gnu::noinline]] std::byte* write_frame(const Telling& what, std::size_t told,
                                         const detail::EncodedSize& size, std::byte* out) noexcept {
  using namespace detail::encode_impl;
  const std::byte* const begin = out;
  out = put_head(*what.context, what.operation.kind, size, out);
  out = Title{what.operation, what.end.topic}.write(out);
  out = put_times(what.start_us, what.end.duration_us(what.start_us), out);
  out = put_copy(out, what.state.core().local.view());
  out = put_copy(out, what.state.remote.view());
  [[maybe_unused]] const std::byte* const end = put_end(*what.context, out + told);
  EDGESPAN_ASSERT(static_cast<std::size_t>(end - begin) == size.total);
  return out;
}

[[gnu::noinline]] bool put_otel(KafkaState& state, const Context& context, std::uint64_t start_us,
                                const MessageOperation& operation, const MessageEnd& end,
                                const PollFacts* facts) noexcept {
  EDGESPAN_ASSERT(context.sampled());
  const Telling what{state, &context, start_us, operation, end};
  detail::EncodedSize size = size_of(what, 0);
  EDGESPAN_ASSERT(size.total < span_bytes_max);
  TagRun run{span_bytes_max - size.total - 1, nullptr};  // with tags the length may take one more byte
  const bool whole = tell(run, what, facts);
  size = size_of(what, run.size());
  const bool done = detail::put_element(state.core(), size, false, [&](std::byte* out) {
    run.begin(write_frame(what, run.size(), size, out));
    (void)tell(run, what, facts);
  });
  if (done && !whole) state.core().count(detail::Event::text_cut);
  return done;
}

}  // namespace

bool put_otel_send(KafkaState& state, const InflightSpan& sent, const MessageEnd& end) noexcept {
  return put_otel(state, sent.context, sent.start_us, send_operation, end, nullptr);
}

// A poll has no length.
bool put_otel_poll(KafkaState& state, const Context& context, const MessageEnd& end,
                   const PollFacts& facts) noexcept {
  return put_otel(state, context, end.at_us, poll_operation, end, &facts);
}

void fill_otel(KafkaState& state, SpanSlot& slot, const rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::fields_bytes(slot) == 0 && slot.name_bytes == 0);
  const MessageEnd end{
      .at_us = 0, .topic = topic_text(state, topic_of(message)), .key = key_of(message), .message = message};
  const Title title{process_operation, end.topic};
  const auto room = static_cast<std::uint32_t>(slot.text.size() - title.size());
  slot.kind = static_cast<std::uint8_t>(process_operation.kind);
  (void)title.write(slot.text.data() + room);
  slot.name_bytes = static_cast<std::uint16_t>(title.size());
  TagRun run{room, slot.text.data()};
  if (!tell(run, {state, nullptr, 0, process_operation, end}, nullptr)) {
    state.core().count(detail::Event::text_cut);
  }
  slot.tag_bytes = static_cast<std::uint16_t>(run.size());
  EDGESPAN_ASSERT(detail::texts_fit(slot));
}

std::string_view group_of(const rd_kafka_t* consumer, std::span<char> out) noexcept {
  EDGESPAN_ASSERT(consumer != nullptr && !out.empty());
  std::size_t size = out.size();
  // The size that comes back counts the NUL, and is that of the whole name even if it did not fit.
  const rd_kafka_conf_res_t read =
      rd_kafka_conf_get(rd_kafka_conf(const_cast<rd_kafka_t*>(consumer)), "group.id", out.data(), &size);
  if (read != RD_KAFKA_CONF_OK || size < 2 || size > out.size()) return {};
  return key_text({out.data(), size - 1}, id_bytes_max).text;
}

}  // namespace edgespan::kafka_detail
