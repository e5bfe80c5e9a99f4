// SPDX-License-Identifier: Apache-2.0
// What the trace headers of a message say, in whatever format and whatever carries them: headers of a record
// or a request, user properties of MQTT 5, arrays of a C program. Needs no Tracing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <edgespan/b3_headers.hpp>
#include <edgespan/context.hpp>
#include <edgespan/w3c.hpp>
#include <string_view>
#include <type_traits>

namespace edgespan {

// The longest `tracestate` that is passed on, unless a setting says otherwise: as many characters as the
// recommendation asks for.
inline constexpr std::size_t tracestate_bytes_max = 512;

// `ids`: the context holds ids and decision. `flags`: only context.decision is meaningful. `empty`: nothing
// usable; start over. Tracing::child() takes the context of each.
struct Extraction {
  B3Extraction::Kind kind = B3Extraction::Kind::empty;
  B3Error b3_error = B3Error::absent;     // of `b3` and X-B3-*; ok if they gave something
  W3cError w3c_error = W3cError::absent;  // of `traceparent`; likewise
  bool tracestate_dropped = false;        // there is one, and it does not go on
  Context context{};
  // Goes on with the context, as it is: a view of the value that was collected. Empty: there is none, or it
  // belongs to another trace, is not tracestate_valid(), is too long, or stands there twice.
  std::string_view tracestate{};
};

// Whether a header of this name, in any case of its letters, is a trace header: `b3`, X-B3-*, `traceparent`,
// `tracestate`. Who copies headers from one message to another leaves these out and injects new ones.
bool is_trace_header(std::string_view name) noexcept;

// Collects the trace headers of one message, in the order in which they stand, and then answers. The last
// header of a name counts, `b3` before X-B3-*. Of `traceparent` and B3 with different traces the one that
// stands last counts; of one trace they complete each other. The collected views outlive extract().
class TraceReader {
 public:
  explicit TraceReader(std::size_t tracestate_max = tracestate_bytes_max) noexcept
      : tracestate_max_{tracestate_max} {}

  // Takes any name and value; others than trace headers are ignored (false). A null value counts as absent,
  // and so does what stood under that name before.
  bool add(std::string_view name, std::string_view value) noexcept {
    if (!name.empty() && (name[0] | 0x20) == 't') return add_w3c(name, value);
    if (!b3_.add(name, value)) return false;
    parent_last_ = false;
    return true;
  }
  // As extract(pairs) below.
  template <typename Pairs>
  void add_all(const Pairs& pairs) noexcept {
    for (const auto& [name, value] : pairs) add(view(name), view(value));
  }
  Extraction extract() const noexcept;

 private:
  template <typename Text>
  static constexpr std::string_view view(const Text& text) noexcept {
    if constexpr (std::is_convertible_v<Text, const char*>) {
      if (text == nullptr) return {};
    }
    return std::string_view{text};
  }
  bool add_w3c(std::string_view name, std::string_view value) noexcept;
  void add_parent(Extraction& result, B3Extraction& found) const noexcept;

  B3Headers b3_;
  std::string_view parent_{};
  std::string_view state_{};
  std::string_view state_parent_{};  // the last one in front of the state, else the first behind
  std::size_t tracestate_max_;
  std::uint8_t states_ = 0;        // how many there are: none, one, more
  bool state_has_parent_ = false;  // state_parent_ is found
  bool has_parent_ = false;
  bool parent_last_ = false;  // `traceparent` stands behind all B3 headers
};

// The same over anything that a loop walks through and whose elements have two members, name and value:
// texts that std::string_view can be made of, or null.
template <typename Pairs>
Extraction extract(const Pairs& pairs) noexcept {
  TraceReader reader;
  reader.add_all(pairs);
  return reader.extract();
}

}  // namespace edgespan
