// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <edgespan/status.hpp>
#include <string_view>

namespace edgespan {

// How the start of an agent ended: it is running, or one setting of its configuration stood in the way.
// A value of its own; it keeps no view of the configuration.
class [[nodiscard]] AgentStatus {
 public:
  static constexpr std::size_t text_bytes_max = 255;

  // The agent is running; text() is "ok".
  AgentStatus() noexcept = default;

  // `setting` is the member of the configuration that is wrong, such as "reporter.flush_ms". `problem` says
  // what is wrong and what to do; empty: status_text(status). `value` is what was given, where that helps.
  // The text is cut at text_bytes_max bytes.
  AgentStatus(Status status, std::string_view setting, std::string_view problem = {},
              std::string_view value = {}) noexcept;

  bool ok() const noexcept { return status_ == Status::ok; }
  Status status() const noexcept { return status_; }

  // "setting 'value': what is wrong; what to do", one line for people. Ends with a NUL; lives as long as this
  // object.
  const char* text() const noexcept { return status_ == Status::ok ? "ok" : text_.data(); }

 private:
  void append(std::string_view piece) noexcept;

  Status status_ = Status::ok;
  std::size_t used_ = 0;
  std::array<char, text_bytes_max + 1> text_{};
};

}  // namespace edgespan
