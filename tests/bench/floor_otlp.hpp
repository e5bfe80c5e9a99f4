// SPDX-License-Identifier: Apache-2.0
// The floor of the way out: straight-line code for batches of the workload's spans, doing only what cannot be
// left out. It knows where everything of such a span stands but the length of its texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "bench/floor_span.hpp"

namespace edgespan::bench::floor {

// What the workload's spans have in common: peer and own address, as the attributes of the last part of a
// span.
inline constexpr char otlp_endpoints[] =
    "\x4a\x1c\x0a\x11service.peer.name\x12\x07\x0a\x05kafka"
    "\x4a\x23\x0a\x15network.local.address\x12\x0a\x0a\x08"
    "10.1.2.3"
    "\x4a\x14\x0a\x0dnet.host.port\x12\x03\x18\x90\x3f";
inline constexpr std::size_t otlp_endpoints_bytes = sizeof otlp_endpoints - 1;

inline void put_ns(std::byte* out, std::uint64_t us) noexcept {
  us *= 1'000;
  std::memcpy(out, &us, 8);
}

// In steps of a register; there is room behind.
inline void put_text(std::byte* out, const std::byte* in, std::size_t size) noexcept {
  for (std::size_t at = 0; at < size; at += 16) std::memcpy(out + at, in + at, 16);
}

// A tag of up to 100 bytes becomes an attribute; key and value have one more frame.
inline std::byte* put_otlp_tag(std::byte* out, const std::byte*& in) noexcept {
  const auto key = static_cast<std::uint8_t>(in[3]);
  const auto value = static_cast<std::uint8_t>(in[5 + key]);
  out[0] = std::byte{0x4A};
  out[1] = static_cast<std::byte>(key + value + 6);
  put_text(out + 2, in + 2, std::size_t{key} + 2);
  out += key + 4;
  out[0] = std::byte{0x12};
  out[1] = static_cast<std::byte>(value + 2);
  out[2] = std::byte{0x0A};
  out[3] = static_cast<std::byte>(value);
  put_text(out + 4, in + 6 + key, value);
  in += 6 + key + value;
  return out + 4 + value;
}

[[gnu::noinline]] inline std::byte* put_otlp_span(std::byte* out, const std::byte*& in) noexcept {
  std::byte* const begin = out;
  constexpr unsigned char span_id_key[] = {0x12, 8};
  constexpr unsigned char parent_key[] = {0x22, 8};
  constexpr unsigned char kind_and_start[] = {0x30, 4, 0x39};
  std::uint64_t start_us;
  std::memcpy(&start_us, in + 50, 8);
  const std::uint64_t end_us = start_us + static_cast<std::uint8_t>(in[59]);
  out[0] = std::byte{0x12};
  std::memcpy(out + 3, in + 3, 18);  // the trace id with its key
  std::memcpy(out + 21, span_id_key, 2);
  std::memcpy(out + 23, in + 33, 8);
  std::memcpy(out + 31, parent_key, 2);
  std::memcpy(out + 33, in + 23, 8);
  std::memcpy(out + 41, in + 43, 6);  // the name with its key
  std::memcpy(out + 47, kind_and_start, 3);
  put_ns(out + 50, start_us);
  out[58] = std::byte{0x41};
  put_ns(out + 59, end_us);
  // Those of another span would be other attributes.
  if (std::memcmp(in + 60, endpoints, sizeof endpoints) != 0) __builtin_trap();
  in += 85;
  out = put_otlp_tag(put_otlp_tag(out + 67, in), in);
  std::memcpy(out, otlp_endpoints, otlp_endpoints_bytes);
  out += otlp_endpoints_bytes;
  const auto body = static_cast<std::size_t>(out - begin) - 3;
  begin[1] = static_cast<std::byte>(body | 0x80);
  begin[2] = static_cast<std::byte>(body >> 7);
  return out;
}

// The spans behind room for a head of 45 bytes, whose lengths are then written.
[[gnu::noinline]] inline std::size_t otlp_request(std::span<const std::byte> batch, std::byte* out) noexcept {
  constexpr char head[] =
      "\x0a...\x0a\x17\x0a\x15\x0a\x0cservice.name\x12\x05\x0a\x03svc\x12...\x0a\x0a\x0a\x08"
      "edgespan";
  std::memcpy(out, head, 45);
  std::byte* end = out + 45;
  for (const std::byte* in = batch.data(); in != batch.data() + batch.size();) end = put_otlp_span(end, in);
  const auto put3 = [](std::byte* at, std::size_t value) {
    at[0] = static_cast<std::byte>(value | 0x80);
    at[1] = static_cast<std::byte>(value >> 7 | 0x80);
    at[2] = static_cast<std::byte>(value >> 14);
  };
  const auto bytes = static_cast<std::size_t>(end - out);
  put3(out + 1, bytes - 4);
  put3(out + 30, bytes - 33);
  return bytes;
}

}  // namespace edgespan::bench::floor
