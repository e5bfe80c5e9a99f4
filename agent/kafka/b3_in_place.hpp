// SPDX-License-Identifier: Apache-2.0
// The header of a record that a traced producer wrote, and a child's header in its place. Where both have one
// form, as nearly all have, they differ in the ids of the spans alone: these are written where they stand,
// and nothing else is formatted, copied or asked of the client.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <edgespan/b3.hpp>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "kafka/header_plan.hpp"
#include "kafka/header_view.hpp"

namespace edgespan::kafka_detail {

// A `b3` with ids and a decision that stands alone at the end of its list, and whose text is as long as that
// of its child will be. The view lives as long as the record's list does.
class B3InPlace {
 public:
  // Finds and reads the header in the list of a record. False: it has none like that, or `plan` writes other
  // headers than `b3`, or the value is malformed; the record's headers are then read as those of any record.
  [[gnu::always_inline]] bool read(const rd_kafka_headers_t* list, const HeaderPlan& plan) noexcept {
    HeaderView header;
    if (!plan.only_b3(said_) || !lone_b3(list, header)) [[unlikely]]
      return false;
    has_parent_ = plan.b3() == B3Format::single;
    const std::size_t trace_digits =
        header.size - (has_parent_ ? behind_trace + b3_impl::parent_field : behind_trace);
    if (trace_digits != b3_impl::id_digits && trace_digits != 2 * b3_impl::id_digits) [[unlikely]]
      return false;
    const char* const text = static_cast<const char*>(header.value);
    span_ = const_cast<char*>(text) + trace_digits + 1;
    if (!b3_impl::parse_ids<b3_impl::HexFast>(text, trace_digits, said_) || !read_rest()) [[unlikely]]
      return false;
    return said_.trace_hi != 0 || trace_digits == b3_impl::id_digits;
  }

  // What the header says; after read().
  const Context& said() const noexcept { return said_; }

  // Writes the header of a child, whose trace and decision are those of said().
  void write(const Context& child) const noexcept {
    EDGESPAN_ASSERT(child.parent_id == said_.span_id && child.decision == said_.decision);
    if (has_parent_) std::memcpy(span_ + to_parent, span_, b3_impl::id_digits);
    b3_impl::HexFast::encode16(child.span_id, span_);
  }

 private:
  // A span's id, and the decision behind it.
  static constexpr std::size_t behind_trace = 1 + b3_impl::id_digits + b3_impl::decision_field;
  // From the span's id to its parent's.
  static constexpr std::size_t to_parent = b3_impl::id_digits + b3_impl::decision_field + 1;

  [[gnu::always_inline]] bool read_rest() noexcept {
    const char* const behind = span_ + b3_impl::id_digits;
    if (behind[0] != '-' || !b3_impl::read_decision(behind[1], said_.decision)) [[unlikely]]
      return false;
    std::uint64_t unused = 0;
    return !has_parent_ || (behind[2] == '-' && b3_impl::HexFast::decode16(behind + 3, unused));
  }

  char* span_ = nullptr;  // the digits of the span's id
  bool has_parent_ = false;
  Context said_;
};

}  // namespace edgespan::kafka_detail
