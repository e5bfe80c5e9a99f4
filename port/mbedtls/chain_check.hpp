// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_state.hpp"

#include <cstdint>

// What is wrong with a server's certificates. mbedTLS checks the chain; here its findings become one error
// that a person can act on.
namespace edgespan::mbedtls {

// mbedTLS' callback for each certificate of a chain, from the root down; `state` is a Tls::State. Always 0.
int on_certificate(void* state, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) noexcept;

// Adds `flags` (MBEDTLS_X509_BADCERT_*) of the certificate at `depth` to `fault`, which keeps the worst
// error. After a handshake mbedTLS has flags that on_certificate() did not see: what the certificate was used
// for.
void add_flags(ChainFault& fault, std::uint32_t flags, int depth) noexcept;

// Whether the peer of a finished handshake has proved who it is: every certificate that it showed is good, or
// it showed none and proved that it holds a session of ours. mbedTLS has refused any other peer already; this
// check does not rely on that.
bool peer_proved(const Tls::State& state) noexcept;

}  // namespace edgespan::mbedtls
