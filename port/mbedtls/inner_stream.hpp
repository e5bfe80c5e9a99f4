// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_state.hpp"

#include <mbedtls/ssl.h>

#include <cstddef>

// The stream below TLS, as mbedTLS is given it.
namespace edgespan::mbedtls {

// mbedTLS' callbacks for sending and receiving; `state` is a Tls::State. A count of bytes, or an mbedTLS
// code; the inner stream's own error is kept in the state.
int send_inner(void* state, const unsigned char* bytes, std::size_t n) noexcept;
int recv_inner(void* state, unsigned char* bytes, std::size_t n) noexcept;

// Whether the server has ended the handshake while this side still has bytes to send. It then says why and
// closes, but mbedTLS does not read before those bytes are sent, so the inner stream is read here. True: the
// connection ended (`inner_error`), or `early` holds the whole alert.
bool refused(Tls::State& state) noexcept;

// Repeats `step` until it is done or the inner stream has nothing to read. mbedTLS also answers "read more"
// for some messages that it has ignored; to wait then would be to wait for bytes that are there already.
template <typename Step>
int until_starved(Tls::State& state, Step step) noexcept {
  int code = 0;
  do {
    state.starved = false;
    code = step();
  } while (code == MBEDTLS_ERR_SSL_WANT_READ && !state.starved);
  return code;
}

}  // namespace edgespan::mbedtls
