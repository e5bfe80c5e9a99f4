// SPDX-License-Identifier: Apache-2.0
#include "span_list.hpp"

namespace edgespan::simtest {
namespace {

// Takes `bytes` apart; every reader says whether it could.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  const char* at() const { return rest_.data(); }

  bool varint(std::uint64_t& out) {
    out = 0;
    for (std::uint32_t shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  bool bytes(std::string_view& out) {
    std::uint64_t size = 0;
    if (!varint(size) || size > rest_.size()) return false;
    out = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(out.size());
    return true;
  }

  bool fixed64(std::uint64_t& out) {
    if (rest_.size() < 8) return false;
    out = 0;
    for (std::size_t i = 8; i-- != 0;) out = out << 8 | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(8);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_id(Reader& reader, bool long_allowed, std::uint64_t& low) {
  std::string_view id;
  if (!reader.bytes(id) || !(id.size() == 8 || (long_allowed && id.size() == 16))) return false;
  low = 0;
  for (const char byte : id.substr(id.size() - 8)) low = low << 8 | static_cast<unsigned char>(byte);
  return low != 0;
}

bool skip_bytes(Reader& reader) {
  std::string_view skipped;
  return reader.bytes(skipped) && !skipped.empty();
}

bool read_field(Reader& reader, std::uint64_t key, WireSpan& out) {
  std::uint64_t number = 0;
  switch (key) {
    case 0x0A:
      return read_id(reader, true, out.trace_lo);
    case 0x12:
      return read_id(reader, false, number);
    case 0x1A:
      return read_id(reader, false, out.id);
    case 0x20:
      return reader.varint(number) && number >= 1 && number <= 4;
    case 0x31:
      return reader.fixed64(out.timestamp_us);
    case 0x38:
      return reader.varint(out.duration_us) && out.duration_us != 0;
    case 0x42:
      out.named_by = true;
      return skip_bytes(reader);
    case 0x2A:
    case 0x4A:
    case 0x52:
    case 0x5A:
      return skip_bytes(reader);
    case 0x60:
      return reader.varint(number) && number == 1;
    default:
      return false;
  }
}

}  // namespace

bool SpanList::next(WireSpan& out) {
  Reader list{rest_};
  std::uint64_t key = 0;
  std::string_view body;
  if (!list.varint(key) || key != 0x0A || !list.bytes(body)) return false;
  const std::size_t size = list.done() ? rest_.size() : static_cast<std::size_t>(list.at() - rest_.data());
  out = WireSpan{.bytes = rest_.substr(0, size)};
  rest_.remove_prefix(size);
  std::uint64_t last = 0;
  for (Reader span{body}; !span.done(); last = key) {
    if (!span.varint(key) || key < last || !read_field(span, key, out)) return false;
  }
  return out.id != 0 && out.trace_lo != 0 && out.timestamp_us != 0 && out.named_by;
}

}  // namespace edgespan::simtest
