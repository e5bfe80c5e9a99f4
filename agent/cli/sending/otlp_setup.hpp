// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/otlp_dialect.hpp>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace edgespan::cli {

// OTLP for a sender of the tool, and what the collector says in words. Pinned; outlives the sender.
class OtlpSetup {
 public:
  // For batches of up to `batch_bytes`.
  explicit OtlpSetup(std::size_t batch_bytes);
  OtlpSetup(const OtlpSetup&) = delete;
  OtlpSetup& operator=(const OtlpSetup&) = delete;

  const Dialect& table() const noexcept { return dialect_.table(); }

  // What the collector has said last, printable; empty if nothing new since the last call. Any thread.
  std::string take_words();

 private:
  void hear(std::string_view text);

  std::mutex mutex_;
  std::string words_;
  std::vector<std::byte> room_;
  OtlpDialect dialect_;
};

}  // namespace edgespan::cli
