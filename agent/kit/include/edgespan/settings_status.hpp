// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace edgespan {

// Whether settings could be read; if not, what is wrong, where, and what to do. A value of its own.
class [[nodiscard]] SettingsStatus {
 public:
  static constexpr std::size_t text_bytes_max = 383;

  SettingsStatus() noexcept = default;
  // `text` is not empty; it is cut at text_bytes_max bytes.
  explicit SettingsStatus(std::string_view text) noexcept;

  bool ok() const noexcept { return text_[0] == '\0'; }

  // One line for people, such as "/etc/edgespan/edgespan.ini:12: flush '5': has no unit; write ...". "ok" if
  // nothing is wrong. Ends with a NUL; lives as long as this object.
  const char* text() const noexcept { return ok() ? "ok" : text_.data(); }

 private:
  std::array<char, text_bytes_max + 1> text_{};
};

}  // namespace edgespan
