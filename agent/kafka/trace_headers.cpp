// SPDX-License-Identifier: Apache-2.0
#include "kafka/trace_headers.hpp"

#include <cstring>
#include <edgespan/b3_headers.hpp>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "core/code.hpp"
#include "core/tracing_state.hpp"

namespace edgespan::kafka_detail {
namespace {

struct HeaderView {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;

  // Names of an application are mostly told from ours by their first letter.
  B3Key key() const noexcept {
    const char first = static_cast<char>(*name | 0x20);
    if (first == 'b') return name[1] == '3' && name[2] == '\0' ? B3Key::b3 : B3Key::none;
    return first == 'x' ? b3_key(name) : B3Key::none;
  }
  bool spelled_as(B3Key key) const noexcept {
    EDGESPAN_ASSERT(key != B3Key::none);
    return key == B3Key::b3 ? *name == 'b' : name == b3_key_names[static_cast<std::size_t>(key)];
  }
};

bool header_at(const rd_kafka_headers_t* list, std::size_t index, HeaderView& out) noexcept {
  return rd_kafka_header_get_all(list, index, &out.name, &out.value, &out.size) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// Whether a value of `b3` is of this span. Ids of spans are random, so the rest needs no look.
bool names_span(std::string_view value, const Context& context) noexcept {
  const std::size_t at = context.trace_hi != 0 ? 2 * b3_impl::id_digits + 1 : b3_impl::id_digits + 1;
  std::array<char, b3_impl::id_digits> id;
  b3_impl::HexFast::encode16(context.span_id, id.data());
  return value.size() >= at + id.size() && std::memcmp(value.data() + at, id.data(), id.size()) == 0;
}

bool add_header(rd_kafka_headers_t* list, std::string_view name, std::string_view value) noexcept {
  return rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                             static_cast<ssize_t>(value.size())) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// The X-B3 set, each header as soon as its value is made: no buffer for all of them.
struct HeaderSet {
  rd_kafka_headers_t* list;
  bool ok;
  std::array<char, 2 * b3_impl::id_digits> value;

  char* place() noexcept { return value.data(); }
  void append(B3Key key, std::size_t size) noexcept {
    EDGESPAN_ASSERT(key != B3Key::none && size <= value.size());
    ok = ok && add_header(list, b3_key_names[static_cast<std::size_t>(key)], {value.data(), size});
  }
};

[[gnu::noinline]] bool add_set(rd_kafka_headers_t* list, const Context& context) noexcept {
  EDGESPAN_ASSERT(list != nullptr && context.valid());
  HeaderSet set;
  set.list = list;
  set.ok = true;
  b3_impl::inject_set<b3_impl::HexFast>(context, set);
  return set.ok;
}

// FoundHeaders::keys of a record with `b3` and no other trace header: nearly all records with any.
constexpr std::uint8_t only_b3 = 1U << static_cast<unsigned>(B3Key::b3);

// So many trace headers are removed one after another; each may cost a move of the whole list.
constexpr std::uint32_t few_headers = 16;

constexpr bool writes_set(B3Format format) noexcept {
  return format == B3Format::multi || format == B3Format::both;
}

// Takes trace headers out one spelling at a time. rd_kafka_header_remove() takes all headers of a spelling,
// so none stands before `i` at any time. It frees the name that it compares with, so it gets a copy.
void clear_respelled(rd_kafka_headers_t* list) noexcept {
  EDGESPAN_ASSERT(list != nullptr);
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header);) {
    if (header.key() == B3Key::none) {
      ++i;
      continue;
    }
    EDGESPAN_ASSERT(std::strlen(header.name) <= key_chars_max);
    char name[key_chars_max + 1] = {};
    std::strncpy(name, header.name, key_chars_max);
    if (rd_kafka_header_remove(list, name) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  }
}

// Takes any number of trace headers out in linear time. rd_kafka_header_remove() moves the rest of the list
// for each header that it removes, which takes seconds for 50,000 of them in front of 50,000 others. It moves
// nothing if it removes all. So all headers get one name, all are removed, and the others come back from a
// copy. The list stays the same object, because it may be the application's.
[[gnu::noinline, gnu::cold]] void clear_many(rd_kafka_headers_t* list) noexcept {
  EDGESPAN_ASSERT(list != nullptr);
  rd_kafka_headers_t* const copy = rd_kafka_headers_copy(list);
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header); ++i) *const_cast<char*>(header.name) = '\0';
  (void)rd_kafka_header_remove(list, "");
  EDGESPAN_ASSERT(rd_kafka_header_cnt(list) == 0);
  for (std::size_t i = 0; header_at(copy, i, header); ++i) {
    if (header.key() != B3Key::none) continue;
    (void)rd_kafka_header_add(list, header.name, -1, header.value, static_cast<ssize_t>(header.size));
  }
  rd_kafka_headers_destroy(copy);
}

// What trace headers said, as they are met one after another. The value of the last `b3` stands alone,
// because it can then be parsed where it is; it is null if the last one has no value or if there is none.
struct Said {
  B3Headers set;
  std::string_view b3;

  [[gnu::always_inline]] void add(FoundHeaders& found, const HeaderView& header, B3Key key) noexcept {
    EDGESPAN_ASSERT(static_cast<std::size_t>(key) < b3_key_names.size());
    ++found.count;
    found.keys |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(key));
    found.respelled |= !header.spelled_as(key);
    const char* const text = static_cast<const char*>(header.value);
    const std::string_view value = text != nullptr ? std::string_view{text, header.size} : std::string_view{};
    if (key == B3Key::b3) {
      b3 = value;
    } else if (text != nullptr) {
      set.add(key, value);
    }
  }
};

EDGESPAN_SHARED void collect(FoundHeaders& found, Said& said) noexcept {
  HeaderView header;
  const std::size_t count = rd_kafka_header_cnt(found.list);
  for (std::size_t i = 0; i < count && header_at(found.list, i, header); ++i) {
    const B3Key key = header.key();
    if (key != B3Key::none) said.add(found, header, key);
  }
}

// As librdkafka reads RD_KAFKA_VTYPE_HEADER: a size of -1 is that of a text.
HeaderView header_of(const rd_kafka_vu_t& argument) noexcept {
  const char* const value = static_cast<const char*>(argument.u.header.val);
  const ssize_t size = argument.u.header.size;
  return {argument.u.header.name, value,
          value == nullptr ? 0
          : size >= 0      ? static_cast<std::size_t>(size)
                           : std::strlen(value)};
}

// Parses after collect() has returned, so that the two stack frames do not add up.
EDGESPAN_INLINE B3Extraction understand(const FoundHeaders& found, Said& said,
                                        const Context* written) noexcept {
  if (said.b3.data() != nullptr) {
    EDGESPAN_ASSERT((found.keys & only_b3) != 0);
    if (written != nullptr && names_span(said.b3, *written)) {
      return {B3Extraction::Kind::ids, B3Error::ok, detail::copy_of(*written)};
    }
    if (found.keys == only_b3) return b3_parse(said.b3);
    said.set.add(B3Key::b3, said.b3);
  }
  return said.set.extract();
}

}  // namespace

B3Extraction read_list(FoundHeaders& found, const Context* written) noexcept {
  EDGESPAN_ASSERT(found.list != nullptr && found.keys == 0 && !found.respelled);  // it is new
  Said said;
  collect(found, said);
  return understand(found, said, written);
}

B3Extraction read_arguments(const rd_kafka_vu_t* arguments, std::size_t count) noexcept {
  FoundHeaders found;
  Said said;
  for (std::size_t i = 0; i < count; ++i) {
    if (arguments[i].vtype == RD_KAFKA_VTYPE_HEADERS && arguments[i].u.headers != nullptr) {
      found.list = arguments[i].u.headers;
      collect(found, said);
    } else if (arguments[i].vtype == RD_KAFKA_VTYPE_HEADER && arguments[i].u.header.name != nullptr) {
      const HeaderView header = header_of(arguments[i]);
      const B3Key key = header.key();
      if (key != B3Key::none) said.add(found, header, key);
    }
  }
  return understand(found, said, nullptr);
}

void clear_headers(const FoundHeaders& found) noexcept {
  EDGESPAN_ASSERT(found.list != nullptr && found.keys != 0 && found.count != 0);
  if (found.count > few_headers) return clear_many(found.list);
  if (found.respelled) return clear_respelled(found.list);
  for (std::size_t index = 0; found.keys >> index != 0; ++index) {
    EDGESPAN_ASSERT(index < b3_key_names.size());
    if ((found.keys >> index & 1) != 0) (void)rd_kafka_header_remove(found.list, b3_key_names[index].data());
  }
}

EDGESPAN_INLINE bool TraceHeaders::add_to(rd_kafka_headers_t* list) const noexcept {
  EDGESPAN_ASSERT(size_ <= text_.size());
  EDGESPAN_ASSERT(size_ != 0 || writes_set(format_));  // one header at least
  return (size_ == 0 || add_header(list, b3_key_names[0], {text_.data(), size_})) &&
         (!writes_set(format_) || add_set(list, context_));
}

bool TraceHeaders::write(rd_kafka_message_t* message, const FoundHeaders& found) const noexcept {
  EDGESPAN_ASSERT(found.list != nullptr || (found.keys == 0 && !found.respelled));
  if (found.list != nullptr) {
    if (found.keys == only_b3 && found.count == 1 && !found.respelled) {
      (void)rd_kafka_header_remove(found.list, b3_key_names[0].data());
    } else if (found.keys != 0) {
      clear_headers(found);
    }
    return add_to(found.list);
  }
  rd_kafka_headers_t* list = rd_kafka_headers_new(writes_set(format_) ? b3_headers_max : 1);
  if (list == nullptr) return false;
  if (!add_to(list)) {
    rd_kafka_headers_destroy(list);
    return false;
  }
  rd_kafka_message_set_headers(message, list);
  return true;
}

std::size_t header_bytes_max(const rd_kafka_headers_t* list) noexcept {
  std::size_t bytes = 0;
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header); ++i) {
    bytes += header_frame_bytes + std::strlen(header.name) + header.size;
  }
  return bytes;
}

}  // namespace edgespan::kafka_detail
