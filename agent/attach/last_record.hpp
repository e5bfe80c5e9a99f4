// SPDX-License-Identifier: Apache-2.0
// With the setting join = last_record: the record that this thread consumed last. librdkafka does not tell a
// plugin when a poll brings nothing, so a record is forgotten after a while.
#pragma once

#include <cstdint>
#include <edgespan/context.hpp>

namespace edgespan::attach {

inline constexpr std::uint64_t last_record_life_us = 10'000'000;

// A context that is not valid() keeps nothing.
void keep_last_record(const Context& context, std::uint64_t now_us) noexcept;

// The context of that record; not valid() if there is none, or if it is too old.
Context last_record(std::uint64_t now_us) noexcept;

}  // namespace edgespan::attach
