// SPDX-License-Identifier: Apache-2.0
#include <edgespan/bare_uart_stream.hpp>

namespace edgespan::bare {
namespace {

// The most that one call moves, so that the main loop gets its turn soon.
constexpr std::size_t bytes_max = 1'024;

UartStream& stream(void* self) noexcept { return *static_cast<UartStream*>(self); }

}  // namespace

int UartStream::open(void*, const char*, std::uint16_t) noexcept { return 1; }

std::int32_t UartStream::send(void* self, const void* bytes, std::size_t n) noexcept {
  const Uart& uart = stream(self).uart_;
  const auto* const from = static_cast<const std::uint8_t*>(bytes);
  std::int32_t taken = 0;
  if (n > bytes_max) n = bytes_max;
  for (std::size_t i = 0; i < n && uart.put(uart.ctx, from[i]); ++i) ++taken;
  return taken;
}

std::int32_t UartStream::recv(void* self, void* bytes, std::size_t n) noexcept {
  const Uart& uart = stream(self).uart_;
  auto* const to = static_cast<std::uint8_t*>(bytes);
  std::int32_t arrived = 0;
  if (n > bytes_max) n = bytes_max;
  for (std::size_t i = 0; i < n; ++i) {
    const int byte = uart.get(uart.ctx);
    if (byte < 0) break;
    to[i] = static_cast<std::uint8_t>(byte);
    ++arrived;
  }
  return arrived;
}

void UartStream::close(void*) noexcept {}

}  // namespace edgespan::bare
