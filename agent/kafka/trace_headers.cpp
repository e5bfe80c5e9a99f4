// SPDX-License-Identifier: Apache-2.0
#include "kafka/trace_headers.hpp"

#include <cstring>
#include <edgespan/b3_headers.hpp>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "core/code.hpp"
#include "core/merge_traces.hpp"
#include "core/trace_key.hpp"
#include "core/tracing_state.hpp"
#include "core/w3c_impl.hpp"
#include "kafka/header_view.hpp"

namespace edgespan::kafka_detail {
namespace {

using detail::trace_key_bit;
using detail::trace_key_names;

constexpr std::uint16_t state_bit = trace_key_bit(TraceKey::tracestate);

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
constexpr std::uint16_t only_b3 = trace_key_bit(TraceKey::b3);
// Of one with a `traceparent` beside it, as a plugin writes it.
constexpr std::uint16_t b3_and_parent = only_b3 | parent_bit;

// Whether a header stays while trace headers are taken out.
bool stays(TraceKey key, bool keep_state) noexcept {
  return key == TraceKey::none || (keep_state && key == TraceKey::tracestate);
}

// Takes trace headers out one spelling at a time. rd_kafka_header_remove() takes all headers of a spelling,
// so none stands before `i` at any time. It frees the name that it compares with, so it gets a copy.
void clear_respelled(rd_kafka_headers_t* list, bool keep_state) noexcept {
  EDGESPAN_ASSERT(list != nullptr);
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header);) {
    if (stays(header.key(), keep_state)) {
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
[[gnu::noinline, gnu::cold]] void clear_many(rd_kafka_headers_t* list, bool keep_state) noexcept {
  EDGESPAN_ASSERT(list != nullptr);
  rd_kafka_headers_t* const copy = rd_kafka_headers_copy(list);
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header); ++i) *const_cast<char*>(header.name) = '\0';
  (void)rd_kafka_header_remove(list, "");
  EDGESPAN_ASSERT(rd_kafka_header_cnt(list) == 0);
  for (std::size_t i = 0; header_at(copy, i, header); ++i) {
    if (!stays(header.key(), keep_state)) continue;
    (void)rd_kafka_header_add(list, header.name, -1, header.value, static_cast<ssize_t>(header.size));
  }
  rd_kafka_headers_destroy(copy);
}

// What B3 headers said, as they are met one after another. The value of the last `b3` stands alone,
// because it can then be parsed where it is; it is null if the last one has no value or if there is none.
struct Said {
  B3Headers set;
  std::string_view b3;

  [[gnu::always_inline]] void add(FoundHeaders& found, const HeaderView& header, TraceKey key) noexcept {
    EDGESPAN_ASSERT(static_cast<std::size_t>(key) < trace_key_names.size());
    if (found.count <= few_headers) ++found.count;
    found.keys |= trace_key_bit(key);
    found.respelled |= !header.spelled_as(key);
    const char* const text = static_cast<const char*>(header.value);
    const std::string_view value = text != nullptr ? std::string_view{text, header.size} : std::string_view{};
    if (key != TraceKey::tracestate) found.parent_last = key == TraceKey::traceparent;
    if (key > TraceKey::none) return;
    if (key == TraceKey::b3) {
      b3 = value;
      found.b3 = text;
      found.b3_bytes = static_cast<std::uint8_t>(value.size() <= UINT8_MAX ? value.size() : 0);
    } else {
      set.add(static_cast<B3Key>(key), value);
    }
  }
};

[[gnu::always_inline]] inline void collect_here(FoundHeaders& found, Said& said) noexcept {
  HeaderView header;
  const std::size_t count = rd_kafka_header_cnt(found.list);
  for (std::size_t i = 0; i < count && header_at(found.list, i, header); ++i) {
    const TraceKey key = header.key();
    found.b3_bytes = 0;
    if (key != TraceKey::none) said.add(found, header, key);
  }
}

// Not inlined: its stack frame is gone when a value is parsed.
[[gnu::noinline]] void collect(FoundHeaders& found, Said& said) noexcept { collect_here(found, said); }

// As librdkafka reads RD_KAFKA_VTYPE_HEADER: a size of -1 is that of a text.
HeaderView header_of(const rd_kafka_vu_t& argument) noexcept {
  const char* const value = static_cast<const char*>(argument.u.header.val);
  const ssize_t size = argument.u.header.size;
  return {argument.u.header.name, value,
          value == nullptr ? 0
          : size >= 0      ? static_cast<std::size_t>(size)
                           : std::strlen(value)};
}

bool last_parent(const rd_kafka_headers_t* list, HeaderView& out) noexcept {
  for (std::size_t i = rd_kafka_header_cnt(list); i-- > 0;) {
    if (header_at(list, i, out) && out.key() == TraceKey::traceparent) return true;
  }
  return false;
}

bool last_parent_of(const rd_kafka_vu_t* arguments, std::size_t count, HeaderView& out) noexcept {
  for (std::size_t i = count; i-- > 0;) {
    if (arguments[i].vtype == RD_KAFKA_VTYPE_HEADERS && arguments[i].u.headers != nullptr) {
      if (last_parent(arguments[i].u.headers, out)) return true;
    } else if (arguments[i].vtype == RD_KAFKA_VTYPE_HEADER && arguments[i].u.header.name != nullptr) {
      out = header_of(arguments[i]);
      if (out.key() == TraceKey::traceparent) return true;
    }
  }
  return false;
}

// Adds what a `traceparent` says to what B3 headers say.
void merge(B3Extraction& extraction, const HeaderView& header, bool last) noexcept {
  Context parent;
  if (header.value == nullptr) return;
  if (w3c_impl::read<b3_impl::HexFast>(header.text(), parent) != W3cError::ok) return;
  (void)detail::merge_traceparent(extraction, parent, last);
}

// Parses after collect() has returned, so that the two stack frames do not add up.
EDGESPAN_INLINE B3Extraction understand(const FoundHeaders& found, Said& said,
                                        const Context* written) noexcept {
  const bool has_parent = (found.keys & parent_bit) != 0;
  if (said.b3.data() != nullptr) {
    EDGESPAN_ASSERT((found.keys & only_b3) != 0);
    if (written != nullptr && !has_parent && names_span(said.b3, *written)) {
      return {B3Extraction::Kind::ids, B3Error::ok, detail::copy_of(*written)};
    }
    if (found.keys == only_b3) return b3_parse(said.b3);
    said.set.add(B3Key::b3, said.b3);
  }
  return said.set.extract();
}

}  // namespace

bool has_trace_header(const rd_kafka_headers_t* list, std::size_t count) noexcept {
  HeaderView header;
  for (std::size_t i = 0; i < count && header_at(list, i, header); ++i) {
    if (header.key() != TraceKey::none) return true;
  }
  return false;
}

// Where the last `traceparent` stands is looked for once more: message_sent() has no stack to remember it.
void add_parent(B3Extraction& extraction, const FoundHeaders& found) noexcept {
  EDGESPAN_ASSERT(found.list != nullptr && (found.keys & parent_bit) != 0);
  HeaderView header;
  if (last_parent(found.list, header)) merge(extraction, header, found.parent_last);
}

B3Extraction read_b3_of_list(FoundHeaders& found, const Context* written) noexcept {
  EDGESPAN_ASSERT(found.list != nullptr && found.keys == 0 && !found.respelled);  // it is new
  Said said;
  collect(found, said);
  return understand(found, said, written);
}

B3Extraction read_b3_of_polled(FoundHeaders& found) noexcept {
  if constexpr (detail::small_code) return read_b3_of_list(found, nullptr);
  EDGESPAN_ASSERT(found.list != nullptr && found.keys == 0 && !found.respelled);  // it is new
  Said said;
  collect_here(found, said);
  return understand(found, said, nullptr);
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
      const TraceKey key = header.key();
      if (key != TraceKey::none) said.add(found, header, key);
    }
  }
  B3Extraction extraction = understand(found, said, nullptr);
  HeaderView header;
  if ((found.keys & parent_bit) != 0 && last_parent_of(arguments, count, header)) {
    merge(extraction, header, found.parent_last);
  }
  return extraction;
}

void clear_headers(const FoundHeaders& found, bool keep_state) noexcept {
  EDGESPAN_ASSERT(found.list != nullptr && found.keys != 0 && found.count != 0);
  if (found.count > few_headers) return clear_many(found.list, keep_state);
  if (found.respelled) return clear_respelled(found.list, keep_state);
  const unsigned keys = keep_state ? found.keys & ~unsigned{state_bit} : found.keys;
  for (std::size_t index = 0; keys >> index != 0; ++index) {
    EDGESPAN_ASSERT(index < trace_key_names.size());
    if ((keys >> index & 1) != 0) (void)rd_kafka_header_remove(found.list, trace_key_names[index].data());
  }
}

// The `tracestate` of a list if it goes on when it is valid, else nothing: it is one, as it must be spelled,
// and came with a `traceparent` of the trace of which a new one is written. It then stays where it is. It
// came with the one that stands last in front of it, or, if there is none, with the first one behind it.
// Not inlined, as the next one: most records have none.
[[gnu::noinline]] std::string_view TraceHeaders::own_state(const rd_kafka_headers_t* list) const noexcept {
  if (!plan_.writes_traceparent(context_)) return {};
  std::string_view state;
  bool same_trace = false;
  bool has_parent = false;
  HeaderView header;
  for (std::size_t i = 0; header_at(list, i, header); ++i) {
    const TraceKey key = header.key();
    if (key == TraceKey::tracestate) {
      if (state.data() != nullptr || header.value == nullptr || !header.spelled_as(key)) return {};
      state = header.text();
    } else if (key == TraceKey::traceparent && (state.data() == nullptr || !has_parent)) {
      has_parent = true;
      Context parent;
      same_trace = header.value != nullptr &&
                   w3c_impl::read<b3_impl::HexFast>(header.text(), parent) == W3cError::ok &&
                   detail::same_trace(parent, context_);
    }
  }
  return same_trace && state.size() <= plan_.tracestate_max() ? state : std::string_view{};
}

[[gnu::noinline]] bool TraceHeaders::add_all(rd_kafka_headers_t* list) const noexcept {
  bool ok = true;
  for (const TraceFormat format : plan_.formats()) {
    if (!ok) return false;
    if (format <= TraceFormat::b3_parent) {
      ok = add_header(list, b3_key_names[0], {text_.data(), size_});
    } else if (format == TraceFormat::b3_multi) {
      ok = add_set(list, context_);
    } else if (plan_.writes_traceparent(context_)) {
      std::array<char, traceparent_bytes> text;
      ok = add_header(list, traceparent_name, {text.data(), traceparent_format(context_, text)});
    }
  }
  return ok;
}

// `b3_alone`: what the plan says of the context.
EDGESPAN_INLINE bool TraceHeaders::add_to(rd_kafka_headers_t* list, bool b3_alone) const noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || size_ <= text_.size());
  EDGESPAN_ASSERT(context_.decision != Decision::undecided);  // who reads it would decide differently
  if (b3_alone) return add_header(list, b3_key_names[0], {text_.data(), size_});
  return add_all(list);
}

// Writes over `b3` and `traceparent`, if they end the list in this order and are as long as the new ones: to
// take them out and to add two would free and allocate twice. Not inlined, for message_sent()'s stack.
[[gnu::noinline]] bool TraceHeaders::overwrite_pair(const FoundHeaders& found) const noexcept {
  if (found.count != 2 || found.respelled || !plan_.writes_pair(context_)) return false;
  const std::size_t count = rd_kafka_header_cnt(found.list);
  EDGESPAN_ASSERT(count >= 2);
  HeaderView b3;
  HeaderView parent;
  if (!header_at(found.list, count - 2, b3) || !header_at(found.list, count - 1, parent)) return false;
  if (b3.key() != TraceKey::b3 || parent.key() != TraceKey::traceparent) return false;
  if (b3.size != size_ || parent.size != traceparent_bytes) return false;
  std::memcpy(const_cast<void*>(b3.value), text_.data(), size_);
  auto* const text = static_cast<char*>(const_cast<void*>(parent.value));
  (void)traceparent_format(context_, std::span<char, traceparent_bytes>{text, traceparent_bytes});
  return true;
}

Written TraceHeaders::fail_first(rd_kafka_headers_t* list) noexcept {
  rd_kafka_headers_destroy(list);
  return Written::failed;
}

Written TraceHeaders::write(rd_kafka_message_t* message, const FoundHeaders& found) const noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || (found.list != nullptr || (found.keys == 0 && !found.respelled)));
  const bool b3_alone = plan_.only_b3(context_);
  if (found.list != nullptr) {
    bool state_lost = false;
    if (found.keys == only_b3 && found.count == 1 && !found.respelled) {
      // To take it out and to add one would free and allocate.
      if (found.b3_bytes == size_ && b3_alone) {
        std::memcpy(const_cast<char*>(found.b3), text_.data(), size_);
        return Written::done;
      }
      (void)rd_kafka_header_remove(found.list, b3_key_names[0].data());
    } else if (found.keys == b3_and_parent && overwrite_pair(found)) {
      return Written::done;
    } else if (found.keys != 0) {
      const bool has_state = (found.keys & state_bit) != 0;
      const std::string_view state = has_state ? own_state(found.list) : std::string_view{};
      const bool keeps = state.data() != nullptr && tracestate_valid(state);
      clear_headers(found, keeps);
      state_lost = has_state && !keeps;
    }
    if (!add_to(found.list, b3_alone)) return Written::failed;
    return state_lost ? Written::without_state : Written::done;
  }
  rd_kafka_headers_t* list = rd_kafka_headers_new(b3_alone ? 1 : plan_.headers_max(context_));
  if (list == nullptr) return Written::failed;
  if (!add_to(list, b3_alone)) return fail_first(list);
  rd_kafka_message_set_headers(message, list);
  return Written::done;
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
