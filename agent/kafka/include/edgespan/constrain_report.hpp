// SPDX-License-Identifier: Apache-2.0
// What constrain() did to a configuration.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace edgespan {

// What became of one setting.
enum class ConstraintOutcome : std::uint8_t {
  set,      // to the limit, or as near to it as settings of the application's own allow
  kept,     // the application's own
  unknown,  // to this librdkafka; nothing to bound, or no way to
  refused,  // librdkafka does not take the value: it is out of the setting's range
};

struct Constraint {
  const char* property = nullptr;  // librdkafka's name of it
  ConstraintOutcome outcome = ConstraintOutcome::unknown;
  char before[16] = "";    // librdkafka's default, or what the application set; both cut at 15 characters
  char in_force[16] = "";  // from now on
};

inline constexpr std::size_t constraints_max = 9;

struct ConstrainReport {
  std::array<Constraint, constraints_max> lines{};
  std::size_t count = 0;

  const Constraint* begin() const noexcept { return lines.data(); }
  const Constraint* end() const noexcept { return lines.data() + count; }
  bool ok() const noexcept;  // nothing was refused
};

}  // namespace edgespan
