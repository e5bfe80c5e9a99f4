// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/recording_stream.hpp"

#include <algorithm>

namespace edgespan::cli {
namespace {

constexpr std::size_t received_bytes_max = 64 * 1024;

RecordingStream& recording_at(void* ctx) noexcept { return *static_cast<RecordingStream*>(ctx); }

}  // namespace

RecordingStream::RecordingStream(const edgespan_stream& inner) noexcept : inner_{inner} {
  table_.ctx = this;
  table_.open = [](void* self, const char* host, std::uint16_t port) {
    const edgespan_stream& stream = recording_at(self).inner_;
    return stream.open(stream.ctx, host, port);
  };
  table_.send = [](void* self, const void* bytes, std::size_t n) {
    const edgespan_stream& stream = recording_at(self).inner_;
    return stream.send(stream.ctx, bytes, n);
  };
  table_.recv = [](void* self, void* bytes, std::size_t n) { return recording_at(self).recv(bytes, n); };
  table_.close = [](void* self) {
    const edgespan_stream& stream = recording_at(self).inner_;
    stream.close(stream.ctx);
  };
  table_.secure = inner.secure;
}

std::int32_t RecordingStream::recv(void* bytes, std::size_t n) {
  const std::int32_t got = inner_.recv(inner_.ctx, bytes, n);
  if (got > 0) {
    const std::size_t room = received_bytes_max - received_.size();
    received_.append(static_cast<const char*>(bytes), std::min(room, static_cast<std::size_t>(got)));
  }
  return got;
}

}  // namespace edgespan::cli
