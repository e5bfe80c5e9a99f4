// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_state.hpp"

#include <cstdint>

// Resumption: one session, serialised into a slot of fixed size, so that the arena does not fragment.
namespace edgespan::mbedtls {

// Offers the kept session if it is for this host (host_bytes_max at most) and port and its chain is still
// valid. 0, or an mbedTLS code.
int offer_session(Tls::State& state, const char* host, std::uint16_t port) noexcept;

// Keeps the session of the open stream, if it can be kept.
void keep_session(Tls::State& state) noexcept;

void forget_session(Tls::State& state) noexcept;

}  // namespace edgespan::mbedtls
