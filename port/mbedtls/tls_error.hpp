// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tls_state.hpp"

namespace edgespan::mbedtls {

// Which edgespan_stream_error tells best why the present attempt or stream ended with mbedTLS' `code`.
int stream_error(const Tls::State& state, int code) noexcept;

}  // namespace edgespan::mbedtls
