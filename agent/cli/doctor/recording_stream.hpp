// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// A stream over another one that remembers what the peer has sent. Pinned.
class RecordingStream {
 public:
  // Keeps a reference to `inner`.
  explicit RecordingStream(const edgespan_stream& inner) noexcept;
  RecordingStream(const RecordingStream&) = delete;
  RecordingStream& operator=(const RecordingStream&) = delete;

  const edgespan_stream& stream() const noexcept { return table_; }

  // What the peer has sent since the last forget(), 64 KiB at most.
  std::string_view received() const noexcept { return received_; }
  void forget() noexcept { received_.clear(); }

 private:
  std::int32_t recv(void* bytes, std::size_t n);

  const edgespan_stream& inner_;
  edgespan_stream table_;
  std::string received_;
};

}  // namespace edgespan::cli
