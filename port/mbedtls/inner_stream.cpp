// SPDX-License-Identifier: Apache-2.0
#include "inner_stream.hpp"

#include <mbedtls/net_sockets.h>

#include <algorithm>

namespace edgespan::mbedtls {

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
    return state.phase == Tls::State::Phase::open ? MBEDTLS_ERR_SSL_WANT_READ
                                                  : MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE;
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

}  // namespace edgespan::mbedtls
