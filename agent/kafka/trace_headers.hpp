// SPDX-License-Identifier: Apache-2.0
// The trace headers of a record: found, read, taken out and written.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <edgespan/b3.hpp>
#include <edgespan/w3c.hpp>
#include <string_view>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "core/code.hpp"
#include "core/trace_key.hpp"
#include "kafka/header_plan.hpp"

namespace edgespan::kafka_detail {

// So many trace headers are removed one after another; each may cost a move of the whole list.
inline constexpr std::uint8_t few_headers = 16;

// Where trace headers stand in a record.
struct FoundHeaders {
  rd_kafka_headers_t* list = nullptr;  // null: the record has no headers
  std::uint16_t keys = 0;              // a bit for each TraceKey that stands in the list, readable or not
  bool respelled = false;              // one of them in another case than we write
  bool parent_last = false;            // no B3 header stands behind the last `traceparent`
  std::uint8_t count = 0;              // how many they are; one more than few_headers: or more
  std::uint8_t b3_bytes = 0;  // of the value of a `b3` that ends the list; 0: another does, or it is long
  const char* b3;  // that value, if it has bytes: the list's own copy (librdkafka 2.0.2 to 2.14, read)
};

inline constexpr std::uint16_t parent_bit = detail::trace_key_bit(detail::TraceKey::traceparent);

// The two steps of read_list(), whose stack frames do not add up: B3 headers alone, with a look at the name
// of every header; and, if there is a `traceparent`, what that adds.
B3Extraction read_b3_of_list(FoundHeaders& found, const Context* written) noexcept;
// The same without `written`, for a poll: it has stack to spare, so fast code does both in one frame.
B3Extraction read_b3_of_polled(FoundHeaders& found) noexcept;
void add_parent(B3Extraction& extraction, const FoundHeaders& found) noexcept;

// Reads the trace headers of a record; `found`, which is new, says where they are. `written`, if not null, is
// what a `b3` header of the record should hold; one that names its span is not parsed.
[[gnu::always_inline]] inline B3Extraction read_list(FoundHeaders& found, const Context* written) noexcept {
  B3Extraction extraction = read_b3_of_list(found, written);
  if ((found.keys & parent_bit) != 0) [[unlikely]]
    add_parent(extraction, found);
  return extraction;
}
[[gnu::always_inline]] inline B3Extraction read_headers(const rd_kafka_message_t* message,
                                                        FoundHeaders& found,
                                                        const Context* written = nullptr) noexcept {
  if (rd_kafka_message_headers(message, &found.list) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return read_list(found, written);
}

// Of a message of a poll. The first of them apart, so that neither copies what it returns.
[[gnu::always_inline]] inline B3Extraction read_polled_list(FoundHeaders& found) noexcept {
  B3Extraction extraction = read_b3_of_polled(found);
  if ((found.keys & parent_bit) != 0) [[unlikely]]
    add_parent(extraction, found);
  return extraction;
}
[[gnu::always_inline]] inline B3Extraction read_polled(const rd_kafka_message_t* message,
                                                       FoundHeaders& found) noexcept {
  if (rd_kafka_message_headers(message, &found.list) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return read_polled_list(found);
}

// What the headers among the arguments of a produceva() call say: single ones, and a list of them. Reads the
// arguments as librdkafka does.
B3Extraction read_arguments(const rd_kafka_vu_t* arguments, std::size_t count) noexcept;

// Takes every trace header out of a list, in whatever case it is written, in time that is linear in the
// length of the list; `keep_state`: all but a `tracestate`. A name of another header that holds a NUL may end
// there afterwards.
void clear_headers(const FoundHeaders& found, bool keep_state = false) noexcept;

// What became of the trace headers of a record.
enum class Written : std::uint8_t {
  done,
  without_state,  // but a `tracestate` that stood there is gone
  failed,         // librdkafka refused one
};

// The trace headers of a valid context. The text of `b3` is made at once and written later: what librdkafka
// copies should have reached the cache by then.
class TraceHeaders {
 public:
  // `in_line`: wide code makes it where it is asked for.
  EDGESPAN_INLINE TraceHeaders(const Context& context, const HeaderPlan& plan, bool in_line = false) noexcept
      : context_{context},
        plan_{plan},
        size_{plan.has_b3() ? write_b3(context, plan.b3(), text_, in_line) : 0} {
    EDGESPAN_ASSERT(detail::few_assertions || context.valid());
  }

  // Replaces those of a record; and those of one without any header.
  Written write(rd_kafka_message_t* message, const FoundHeaders& found) const noexcept;
  EDGESPAN_INLINE Written write_first(rd_kafka_message_t* message) const noexcept {
    return plan_.only_b3(context_) ? write_b3_first(message) : write(message, {});
  }

 private:
  EDGESPAN_INLINE static std::size_t write_b3(const Context& context, B3Format form,
                                              std::span<char, b3_single_max> text, bool in_line) noexcept {
    if (!detail::wide_code || !in_line) return b3_format(context, form, text);
    return b3_impl::format<b3_impl::HexFast>(context, form, text);
  }
  EDGESPAN_INLINE Written write_b3_first(rd_kafka_message_t* message) const noexcept {
    EDGESPAN_ASSERT(context_.decision != Decision::undecided);  // who reads it would decide differently
    rd_kafka_headers_t* const list = rd_kafka_headers_new(1);
    if (list == nullptr) return Written::failed;
    const rd_kafka_resp_err_t error =
        rd_kafka_header_add(list, b3_key_names[0].data(), 2, text_.data(), static_cast<ssize_t>(size_));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) [[unlikely]]
      return fail_first(list);
    rd_kafka_message_set_headers(message, list);
    return Written::done;
  }
  static Written fail_first(rd_kafka_headers_t* list) noexcept;
  bool add_to(rd_kafka_headers_t* list, bool b3_alone) const noexcept;
  bool add_all(rd_kafka_headers_t* list) const noexcept;
  bool overwrite_pair(const FoundHeaders& found) const noexcept;
  std::string_view own_state(const rd_kafka_headers_t* list) const noexcept;

  const Context& context_;
  const HeaderPlan& plan_;
  std::size_t size_;  // of `text_`; 0: no `b3` is written
  std::array<char, b3_single_max> text_;
};

// What headers take on the wire at most.
std::size_t header_bytes_max(const rd_kafka_headers_t* list) noexcept;

// Lengths and times in a record and in each of its headers, every varint at its longest.
inline constexpr std::size_t record_frame_bytes = 36;
inline constexpr std::size_t header_frame_bytes = 10;
inline constexpr std::size_t key_chars_max = 17;  // X-B3-ParentSpanId
inline constexpr std::size_t trace_headers_bytes_max =
    sizeof B3Buffer::text + b3_headers_max * (header_frame_bytes + key_chars_max) +  // B3 of any format
    traceparent_bytes + traceparent_name.size() + header_frame_bytes;

// No record of this message takes more on the wire, once trace headers of any format were added to it.
inline std::size_t traced_record_bytes_max(const rd_kafka_message_t* message,
                                           const rd_kafka_headers_t* list) noexcept {
  return record_frame_bytes + message->len + message->key_len + trace_headers_bytes_max +
         (list != nullptr ? header_bytes_max(list) : 0);
}

}  // namespace edgespan::kafka_detail
