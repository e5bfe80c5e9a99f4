// SPDX-License-Identifier: Apache-2.0
#include <edgespan/tls.hpp>

#include "arena.h"
#include "chain_check.hpp"
#include "inner_stream.hpp"
#include "kept_session.hpp"
#include "platform.hpp"
#include "tls_error.hpp"
#include "tls_setup.hpp"
#include "tls_state.hpp"

#include <mbedtls/platform.h>
#if EDGESPAN_TLS13
#include <psa/crypto.h>
#endif

#include <algorithm>
#include <new>
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

std::atomic<const Tls*> owner{nullptr};  // of mbedTLS' one allocator and one clock

using Phase = Tls::State::Phase;

bool wants_more(int code) noexcept {
  return code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

}  // namespace

Tls::Tls() noexcept
    : table_{this,
             [](void* self, const char* host, std::uint16_t port) {
               return static_cast<Tls*>(self)->open(host, port);
             },
             [](void* self, const void* bytes, std::size_t n) {
               return static_cast<Tls*>(self)->send(bytes, n);
             },
             [](void* self, void* bytes, std::size_t n) { return static_cast<Tls*>(self)->recv(bytes, n); },
             [](void* self) { static_cast<Tls*>(self)->close(); },
             true} {}

Result Tls::init(std::span<std::byte> arena, const edgespan_stream& inner, const edgespan_clock& clock,
                 const Config& config) noexcept {
  const bool whole = inner.open != nullptr && inner.send != nullptr && inner.recv != nullptr &&
                     inner.close != nullptr && clock.mono_us != nullptr && clock.wall_us != nullptr &&
                     clock.entropy != nullptr;
  if (!whole) return Result::bad_table;
  const Tls* nobody = nullptr;
  if (!owner.compare_exchange_strong(nobody, this)) return Result::in_use;

  set_platform(&clock);
  edgespan_arena_init(arena.data(), arena.size());
  Result result = Result::no_memory;
  if (void* place = mbedtls_calloc(1, sizeof(State)); place != nullptr) {
    state_ = new (place) State;
    state_->inner = &inner;
    state_->clock = &clock;
    mbedtls_ssl_config_init(&state_->config);
    mbedtls_ssl_init(&state_->ssl);
    mbedtls_x509_crt_init(&state_->roots);
    mbedtls_x509_crt_init(&state_->certificate);
    mbedtls_pk_init(&state_->key);
    result = configure(*state_, config);
  }
  count_arena();
  roots_skipped_.store(state_ != nullptr ? state_->roots_skipped : 0, relaxed);
  if (result == Result::ok) return result;
  if (edgespan_arena_now().failed != 0) result = Result::no_memory;
  stop();
  return result;
}

void Tls::stop() noexcept {
  if (owner.load() != this) return;
  if (state_ != nullptr) {
    close();
    mbedtls_ssl_config_free(&state_->config);
    mbedtls_x509_crt_free(&state_->roots);
    mbedtls_x509_crt_free(&state_->certificate);
    mbedtls_pk_free(&state_->key);
#if EDGESPAN_TLS13
    mbedtls_psa_crypto_free();
#endif
    mbedtls_free(state_);
    state_ = nullptr;
  }
  count_arena();
  edgespan_arena_end();
  set_platform(nullptr);
  owner.store(nullptr);
}

void Tls::count_arena() noexcept {
  const edgespan_arena_use use = edgespan_arena_now();
  arena_blocks_.store(use.blocks, relaxed);
  arena_high_water_.store(use.high_water_bytes, relaxed);
}

void Tls::publish(const Report& report) noexcept {
  error_.store(report.error, relaxed);
  code_.store(report.code, relaxed);
  alert_.store(report.alert, relaxed);
  depth_.store(report.depth, relaxed);
  flags_.store(report.flags, relaxed);
}

Report Tls::report() const noexcept {
  return {error_.load(relaxed), code_.load(relaxed), alert_.load(relaxed), depth_.load(relaxed),
          flags_.load(relaxed)};
}

Counters Tls::counters() const noexcept {
  return {handshakes_.load(relaxed),   resumed_.load(relaxed),       failures_.load(relaxed),
          arena_blocks_.load(relaxed), roots_skipped_.load(relaxed), arena_high_water_.load(relaxed)};
}

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
    state.no_entropy_before = random_failures();
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
  state.fault = {};
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
  if (!peer_proved(state)) return fail(MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
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
    add_flags(state.fault, state.chain_seen ? mbedtls_ssl_get_verify_result(&state.ssl) : 0, 0);
  }
  Report report;
  report.error = stream_error(state, code);
  report.code = state.inner_error == 0 ? code : 0;
  report.depth = state.fault.depth;
  report.flags = state.fault.flags;
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
