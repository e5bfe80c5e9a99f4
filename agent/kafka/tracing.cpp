// SPDX-License-Identifier: Apache-2.0
// Traced clients: created with interceptors, so that every message has its span, by whatever call it is
// produced and in whatever style its delivery report is read. agent/DESIGN.md says why this way was chosen.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <edgespan/kafka_sender.hpp>
#include <new>

#include "core/put_span.hpp"
#include "kafka/kafka_state.hpp"

namespace edgespan {
namespace {

using namespace kafka_detail;

constexpr const char* interceptor_name = "edgespan";
constexpr const char* bytes_max_setting = "message.max.bytes";
constexpr int fixed_conf_destroy = 0x020d0000;  // the first librdkafka that survives it: 2.13

// Whether the produce call that this thread is in has got as far as on_send.
constinit thread_local bool send_seen = false;

rd_kafka_resp_err_t on_send(rd_kafka_t* rk, rd_kafka_message_t* message, void* self) {
  static_cast<KafkaTracing*>(self)->message_sent(rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t*, rd_kafka_message_t* message, void* self) {
  static_cast<KafkaTracing*>(self)->message_ended(message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t* conf, void* self, char*, std::size_t) {
  if (rd_kafka_type(rk) != RD_KAFKA_PRODUCER) return RD_KAFKA_RESP_ERR_NO_ERROR;
  static_cast<KafkaTracing*>(self)->client_made(conf_number(conf, bytes_max_setting));
  const rd_kafka_resp_err_t sent = rd_kafka_interceptor_add_on_send(rk, interceptor_name, on_send, self);
  if (sent != RD_KAFKA_RESP_ERR_NO_ERROR) return sent;
  return rd_kafka_interceptor_add_on_acknowledgement(rk, interceptor_name, on_acknowledgement, self);
}

// The context of a message that is sent. Apart from its caller, which then does not hold what headers said as
// well.
[[gnu::noinline]] Context continue_trace(detail::TracingState& state, const MessagingSampler& sampler,
                                         const rd_kafka_message_t* message, FoundHeaders& found) noexcept {
  const B3Extraction extraction = read_headers(message, found);
  return next_context(state, extraction, true, sampler, Operation::send, rule_topic(sampler, message));
}

void refuse(char* errstr, std::size_t size, const char* text) noexcept {
  if (errstr == nullptr || size == 0) return;
  const std::size_t kept = std::min(std::strlen(text), size - 1);
  std::memcpy(errstr, text, kept);
  errstr[kept] = '\0';
}

}  // namespace

std::uint32_t kafka_detail::conf_number(const rd_kafka_conf_t* conf, const char* name) noexcept {
  char text[16] = "";
  std::size_t size = sizeof text;
  std::uint32_t number = 0;
  if (rd_kafka_conf_get(conf, name, text, &size) == RD_KAFKA_CONF_OK) {
    std::from_chars(text, text + std::strlen(text), number);
  }
  return number;
}

Status KafkaTracing::init(Tracing& tracing, std::span<InflightBucket> inflight,
                          const KafkaConfig& config) noexcept {
  if (tracing_ != nullptr) return Status::already_started;
  detail::TracingState& state = detail::state_of(tracing);
  if (state.epoch == 0) return Status::not_started;
  if (inflight.empty()) return Status::too_small;
  if (config.inflight_deadline_s == 0) return Status::bad_config;
  Endpoint remote;
  remote.service_name = config.remote_service_name;
  detail::EncodedEndpoint encoded;
  if (!detail::encode_endpoint(remote, detail::EndpointField::remote, encoded)) return Status::bad_text;
  remote_ = encoded.bytes;
  remote_size_ = encoded.size;
  config_ = config;
  config_.remote_service_name = {};  // the caller's text is not kept
  inflight_table().init(inflight);
  const auto sweep = [](void* self, std::uint64_t now_us, bool all) {
    static_cast<KafkaTracing*>(self)->sweep(now_us, all);
  };
  housekeeper_.ctx = this;
  housekeeper_.sweep = sweep;
  state.add_housekeeper(housekeeper_);
  tracing_ = &tracing;
  return Status::ok;
}

KafkaTracing::KafkaTracing() noexcept {
  static_assert(sizeof(kafka_detail::InflightTable) <= sizeof inflight_);
  new (inflight_.data()) kafka_detail::InflightTable{};
}

rd_kafka_resp_err_t KafkaTracing::install(rd_kafka_conf_t* conf) noexcept {
  if (tracing_ == nullptr) return RD_KAFKA_RESP_ERR__STATE;
  return rd_kafka_conf_interceptor_add_on_new(conf, interceptor_name, on_new, this);
}

rd_kafka_t* KafkaTracing::create(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr,
                                 std::size_t errstr_size) noexcept {
  if (tracing_ == nullptr) {
    refuse(errstr, errstr_size, "KafkaTracing::create before a successful init");
    return nullptr;
  }
  rd_kafka_conf_t* traced = conf != nullptr ? rd_kafka_conf_dup(conf) : rd_kafka_conf_new();
  if (install(traced) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    refuse(errstr, errstr_size, "librdkafka refused the tracing interceptor");
    rd_kafka_conf_destroy(traced);
    return nullptr;
  }
  rd_kafka_t* rk = rd_kafka_new(type, traced, errstr, errstr_size);
  if (rk != nullptr) {
    if (conf != nullptr) rd_kafka_conf_destroy(conf);
  } else if (rd_kafka_version() >= fixed_conf_destroy) {
    rd_kafka_conf_destroy(traced);
  }
  return rk;
}

void KafkaTracing::client_made(std::uint32_t message_bytes_max) noexcept {
  std::uint32_t least = least_message_bytes_max_.load(std::memory_order_relaxed);
  while (message_bytes_max < least &&
         !least_message_bytes_max_.compare_exchange_weak(least, message_bytes_max)) {
  }
}

// False: there is no room in the ring.
[[gnu::noinline]] bool KafkaTracing::put_send(const InflightSpan& sent, const SendEnd& end) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  detail::SpanFields span{sent.context};
  span.kind = Kind::producer;
  span.start_us = sent.start_us;
  span.duration_us = end.at_us > sent.start_us ? end.at_us - sent.start_us : 1;
  span.name = send_name;
  span.local = state.local.view();
  span.remote = {remote_.data(), remote_size_};
  if (detail::text_key(end.key)) span.tags[0] = {key_tag, detail::cut_utf8(end.key, key_tag_bytes_max)};
  if (!end.topic.empty()) span.tags[1] = {topic_tag, end.topic};
  if (!end.error.empty()) span.tags[2] = {error_tag, end.error};
  return detail::put(state, span);
}

void KafkaTracing::record_send(const InflightSpan& sent, const SendEnd& end) noexcept {
  detail::put_or_drop(detail::state_of(*tracing_), [&] { return put_send(sent, end); });
}

// Starts the span of a message and gives the message its header. Apart from message_sent, whose deepest path
// then does not hold its stack as well.
[[gnu::noinline]] void KafkaTracing::begin_send(rd_kafka_t* rk, rd_kafka_message_t* message,
                                                const FoundHeaders& found, InflightSpan& span) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  const bool sampled = span.context.sampled();
  const TraceHeaders headers{span.context, config_.b3};
  if (sampled) span.start_us = state.now_us();
  // librdkafka compared the message with message.max.bytes before it had the header; a larger one aborts the
  // process when it is sent (2.0.2, an assertion). The least limit of all clients settles it nearly always.
  const std::size_t bytes = traced_record_bytes_max(message, found.list);
  const bool has_room = bytes <= least_message_bytes_max_.load(std::memory_order_relaxed) ||
                        bytes <= conf_number(rd_kafka_conf(rk), bytes_max_setting);
  if (!has_room || !headers.write(message, found)) state.count(detail::Event::header_failed);
}

// The application's thread, inside its produce call.
void KafkaTracing::message_sent(rd_kafka_t* rk, rd_kafka_message_t* message) noexcept {
  send_seen = true;
  if (!active() || sender_of(message) != nullptr) return;
  detail::TracingState& state = detail::state_of(*tracing_);
  inflight_table().expect(message);  // at once: it comes from another core
  FoundHeaders found;
  InflightSpan span{continue_trace(state, config_.producer_sampler, message, found), 0};
  begin_send(rk, message, found, span);
  if (!span.context.sampled()) return;
  const std::uint64_t start_us = span.start_us;
  switch (inflight_table().insert(message, span)) {
    case kafka_detail::InflightTable::Insert::stored:
      return;
    case kafka_detail::InflightTable::Insert::replaced:
      return expire(span, start_us);
    case kafka_detail::InflightTable::Insert::full:
      return end_unheld(span, message);
  }
}

// Ends the span of a message that the table has no place for. Apart, as the next: message_sent holds little
// when it calls them.
[[gnu::noinline]] void KafkaTracing::end_unheld(const InflightSpan& span,
                                                const rd_kafka_message_t* message) noexcept {
  detail::state_of(*tracing_).count(detail::Event::inflight_full);
  record_send(span, {span.start_us, topic_of(message), key_of(message), {}});
}

[[gnu::noinline]] void KafkaTracing::expire(const InflightSpan& span, std::uint64_t now_us) noexcept {
  detail::state_of(*tracing_).count(detail::Event::expired);
  record_send(span, {now_us, {}, {}, "abandoned"});
}

// Null for the application's own messages.
KafkaSender* KafkaTracing::sender_of(const rd_kafka_message_t* message) const noexcept {
  KafkaSender* const sender = sender_.load(std::memory_order_acquire);
  return sender != nullptr && message->_private == sender ? sender : nullptr;
}

// Any thread of librdkafka, or the application's. For a message that produce_batch refused librdkafka passes
// the application's own array element (2.0.2, read), so but for its opaque the message is looked into only
// once its address was found.
void KafkaTracing::message_ended(rd_kafka_message_t* message) noexcept {
  if (KafkaSender* sender = sender_of(message)) {
    sender->settle(message->err);
    if (const edgespan_worker* worker = detail::state_of(*tracing_).worker.load(std::memory_order_acquire)) {
      worker->wake(worker->ctx);
    }
    return;
  }
  if (inflight_table().may_hold(message)) end_send(message);
}

// Apart from message_ended, so that a message without a span leaves that at once.
[[gnu::noinline]] void KafkaTracing::end_send(const rd_kafka_message_t* message) noexcept {
  InflightSpan span;
  if (!inflight_table().take(message, span)) return;
  const char* error = message->err != RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_err2name(message->err) : "";
  record_send(span, {detail::state_of(*tracing_).now_us(), topic_of(message), key_of(message), error});
}

[[gnu::noinline]] bool KafkaTracing::begin_refused(std::string_view topic, InflightSpan& span) noexcept {
  detail::TracingState& state = detail::state_of(*tracing_);
  span.context = next_context(state, no_headers, true, config_.producer_sampler, Operation::send, topic);
  span.start_us = state.now_us();
  return span.context.sampled();
}

void KafkaTracing::record_refused(std::string_view topic, std::string_view key,
                                  rd_kafka_resp_err_t error) noexcept {
  InflightSpan span;
  if (!active() || !begin_refused(topic, span)) return;
  record_send(span, {span.start_us, topic, key, rd_kafka_err2name(error)});
}

void KafkaTracing::sweep(std::uint64_t now_us, bool all) noexcept {
  InflightSpan span;
  while (inflight_table().take_older(now_us, all ? 0 : config_.inflight_deadline_s, span))
    expire(span, now_us);
}

Scope KafkaTracing::scope(const rd_kafka_message_t* message) noexcept {
  if (tracing_ == nullptr) return {};
  FoundHeaders found;
  const B3Extraction extraction = read_headers(message, found);
  return Scope{*tracing_, extraction.kind == B3Extraction::Kind::ids ? extraction.context : Context{}};
}

void KafkaTracing::begin_call() noexcept { send_seen = false; }
bool KafkaTracing::call_was_sent() noexcept { return send_seen; }

}  // namespace edgespan
