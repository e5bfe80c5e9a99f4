// SPDX-License-Identifier: Apache-2.0
#include "kept_session.hpp"

#include <mbedtls/platform_util.h>

#include <algorithm>
#include <string_view>

namespace edgespan::mbedtls {
namespace {

class Session {
 public:
  Session() noexcept { mbedtls_ssl_session_init(&session_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { mbedtls_ssl_session_free(&session_); }
  mbedtls_ssl_session* get() noexcept { return &session_; }

 private:
  mbedtls_ssl_session session_;
};

// A resumed handshake shows no certificates, so the dates of those that were checked are checked here.
bool still_valid(const Validity& validity) noexcept {
  return mbedtls_x509_time_is_past(&validity.until) == 0 && mbedtls_x509_time_is_future(&validity.from) == 0;
}

}  // namespace

int offer_session(Tls::State& state, const char* host, std::uint16_t port) noexcept {
  KeptSession& kept = state.kept;
  const std::string_view name = host;
  const bool same_server = kept.port == port && name == kept.host.data();
  if (!same_server || !still_valid(kept.validity)) forget_session(state);
  kept.port = port;
  *std::copy(name.begin(), name.end(), kept.host.begin()) = '\0';
  if (kept.size == 0) return 0;
  Session session;
  int code = mbedtls_ssl_session_load(session.get(), kept.bytes.data(), kept.size);
  if (code == 0) code = mbedtls_ssl_set_session(&state.ssl, session.get());
  if (code != 0) forget_session(state);
  state.offered = code == 0;
  return code;
}

void keep_session(Tls::State& state) noexcept {
  Session session;
  if (mbedtls_ssl_get_session(&state.ssl, session.get()) != 0) return;
  KeptSession& kept = state.kept;
  std::size_t size = 0;
  if (mbedtls_ssl_session_save(session.get(), kept.bytes.data(), kept.bytes.size(), &size) != 0) {
    return forget_session(state);
  }
  kept.size = size;
  if (state.chain_seen) kept.validity = state.validity;
}

void forget_session(Tls::State& state) noexcept {
  state.kept.size = 0;
  mbedtls_platform_zeroize(state.kept.bytes.data(), state.kept.bytes.size());
}

}  // namespace edgespan::mbedtls
