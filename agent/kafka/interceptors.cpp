// SPDX-License-Identifier: Apache-2.0
#include "kafka/interceptors.hpp"

#include "core/assert.hpp"
#include "kafka/conf_number.hpp"
#include "kafka/consume_call.hpp"
#include "kafka/consumer_poll.hpp"
#include "kafka/message_text.hpp"
#include "kafka/next_context.hpp"
#include "kafka/polled_record.hpp"
#include "kafka/produce_call.hpp"
#include "kafka/response_time.hpp"
#include "kafka/send_span.hpp"
#include "kafka/short_send.hpp"
#include "kafka/sweep_messages.hpp"
#include "kafka/trace_headers.hpp"
#include "kafka/trial_client.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr const char* interceptor_name = "edgespan";

// Of a consumer's group: a longer one is not told of records that are consumed by a call of librdkafka's own.
constexpr std::size_t group_bytes_max = 63;

KafkaState& state_at(void* opaque) noexcept { return *static_cast<KafkaState*>(opaque); }

rd_kafka_resp_err_t on_send(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  message_sent(state_at(opaque), rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  message_ended(state_at(opaque), rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_response_received(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api_key,
                                         std::int16_t, std::int32_t, std::size_t, std::int64_t,
                                         rd_kafka_resp_err_t error, void* opaque) {
  begin_response(state_at(opaque), api_key, error);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_consume(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  message_consumed(state_at(opaque), rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka copies no interceptors; this carries ours to a copy. The copy has no settings yet, so a trial is
// made of the original.
rd_kafka_resp_err_t on_conf_dup(rd_kafka_conf_t* copy, const rd_kafka_conf_t* original,
                                std::size_t filter_count, const char** filter, void* opaque) {
  if (is_for_trial(filter_count, filter)) return RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!survives_failed_new() && !any_can_be_made(original)) return RD_KAFKA_RESP_ERR_NO_ERROR;
  return add_interceptors(copy, state_at(opaque));
}

// Runs on librdkafka's main thread before the client's queues are freed.
rd_kafka_resp_err_t on_destroy(rd_kafka_t* rk, void* opaque) {
  end_messages_of(state_at(opaque), rk);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// Keeps the least message.max.bytes of all clients.
void note_message_bytes_max(KafkaState& state, std::uint32_t bytes) noexcept {
  std::uint32_t least = state.least_message_bytes_max.load(std::memory_order_relaxed);
  while (bytes < least && !state.least_message_bytes_max.compare_exchange_weak(least, bytes)) {
  }
  EDGESPAN_ASSERT(state.least_message_bytes_max.load(std::memory_order_relaxed) <= bytes);
}

// A timeout within the deadline of all clients needs no deadline of its own.
void note_message_timeout(KafkaState& state, const rd_kafka_t* rk, std::uint32_t timeout_ms) noexcept {
  const std::uint32_t deadline_s = ClientDeadlines::of_timeout(timeout_ms);
  if (deadline_s > state.config.inflight_deadline_s) state.deadlines.add(client_number(rk), deadline_s);
}

rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t* conf, void* opaque, char*, std::size_t) {
  if (rd_kafka_type(rk) != RD_KAFKA_PRODUCER) {
    return rd_kafka_interceptor_add_on_consume(rk, interceptor_name, on_consume, opaque);
  }
  KafkaState& state = state_at(opaque);
  EDGESPAN_ASSERT(state.tracing != nullptr);  // add_interceptors() had it
  rd_kafka_resp_err_t error = rd_kafka_interceptor_add_on_destroy(rk, interceptor_name, on_destroy, opaque);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = rd_kafka_interceptor_add_on_send(rk, interceptor_name, on_send, opaque);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = rd_kafka_interceptor_add_on_acknowledgement(rk, interceptor_name, on_acknowledgement, opaque);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    error = rd_kafka_interceptor_add_on_response_received(rk, interceptor_name, on_response_received, opaque);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) note_producer(state, rk, conf);
  return error;
}

template <bool InLine>
[[gnu::always_inline]] inline Context send_context(KafkaState& state, const rd_kafka_message_t* message,
                                                   const B3Extraction& extraction) noexcept {
  const MessagingSampler& sampler = state.config.producer_sampler;
  return next_context<InLine>(state.core(), extraction, true, sampler, Operation::send,
                              [message] { return topic_of(message); });
}

// The context of a message that is sent with headers. Not inlined: keeps what they said off the stack of
// message_sent().
[[gnu::noinline]] Context continue_trace(KafkaState& state, const rd_kafka_message_t* message,
                                         FoundHeaders& found) noexcept {
  const B3Extraction extraction = read_list(found, nullptr);
  return send_context<false>(state, message, extraction);
}

// Starts the span of a message and gives the message its header. `Bare`: it has no headers.
template <bool Bare>
[[gnu::always_inline]] inline void begin_here(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message,
                                              const FoundHeaders& found, InflightSpan& span) noexcept {
  detail::TracingState& core = state.core();
  EDGESPAN_ASSERT(detail::few_assertions || (span.context.valid() && span.start_us == 0));
  const bool sampled = span.context.sampled();
  const TraceHeaders headers{span.context, state.headers, Bare};
  if (sampled) span.start_us = core.now_us();
  // librdkafka compared the message with message.max.bytes before it had the header; a larger one aborts the
  // process when it is sent (2.0.2, an assertion). The least limit of all clients settles it nearly always.
  const std::size_t bytes = traced_record_bytes_max(message, Bare ? nullptr : found.list);
  const bool has_room = bytes <= state.least_message_bytes_max.load(std::memory_order_relaxed) ||
                        bytes <= conf_number(rd_kafka_conf(rk), message_bytes_max_setting);
  Written written = Written::failed;
  if (has_room) [[likely]]
    written = Bare ? headers.write_first(message) : headers.write(message, found);
  if (written != Written::done) [[unlikely]]
    state.count(written);
}

// The same. Not inlined: the deepest path of a message with headers does not hold this function's stack as
// well.
[[gnu::noinline]] void begin_apart(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message,
                                   const FoundHeaders& found, InflightSpan& span) noexcept {
  begin_here<false>(state, rk, message, found, span);
}

// How a message ended that librdkafka still has.
MessageEnd end_of(const KafkaState& state, const rd_kafka_t* rk, const rd_kafka_message_t* message,
                  std::uint64_t at_us) noexcept {
  const rd_kafka_resp_err_t code = message->err;
  return {.at_us = at_us,
          .topic = topic_text(state, topic_of(message)),
          .key = key_of(message),
          .error = code != RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_err2name(code) : nullptr,
          .message = message,
          .client = rk,
          .code = code};
}

// Not inlined, as the next one, which records what this one does not.
[[gnu::noinline]] bool put_unheld(KafkaState& state, const InflightSpan& span,
                                  const rd_kafka_message_t* message) noexcept {
  return put_short_send(state, span, message, span.start_us);
}

// Ends the span of a message for which the table has no slot. Not inlined, for message_sent()'s stack.
[[gnu::noinline]] void end_unheld(KafkaState& state, const rd_kafka_t* rk, const InflightSpan& span,
                                  const rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || !state.is_senders(message));
  state.core().count(detail::Event::inflight_full);
  if (detail::wide_code && put_unheld(state, span, message)) return;
  record_send(state, span,
              {.at_us = span.start_us,
               .topic = topic_text(state, topic_of(message)),
               .key = key_of(message),
               .message = message,
               .client = rk});
}

// Errors that only a message in librdkafka's own queues ends with, never an application's array element:
// those of the queues, and those of a broker's answer. An element is refused before, by what is known of its
// topic and of its size (2.0.2, read).
constexpr bool ends_in_queue(rd_kafka_resp_err_t error) noexcept {
  switch (error) {
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return true;
    default:
      return false;
  }
}

// The span of a message that has failed and for which there was no slot. It was recorded when the message was
// sent; this is a second part of it, which collectors join to the first by the ids. They stand in the
// message's header. Not inlined: the headers are off the stack when the span is recorded.
[[gnu::noinline]] bool find_unheld(const rd_kafka_message_t* message, std::uint64_t now_us,
                                   InflightSpan& span) noexcept {
  FoundHeaders found;
  const B3Extraction sent = read_headers(message, found);
  if (sent.kind != B3Extraction::Kind::ids || !sent.context.sampled()) return false;
  const auto age_us = static_cast<std::uint64_t>(rd_kafka_message_latency(message));  // -1 if not known
  span = {sent.context, age_us < now_us ? now_us - age_us : now_us};
  return true;
}

// Tells that a message has failed, if it is one for which there was no slot.
[[gnu::noinline]] void fail_unheld(KafkaState& state, const rd_kafka_t* rk,
                                   const rd_kafka_message_t* message) noexcept {
  if (!ends_in_queue(message->err)) return;
  detail::TracingState& core = state.core();
  constexpr auto full = static_cast<std::size_t>(detail::Event::inflight_full);
  if (core.events[full].load(std::memory_order_relaxed) == 0) return;
  const std::uint64_t now_us = core.now_us();
  InflightSpan span;
  if (!find_unheld(message, now_us, span)) return;
  record_send(state, span, end_of(state, rk, message, now_us));
}

// False: no span stands under the message's address.
[[gnu::noinline]] bool end_send(KafkaState& state, const rd_kafka_t* rk, const rd_kafka_message_t* message,
                                InflightTable::Own own) noexcept {
  InflightSpan span;
  if (!state.inflight.take(own, span)) return false;
  const std::uint64_t at_us = ended_us(state, message->err, span.start_us);
  record_send(state, span, end_of(state, rk, message, at_us));
  return true;
}

// The same, quick for what nearly all messages are. False: the span, if there is one, is still where it was.
[[gnu::noinline]] bool end_send_quickly(KafkaState& state, const rd_kafka_message_t* message,
                                        InflightTable::Own own) noexcept {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || !InflightTable::claim(own)) [[unlikely]]
    return false;
  const InflightSpan span = InflightTable::read_claimed(own);
  const std::uint64_t at_us = ended_us(state, RD_KAFKA_RESP_ERR_NO_ERROR, span.start_us);
  if (!put_short_send(state, span, message, at_us)) [[unlikely]] {
    InflightTable::put_back(own);
    return false;
  }
  InflightTable::take_claimed(own);
  return true;
}

// What became of a message that was sent.
enum class Sent : std::uint8_t {
  not_yet,   // nothing was done: it has headers
  done,      // nothing is left to do: it has no span, or its span is in the table
  stale,     // it has no span, but one may stand under its address
  replaced,  // its span is in the table in the place of another one, which is in SentSpan
  unheld,    // its span is in SentSpan, for there was no slot
};
struct SentSpan {
  SentSpan() noexcept {}  // mostly it is not needed
  union {
    InflightSpan span;
  };
  std::uint64_t start_us;  // when the message's own span began
};

Sent without_span(InflightTable::Own own) noexcept {
  return InflightTable::may_hold(own) ? Sent::stale : Sent::done;
}

// `Bare`: a message without headers alone, as nearly all are; with all in one frame, for none of its paths is
// deep. Not inlined: what it needs is off the stack of message_sent() when a span is recorded.
template <bool Bare>
[[gnu::noinline]] Sent trace_send(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message,
                                  SentSpan& out) noexcept {
  const InflightTable::Own own = state.inflight.own_slot(message);
  if (!state.active() || state.is_senders(message)) return without_span(own);
  FoundHeaders found;
  const bool bare = rd_kafka_message_headers(message, &found.list) != RD_KAFKA_RESP_ERR_NO_ERROR;
  if (Bare && !bare) return Sent::not_yet;
  InflightSpan& span = out.span;
  span = {detail::copy_of(bare ? send_context<Bare>(state, message, no_headers)
                               : continue_trace(state, message, found)),
          0};
  const bool sampled = span.context.sampled();
  // Before the header is made, which takes its time: another core wrote to the message's slot last.
  if (sampled) InflightTable::expect(own);
  if constexpr (Bare) {
    begin_here<true>(state, rk, message, {}, span);
  } else {
    begin_apart(state, rk, message, found, span);
  }
  if (!sampled) return without_span(own);
  out.start_us = span.start_us;
  switch (state.inflight.insert(own, client_number(rk), span)) {
    case InflightTable::Insert::stored:
      return Sent::done;
    case InflightTable::Insert::replaced:
      return Sent::replaced;
    case InflightTable::Insert::full:
      break;
  }
  return Sent::unheld;
}

// Ends the span that message_sent() found or could not keep. Not inlined: nearly always there is none.
[[gnu::noinline]] void end_left(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message, Sent did,
                                SentSpan& sent) noexcept {
  EDGESPAN_ASSERT(did != Sent::not_yet && did != Sent::done);
  if (did == Sent::unheld) return end_unheld(state, rk, sent.span, message);
  if (did == Sent::stale) {
    if (!state.inflight.take(message, sent.span)) return;
    sent.start_us = state.core().now_us();
  }
  expire_send(state, sent.span, sent.start_us);
}

}  // namespace

rd_kafka_resp_err_t add_interceptors(rd_kafka_conf_t* conf, KafkaState& state) noexcept {
  EDGESPAN_ASSERT(conf != nullptr && state.tracing != nullptr);
  const rd_kafka_resp_err_t carried =
      rd_kafka_conf_interceptor_add_on_conf_dup(conf, interceptor_name, on_conf_dup, &state);
  if (carried != RD_KAFKA_RESP_ERR_NO_ERROR) return carried;
  return rd_kafka_conf_interceptor_add_on_new(conf, interceptor_name, on_new, &state);
}

void note_producer(KafkaState& state, const rd_kafka_t* rk, const rd_kafka_conf_t* conf) noexcept {
  note_message_bytes_max(state, conf_number(conf, message_bytes_max_setting));
  note_message_timeout(state, rk, conf_number(conf, message_timeout_setting, message_timeout_ms_default));
}

void message_sent(KafkaState& state, rd_kafka_t* rk, rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (state.tracing != nullptr && message != nullptr));
  mark_produce_call();
  // NOLINTNEXTLINE(clang-analyzer-optin.cplusplus.UninitializedObject): as SentSpan says
  SentSpan sent;
  Sent did = detail::wide_code ? trace_send<true>(state, rk, message, sent) : Sent::not_yet;
  if (did == Sent::not_yet) did = trace_send<false>(state, rk, message, sent);
  if (did != Sent::done) [[unlikely]]
    end_left(state, rk, message, did, sent);
}

// For a message that produce_batch refused, librdkafka passes the application's own array element (2.0.2,
// read). So nothing of the message but its opaque and its error is read before its address was found in the
// table, or its error says that it is none of those.
void message_ended(KafkaState& state, const rd_kafka_t* rk, rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (state.tracing != nullptr && message != nullptr));
  if (state.is_senders(message)) {
    EDGESPAN_ASSERT(state.sender_ended != nullptr);
    return state.sender_ended(message->_private, message->err);
  }
  const InflightTable::Own own = state.inflight.own_slot(message);
  if (InflightTable::may_hold(own)) {
    if (detail::wide_code && end_send_quickly(state, message, own)) [[likely]]
      return;
    if (end_send(state, rk, message, own)) return;
  }
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) [[unlikely]]
    fail_unheld(state, rk, message);
}

// One call of the application may consume many records, but on_consume does not say which: each record
// without a context gets a root of its own.
Context message_consumed(KafkaState& state, const rd_kafka_t* rk, rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (state.tracing != nullptr && message != nullptr));
  if (rk == consuming_client) return {};
  ConsumerPoll poll{state, rk};
  std::array<char, group_bytes_max + 1> group;
  if (state.config.semantics != Semantics::brave) poll.tell_group(group);
  PolledRecord polled;
  poll.add(message, polled);
  return context_of(polled);
}

}  // namespace edgespan::kafka_detail
