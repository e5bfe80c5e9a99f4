// SPDX-License-Identifier: Apache-2.0
// The stream itself: mbedTLS between two edgespan_streams.
#include <edgespan/mbedtls.hpp>

#include "arena.h"
#include "platform.hpp"
#include "state.hpp"

#include <mbedtls/net_sockets.h>

#include <algorithm>
#include <string_view>

namespace edgespan::mbedtls {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

// A whole handshake takes from the peer its chain, in_bytes at most, and a few hundred bytes more; some split
// it into small records. A peer that goes on talking is not shaking hands.
constexpr std::size_t handshake_bytes_max = 64 * 1024;
// What one recv() may take from the peer before it has something to give: a whole record, behind a few small
// ones (tickets, warnings).
constexpr std::size_t recv_bytes_max = in_bytes + 4 * 1024;
constexpr std::size_t call_bytes_max = 1 << 30;  // what an int32_t result can tell

using Phase = Tls::State::Phase;

bool wants_more(int code) noexcept {
  return code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

int send_inner(void* context, const unsigned char* bytes, std::size_t n) noexcept {
  auto& state = *static_cast<Tls::State*>(context);
  const std::int32_t sent = state.inner->send(state.inner->ctx, bytes, n);
  if (sent > 0) return sent;
  if (sent == 0) return MBEDTLS_ERR_SSL_WANT_WRITE;
  state.inner_error = sent;
  return MBEDTLS_ERR_NET_SEND_FAILED;
}

int recv_inner(void* context, unsigned char* bytes, std::size_t n) noexcept {
  auto& state = *static_cast<Tls::State*>(context);
  if (state.left_bytes == 0) {
    state.starved = true;
    return state.phase == Phase::open ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
  }
  if (state.early_count != 0) {
    n = std::min<std::size_t>(n, state.early_count);
    std::copy_n(state.early.begin(), n, bytes);
    state.early_count = static_cast<std::uint8_t>(state.early_count - n);
    std::copy_n(state.early.begin() + n, state.early_count, state.early.begin());
    return static_cast<int>(n);
  }
  const std::int32_t received = state.inner->recv(state.inner->ctx, bytes, std::min(n, state.left_bytes));
  if (received > 0) {
    state.left_bytes -= static_cast<std::size_t>(received);
    return received;
  }
  if (received == 0) {
    state.starved = true;
    return MBEDTLS_ERR_SSL_WANT_READ;
  }
  state.inner_error = received;
  return MBEDTLS_ERR_NET_RECV_FAILED;
}

// mbedTLS returns "later" for some messages that it has ignored, too; whoever waits then would wait for bytes
// that are there already.
template <typename Step>
int until_starved(Tls::State& state, Step step) noexcept {
  int code = 0;
  do {
    state.starved = false;
    code = step();
  } while (code == MBEDTLS_ERR_SSL_WANT_READ && !state.starved);
  return code;
}

// A server that ends a handshake says why and closes, while we may have more to send than it still takes;
// mbedTLS does not read before that is sent. So its word is looked for: true, and the whole alert is in
// `early`.
bool refused(Tls::State& state) noexcept {
  const std::size_t room = std::min(state.early.size(), state.left_bytes);
  if (state.early_count == 0 && room != 0) {
    const std::int32_t got = state.inner->recv(state.inner->ctx, state.early.data(), room);
    if (got <= 0) {
      state.inner_error = got;
      return got < 0;
    }
    state.early_count = static_cast<std::uint8_t>(got);
    state.left_bytes -= static_cast<std::size_t>(got);
  }
  return state.early_count == state.early.size() && state.early[0] == MBEDTLS_SSL_MSG_ALERT &&
         state.early[4] == 2;  // its length
}

bool is_certificate_code(int code) noexcept {
  const int module = -code & ~0x7f;  // the lower bits tell more, for messages
  return (module >= -MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && module <= -MBEDTLS_ERR_X509_BUFFER_TOO_SMALL) ||
         code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE;
}

int stream_error(const Tls::State& state, int code) noexcept {
  if (edgespan_arena_now().failed != state.failed_before) return EDGESPAN_STREAM_NO_MEMORY;
  if (state.inner_error != 0) {
    // The end of an open TLS stream is announced in TLS. One that is not may be somebody's cut.
    const bool cut = state.phase == Phase::open && state.inner_error == EDGESPAN_STREAM_CLOSED;
    return cut ? static_cast<int>(EDGESPAN_STREAM_RESET) : state.inner_error;
  }
  if (state.verdict.error != 0) return state.verdict.error;
  if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return EDGESPAN_STREAM_CLOSED;
  if (random_failures() != state.no_chance_before) return EDGESPAN_STREAM_NO_ENTROPY;
  return is_certificate_code(code) ? EDGESPAN_STREAM_BAD_CERTIFICATE : EDGESPAN_STREAM_TLS;
}

// Checked once more where it counts: every certificate that was shown is good, or none was needed because the
// server proved that it has a session of ours.
bool believed(const Tls::State& state) noexcept {
  return mbedtls_ssl_get_verify_result(&state.ssl) == 0 && state.verdict.flags == 0 &&
         (state.chain_seen || state.offered);
}

}  // namespace

int Tls::open(const char* host, std::uint16_t port) noexcept {
  if (state_ == nullptr) return EDGESPAN_STREAM_FAILED;
  State& state = *state_;
  if (state.phase == Phase::closed) {
    const edgespan_clock& clock = *state.clock;
    if (clock.wall_us(clock.ctx) == 0) return wait_for(EDGESPAN_STREAM_NO_CLOCK);
    unsigned char probe = 0;
    if (!clock.entropy(clock.ctx, &probe, 1)) return wait_for(EDGESPAN_STREAM_NO_ENTROPY);
    state.inner_error = 0;
    state.failed_before = edgespan_arena_now().failed;
    state.no_chance_before = random_failures();
    state.phase = Phase::connecting;
  }
  if (state.phase == Phase::connecting) {
    const int opened = state.inner->open(state.inner->ctx, host, port);
    if (opened == 0) return 0;
    if (opened < 0) {
      state.inner_error = opened;
      return fail(0);
    }
    if (const int code = start(host, port); code != 0) return fail(code);
    state.phase = Phase::handshake;
  }
  return state.phase == Phase::handshake ? handshake() : 1;
}

int Tls::wait_for(int error) noexcept {
  Report report;
  report.error = error;
  publish(report);
  return 0;
}

// The inner stream is open.
int Tls::start(const char* host, std::uint16_t port) noexcept {
  State& state = *state_;
  state.left_bytes = handshake_bytes_max;
  state.unsent_bytes = 0;
  state.early_count = 0;
  state.offered = false;
  state.chain_seen = false;
  state.verdict = {};
  if (std::string_view(host).size() > host_bytes_max) return MBEDTLS_ERR_SSL_BAD_INPUT_DATA;
  if (const int code = mbedtls_ssl_setup(&state.ssl, &state.config); code != 0) return code;
  if (const int code = mbedtls_ssl_set_hostname(&state.ssl, host); code != 0) return code;
  mbedtls_ssl_set_bio(&state.ssl, &state, send_inner, recv_inner, nullptr);
  return offer_session(state, host, port);
}

int Tls::handshake() noexcept {
  State& state = *state_;
  const int code = until_starved(state, [&] { return mbedtls_ssl_handshake(&state.ssl); });
  count_arena();
  if (code == MBEDTLS_ERR_SSL_WANT_WRITE && refused(state)) return fail(MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE);
  if (wants_more(code)) return 0;
  if (code != 0) return fail(code);
  // mbedTLS 3.6.7 sends a Finished that is not one when it lacks the memory to compute it, and goes on.
  if (edgespan_arena_now().failed != state.failed_before) return fail(MBEDTLS_ERR_SSL_ALLOC_FAILED);
  if (!believed(state)) return fail(MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
  keep_session(state);
  count_arena();
  state.failed_before = edgespan_arena_now().failed;
  state.phase = Phase::open;
  handshakes_.fetch_add(1, relaxed);
  if (!state.chain_seen) resumed_.fetch_add(1, relaxed);
  publish({});
  return 1;
}

std::int32_t Tls::send(const void* bytes, std::size_t n) noexcept {
  if (state_ == nullptr || state_->phase != Phase::open) return EDGESPAN_STREAM_FAILED;
  State& state = *state_;
  n = std::min(n, call_bytes_max);
  if (state.unsent_bytes != 0) {
    // What the record holds was fixed by the call that began it.
    if (n < state.unsent_bytes) return fail(MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    n = state.unsent_bytes;
  }
  const int sent = mbedtls_ssl_write(&state.ssl, static_cast<const unsigned char*>(bytes), n);
  if (wants_more(sent)) {
    state.unsent_bytes = n;
    return 0;
  }
  state.unsent_bytes = 0;
  return sent > 0 ? sent : fail(sent);
}

std::int32_t Tls::recv(void* bytes, std::size_t n) noexcept {
  if (state_ == nullptr || state_->phase != Phase::open) return EDGESPAN_STREAM_FAILED;
  State& state = *state_;
  state.left_bytes = recv_bytes_max;
  n = std::min(n, call_bytes_max);
  const int received = until_starved(state, [&] {
    const int code = mbedtls_ssl_read(&state.ssl, static_cast<unsigned char*>(bytes), n);
    if (code != MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) return code;
    keep_session(state);
    return MBEDTLS_ERR_SSL_WANT_READ;
  });
  count_arena();
  if (wants_more(received)) return 0;
  return received > 0 ? received : fail(received);
}

// Ends the attempt or the stream, says why, and returns that.
int Tls::fail(int code) noexcept {
  State& state = *state_;
  const bool was_open = state.phase == Phase::open;
  if (state.phase == Phase::handshake) {
    judge_flags(state.verdict, state.chain_seen ? mbedtls_ssl_get_verify_result(&state.ssl) : 0, 0);
  }
  Report report;
  report.error = stream_error(state, code);
  report.code = state.inner_error == 0 ? code : 0;
  report.depth = state.verdict.depth;
  report.flags = state.verdict.flags;
  if (report.code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
    report.alert = state.early_count != 0 ? state.early[6] : state.ssl.MBEDTLS_PRIVATE(in_msg)[1];
  }
  if (state.offered && !was_open) forget_session(state);
  release();
  if (!was_open) failures_.fetch_add(1, relaxed);
  if (!was_open || report.error != EDGESPAN_STREAM_CLOSED) publish(report);
  return report.error;
}

void Tls::close() noexcept {
  if (state_ == nullptr) return;
  if (state_->phase == Phase::connecting || state_->phase == Phase::handshake)
    failures_.fetch_add(1, relaxed);
  // Once, and without waiting: the peer may be gone. Not behind half a record.
  if (state_->phase == Phase::open && state_->unsent_bytes == 0) mbedtls_ssl_close_notify(&state_->ssl);
  release();
}

void Tls::release() noexcept {
  State& state = *state_;
  mbedtls_ssl_free(&state.ssl);
  mbedtls_ssl_init(&state.ssl);
  state.phase = Phase::closed;
  state.inner->close(state.inner->ctx);
  count_arena();
}

}  // namespace edgespan::mbedtls
