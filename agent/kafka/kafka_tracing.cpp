// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <edgespan/kafka_tracing.hpp>
#include <new>

#include "core/assert.hpp"
#include "core/housekeepers.hpp"
#include "core/merge_traces.hpp"
#include "core/open_spans.hpp"
#include "kafka/header_view.hpp"
#include "kafka/interceptors.hpp"
#include "kafka/kafka_state.hpp"
#include "kafka/message_text.hpp"
#include "kafka/otel_functions.hpp"
#include "kafka/refused_send.hpp"
#include "kafka/spelling.hpp"
#include "kafka/sweep_messages.hpp"
#include "kafka/trace_headers.hpp"
#include "kafka/trial_client.hpp"

namespace edgespan {
namespace {

using namespace kafka_detail;

void put_text(char* errstr, std::size_t size, const char* text) noexcept {
  if (errstr == nullptr || size == 0) return;
  const std::size_t kept = std::min(std::strlen(text), size - 1);
  std::memcpy(errstr, text, kept);
  errstr[kept] = '\0';
}

void sweep(void* state, std::uint64_t now_us, bool all) {
  sweep_messages(*static_cast<KafkaState*>(state), now_us, all);
  bring_out_refused(*static_cast<KafkaState*>(state), now_us, all);
  static_cast<KafkaState*>(state)->refusals.begin_interval(now_us);
}

void bring_out(void* state, std::uint64_t now_us) {
  bring_out_refused(*static_cast<KafkaState*>(state), now_us, true);
}

// Starts the span of the work on a message.
Span open_next(KafkaState& state, const rd_kafka_message_t* message, const Context& parent) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || state.tracing != nullptr);
  SpanSlot* slot = nullptr;
  Span span = detail::start_child(*state.tracing, parent, slot);
  if (slot != nullptr && state.config.semantics != Semantics::brave) {
    otel_calls().fill(state, *slot, message);
  } else if (slot != nullptr && (!parent.valid() || state.config.tag_processor == TagProcessor::always)) {
    const KeyText key = key_text(key_of(message), state.config.key_bytes_max);
    if (!key.text.empty()) detail::add_tag(state.core(), *slot, key_tag, key.text);
    if (key.cut) state.core().count(detail::Event::text_cut);
    const std::string_view topic = topic_text(state, topic_of(message));
    if (!topic.empty()) detail::add_tag(state.core(), *slot, topic_tag, topic);
  }
  detail::open_slot(slot);
  return span;
}

// Whether a record still holds what poll wrote and no other trace header, as far as a quick look can tell.
EDGESPAN_INLINE bool as_polled(const rd_kafka_message_t* message, const Context& polled) noexcept {
  if constexpr (!has_quick_look) return false;
  rd_kafka_headers_t* list = nullptr;
  HeaderView header;
  return rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR && lone_b3(list, header) &&
         header.value != nullptr && names_span(header.text(), polled);
}

// `polled`: the context that poll wrote into the record; null if nothing is known of it.
[[gnu::noinline]] Span next_span_of(KafkaState& state, rd_kafka_message_t* message,
                                    const Context* polled) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || message != nullptr);
  if (!state.active()) return {};
  FoundHeaders found;
  const B3Extraction extraction = read_headers(message, found, polled);
  // The application took the headers out, or poll could not write them.
  const bool missing = extraction.kind == B3Extraction::Kind::empty && polled != nullptr;
  return open_next(state, message, missing ? *polled : extraction.context);
}

// Whether the trace id of a record that keeps its headers is random, for which a PolledRecord has no place.
// Not inlined: most records take no stack for it.
[[gnu::noinline]] std::uint8_t random_of(const rd_kafka_message_t* message, const Context& polled) noexcept {
  FoundHeaders found;
  const Context said = read_headers(message, found).context;
  return detail::same_trace(said, polled) ? said.w3c & random_trace_id : 0;
}

}  // namespace

KafkaTracing::KafkaTracing() noexcept { new (KafkaAccess::storage(*this)) KafkaState{}; }

KafkaTracing::~KafkaTracing() {
  KafkaState& state = state_of(*this);
  if (state.tracing == nullptr || state.core().in_child()) return;
  detail::remove_housekeeper(state.core(), state.housekeeper);
  sweep(&state, state.core().now_us(), true);
}

Status KafkaTracing::init(Tracing& tracing, std::span<InflightBucket> inflight,
                          const KafkaConfig& config) noexcept {
  KafkaState& state = state_of(*this);
  if (state.tracing != nullptr) return Status::already_started;
  detail::TracingState& core = detail::state_of(tracing);
  if (core.epoch == 0) return Status::not_started;
  if (inflight.empty()) return Status::too_small;
  if (config.inflight_deadline_s == 0 || config.key_bytes_max > key_bytes_most) return Status::bad_config;
  if (!config.propagation.valid()) return Status::bad_config;
  if (config.semantics != Semantics::brave && otel_functions.load(std::memory_order_relaxed) == nullptr) {
    return Status::bad_config;
  }
  Endpoint remote;
  remote.service_name = config.remote_service_name;
  detail::EncodedEndpoint encoded;
  if (!detail::encode_endpoint(remote, detail::EndpointField::remote, encoded)) return Status::bad_text;
  state.remote = encoded;
  state.config = config;
  state.config.remote_service_name = {};  // the caller's text is not kept
  state.headers = HeaderPlan{config.propagation, config.tracestate_bytes_max};
  state.inflight.init(inflight);
  EDGESPAN_ASSERT(state.housekeeper.sweep == nullptr);  // not in the list yet
  state.housekeeper.ctx = &state;
  state.housekeeper.sweep = sweep;
  state.housekeeper.bring_out = bring_out;
  EDGESPAN_ASSERT(state.remote.size <= state.remote.bytes.size());
  state.refusals.begin_interval(core.now_us());
  state.tracing = &tracing;
  detail::add_housekeeper(core, state.housekeeper);  // last: a sweep may begin at once
  return Status::ok;
}

rd_kafka_resp_err_t KafkaTracing::install(rd_kafka_conf_t* conf) noexcept {
  KafkaState& state = state_of(*this);
  return state.tracing != nullptr ? add_interceptors(conf, state) : RD_KAFKA_RESP_ERR__STATE;
}

rd_kafka_t* KafkaTracing::create(rd_kafka_type_t type, rd_kafka_conf_t* conf, char* errstr,
                                 std::size_t errstr_size) noexcept {
  if (state_of(*this).tracing == nullptr) {
    put_text(errstr, errstr_size, "KafkaTracing::create before a successful init");
    return nullptr;
  }
  const bool survives_failure = survives_failed_new();
  if (!survives_failure && conf != nullptr && !can_be_made(type, conf, errstr, errstr_size)) return nullptr;
  rd_kafka_conf_t* const traced = conf != nullptr ? conf : rd_kafka_conf_new();
  const rd_kafka_resp_err_t added = install(traced);
  if (added != RD_KAFKA_RESP_ERR_NO_ERROR && added != RD_KAFKA_RESP_ERR__CONFLICT) {
    put_text(errstr, errstr_size, "librdkafka refused the tracing interceptor");
    if (conf == nullptr) rd_kafka_conf_destroy(traced);
    return nullptr;
  }
  rd_kafka_t* const rk = rd_kafka_new(type, traced, errstr, errstr_size);
  if (rk == nullptr && conf == nullptr && survives_failure) rd_kafka_conf_destroy(traced);
  return rk;
}

// What poll wrote into a record need not be read again. Records that keep their headers do not hold it.
Span KafkaTracing::next_span(const ConsumerRecord& record) noexcept {
  KafkaState& state = state_of(*this);
  const Context& polled = record.polled_;
  const bool known = polled.valid() && (!state.config.rewrite_headers || as_polled(record.message_, polled));
  if (!known) return next_span_of(state, record.message_, &polled);
  if (!state.active()) return {};
  if ((polled.w3c & came_with_traceparent) == 0) [[likely]]
    return open_next(state, record.message_, polled);
  Context parent = polled;
  parent.w3c |= random_of(record.message_, polled);
  return open_next(state, record.message_, parent);
}

Span KafkaTracing::next_span(rd_kafka_message_t* message) noexcept {
  return next_span_of(state_of(*this), message, nullptr);
}

Scope KafkaTracing::scope(const rd_kafka_message_t* message) noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || message != nullptr);
  KafkaState& state = state_of(*this);
  if (state.tracing == nullptr) return {};
  FoundHeaders found;
  const B3Extraction extraction = read_headers(message, found);
  return Scope{*state.tracing, extraction.kind == B3Extraction::Kind::ids ? extraction.context : Context{}};
}

}  // namespace edgespan
