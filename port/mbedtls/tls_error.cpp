// SPDX-License-Identifier: Apache-2.0
#include "tls_error.hpp"

#include "arena.h"
#include "platform.hpp"

namespace edgespan::mbedtls {
namespace {

bool is_certificate_code(int code) noexcept {
  const int module = -code & ~0x7f;  // the lower bits tell more, for messages
  return (module >= -MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && module <= -MBEDTLS_ERR_X509_BUFFER_TOO_SMALL) ||
         code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE;
}

}  // namespace

int stream_error(const Tls::State& state, int code) noexcept {
  if (edgespan_arena_now().failed != state.failed_before) return EDGESPAN_STREAM_NO_MEMORY;
  if (state.inner_error != 0) {
    // The end of an open TLS stream is announced in TLS. One that is not may be somebody's cut.
    const bool cut = state.phase == Tls::State::Phase::open && state.inner_error == EDGESPAN_STREAM_CLOSED;
    return cut ? static_cast<int>(EDGESPAN_STREAM_RESET) : state.inner_error;
  }
  if (state.fault.error != 0) return state.fault.error;
  if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return EDGESPAN_STREAM_CLOSED;
  if (random_failures() != state.no_entropy_before) return EDGESPAN_STREAM_NO_ENTROPY;
  return is_certificate_code(code) ? EDGESPAN_STREAM_BAD_CERTIFICATE : EDGESPAN_STREAM_TLS;
}

}  // namespace edgespan::mbedtls
