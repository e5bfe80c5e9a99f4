// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <edgespan/settings.hpp>

namespace edgespan {

// What libedgespan-rdkafka.so maps for an agent when the first client is made, in bytes; each term is a
// multiple of what aligns the next one. TLS has its own beside it.
struct PluginMemory {
  std::size_t spans_open = 0;
  std::size_t ring = 0;
  std::size_t chunks = 0;  // of the ring
  std::size_t batch = 0;
  std::size_t inflight = 0;
  std::size_t otlp = 0;  // what a batch becomes, if the URL asks for that
  std::size_t gzip = 0;  // for packing it, if the setting does

  // Mapped as one piece.
  constexpr std::size_t arrays() const noexcept { return spans_open + ring + chunks + batch + inflight; }
};

// The plugin has no spans of its own; Tracing wants room for one.
inline constexpr std::size_t plugin_spans_open_max = 1;

// zlib's own state, and a request of that many bytes packed to the half.
constexpr std::size_t plugin_gzip_bytes(std::size_t request_bytes) noexcept {
  return 10'752 + request_bytes / 2;
}

PluginMemory plugin_memory(const Settings& settings) noexcept;

}  // namespace edgespan
