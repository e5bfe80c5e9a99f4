// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/answer.hpp>
#include <edgespan/sender.hpp>
#include <span>
#include <string_view>

namespace edgespan {

// How one kind of collector is spoken to by a sender that carries requests and answers. A table,
// which the sender copies; what `ctx` points to is kept, and used by one sender alone.
struct Dialect {
  void* ctx = nullptr;

  // Where spans go if a URL names no path, and its port if it names none, for `scheme`://. The same with an
  // `s` behind is the secure one. An empty scheme: this dialect has none of its own.
  std::string_view scheme{};
  std::uint16_t port = 0;
  std::string_view path{};

  // Turns a portion of a batch, never empty, into what a request carries. The result stays as it is until the
  // next call. Empty: the portion is larger than this dialect has room for. Null: portions go out as they
  // are.
  std::span<const std::byte> (*encode)(void* ctx, std::span<const std::byte> portion) = nullptr;

  // What an answer means for the portion. Outcome::pending: more of it must be seen; never if it is
  // fully_seen(). The pause that a collector asks for is the sender's business.
  SendResult (*meaning)(void* ctx, const Answer& answer) = nullptr;
};

}  // namespace edgespan
