// SPDX-License-Identifier: Apache-2.0
#include <edgespan/gzip.hpp>

#include <algorithm>
#include <cstdint>
#include <new>

#define ZLIB_CONST
#include <zlib.h>

namespace edgespan::gzip {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr int gzip_format = 16;                  // added to window_bits
constexpr std::size_t call_bytes_max = 1 << 30;  // what zlib's counters can tell

// What zlib allocates from. It allocates only in deflateInit2(), so pieces are cut from the front and never
// freed.
struct Given {
  std::span<std::byte> rest;
  z_stream stream{};
};

// std::align() is a function of the C++ library, which the plugin has not.
void* take(std::span<std::byte>& rest, std::size_t n) noexcept {
  constexpr std::size_t unit = alignof(std::max_align_t);
  const std::size_t skipped = (unit - reinterpret_cast<std::uintptr_t>(rest.data()) % unit) % unit;
  if (skipped > rest.size() || n > rest.size() - skipped) return nullptr;
  std::byte* const place = rest.data() + skipped;
  rest = rest.subspan(skipped + n);
  return place;
}

void* give(void* given, unsigned count, unsigned size) noexcept {
  return take(static_cast<Given*>(given)->rest, std::size_t{count} * size);
}

z_stream& stream_of(void* given) noexcept { return static_cast<Given*>(given)->stream; }

void add(std::atomic<std::uint32_t>& counter, std::size_t n) noexcept {
  counter.fetch_add(static_cast<std::uint32_t>(n), relaxed);
}

}  // namespace

Gzip::Gzip() noexcept
    : table_{this, [](void* self, const void* bytes, std::size_t n, std::size_t* packed_bytes) {
               return static_cast<Gzip*>(self)->pack(bytes, n, *packed_bytes);
             }} {}

Gzip::~Gzip() {
  if (stream_ != nullptr) deflateEnd(&stream_of(stream_));
}

bool Gzip::init(std::span<std::byte> memory) noexcept {
  if (stream_ != nullptr || memory.size() < state_bytes) return false;
  std::span<std::byte> state = memory.first(state_bytes);
  void* const place = take(state, sizeof(Given));
  if (place == nullptr) return false;
  auto* const given = new (place) Given{state};
  given->stream.zalloc = give;
  given->stream.zfree = [](void*, void*) {};
  given->stream.opaque = given;
  if (deflateInit2(&given->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits + gzip_format, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return false;
  }
  packed_ = memory.subspan(state_bytes);
  stream_ = given;
  return true;
}

// Equal bytes give equal results: zlib writes no time and no name into the header.
const void* Gzip::pack(const void* bytes, std::size_t n, std::size_t& packed_bytes) noexcept {
  if (stream_ == nullptr) return nullptr;
  z_stream& stream = stream_of(stream_);
  const std::size_t room =
      n < batch_bytes_min || n > call_bytes_max ? 0 : std::min(packed_.size(), n - header_bytes);
  bool done = false;
  if (room != 0 && deflateReset(&stream) == Z_OK) {
    stream.next_in = static_cast<const unsigned char*>(bytes);
    stream.avail_in = static_cast<unsigned>(n);
    stream.next_out = reinterpret_cast<unsigned char*>(packed_.data());
    stream.avail_out = static_cast<unsigned>(room);
    done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  }
  if (!done) {
    add(not_worth_it_, 1);
    return nullptr;
  }
  packed_bytes = room - stream.avail_out;
  add(packed_count_, 1);
  add(before_bytes_, n);
  add(after_bytes_, packed_bytes);
  return packed_.data();
}

Counters Gzip::counters() const noexcept {
  return {packed_count_.load(relaxed), before_bytes_.load(relaxed), after_bytes_.load(relaxed),
          not_worth_it_.load(relaxed)};
}

}  // namespace edgespan::gzip
