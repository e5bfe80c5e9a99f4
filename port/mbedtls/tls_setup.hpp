// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_state.hpp"

namespace edgespan::mbedtls {

// Fills the state's mbedTLS configuration: the roots, the client's certificate and key, and what is demanded
// of a server. What it returns other than `ok` is Tls::init()'s result.
Result configure(Tls::State& state, const Config& config) noexcept;

}  // namespace edgespan::mbedtls
