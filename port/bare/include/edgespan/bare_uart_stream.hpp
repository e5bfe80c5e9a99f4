// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <cstdint>

namespace edgespan::bare {

// The functions of a UART, or of anything else that moves bytes. Neither function waits.
struct Uart {
  void* ctx = nullptr;
  bool (*put)(void* ctx, std::uint8_t byte) = nullptr;  // false: no room now
  int (*get)(void* ctx) = nullptr;                      // the next byte that came, or -1
};

// A stream over a UART. The wire is always connected: open ignores host and port and never fails, and close
// does nothing. Neither copied nor moved, since its table points to it.
class UartStream {
 public:
  constexpr explicit UartStream(const Uart& uart) noexcept : uart_{uart} {
    table_ = {.ctx = this, .open = open, .send = send, .recv = recv, .close = close, .secure = false};
  }
  UartStream(const UartStream&) = delete;
  UartStream& operator=(const UartStream&) = delete;

  constexpr const edgespan_stream& table() const noexcept { return table_; }

 private:
  static int open(void* self, const char* host, std::uint16_t port) noexcept;
  static std::int32_t send(void* self, const void* bytes, std::size_t n) noexcept;
  static std::int32_t recv(void* self, void* bytes, std::size_t n) noexcept;
  static void close(void* self) noexcept;

  edgespan_stream table_{};
  Uart uart_;
};

}  // namespace edgespan::bare
