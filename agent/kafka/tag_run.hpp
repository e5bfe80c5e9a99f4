// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kafka/spelling.hpp"

namespace edgespan::kafka_detail {

// Tags that are counted first and written later. Who adds the same ones in the same order once more finds
// that the same ones have room.
class TagRun {
 public:
  // `out` has room for so many bytes; null: the tags are counted only.
  TagRun(std::uint32_t room, std::byte* out) noexcept : out_{out}, room_{room}, left_{room} {}

  // Begins anew, with as much room at `out`.
  void begin(std::byte* out) noexcept {
    out_ = out;
    left_ = room_;
    cut_ = false;
  }

  // Of the room so many bytes are for tags that come after the next call of this.
  void keep(std::uint32_t bytes) noexcept { kept_ = bytes; }
  // Which attribute of the table in use; so that a call takes little code.
  using Name = std::string_view AttributeNames::*;

  // Adds a tag, whose value is UTF-8. Left out if it has no room.
  void add(Name name, std::string_view value) noexcept;
  void add(Name name, std::uint64_t value) noexcept;
  // The same with a value that is cut to the room, down to nothing.
  void add_cut(Name name, std::string_view value) noexcept;

  std::uint32_t size() const noexcept { return room_ - left_; }
  bool cut() const noexcept { return cut_; }  // a tag was left out, or a value cut

 private:
  std::byte* open(Name name, std::size_t value_bytes) noexcept;

  std::byte* out_;
  std::uint32_t room_;
  std::uint32_t left_;
  std::uint32_t kept_ = 0;
  bool cut_ = false;
};

}  // namespace edgespan::kafka_detail
