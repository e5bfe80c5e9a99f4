// SPDX-License-Identifier: Apache-2.0
#include "otlp/otlp_answer.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "otlp/span_element.hpp"

namespace edgespan::otlp_detail {
namespace {

constexpr std::string_view too_large = "body too large";  // a Collector's words, under 400

// Reads fields of an answer of which the end may lie beyond what was seen: a text that is cut there is read
// as far as it goes.
class CutReader {
 public:
  CutReader(std::string_view bytes, bool whole) noexcept : rest_{bytes}, whole_{whole} {}

  // False at the end, or where it cannot be read on; sound() tells which.
  bool next() noexcept {
    if (rest_.empty() || !sound_) return false;
    std::uint64_t key = 0;
    sound_ = read_varint(key) && key >= 8;
    key_ = key;
    if (!sound_) return false;
    switch (key & 7) {
      case 0:
        sound_ = read_varint(number_);
        break;
      case 1:
        sound_ = take(8);
        break;
      case 2: {
        std::uint64_t size = 0;
        sound_ = read_varint(size) && take(size);
        break;
      }
      case 5:
        sound_ = take(4);
        break;
      default:
        sound_ = false;
        break;
    }
    return sound_;
  }
  bool sound() const noexcept { return sound_; }
  std::uint64_t key() const noexcept { return key_; }
  std::uint64_t number() const noexcept { return number_; }
  std::string_view text() const noexcept { return text_; }
  bool is_cut() const noexcept { return cut_; }

 private:
  bool read_varint(std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto digit = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{digit & 0x7FU} << shift;
      if (digit < 0x80) return true;
    }
    return !whole_ && rest_.empty();
  }
  bool take(std::uint64_t size) noexcept {
    cut_ = size > rest_.size();
    if (cut_ && whole_) return false;
    const std::size_t taken = cut_ ? rest_.size() : static_cast<std::size_t>(size);
    EDGESPAN_ASSERT(taken <= rest_.size());
    text_ = {rest_.data(), taken};
    rest_.remove_prefix(taken);
    return true;
  }

  std::string_view rest_;
  bool whole_;
  bool sound_ = true;
  bool cut_ = false;
  std::uint64_t key_ = 0;
  std::uint64_t number_ = 0;
  std::string_view text_{};
};

constexpr std::uint64_t key_partial_success = 0x0A;
constexpr std::uint64_t key_rejected_spans = 0x08;
constexpr std::uint64_t key_message = 0x12;  // of a partial success, and of google.rpc.Status

bool read_partial_success(std::string_view bytes, bool whole, OtlpAnswer& out) noexcept {
  CutReader field{bytes, whole};
  while (field.next()) {
    if (field.key() == key_rejected_spans) {
      // Below 0 is a number of ten bytes: nobody rejects so many.
      const auto rejected = static_cast<std::int64_t>(field.number());
      out.rejected = static_cast<std::uint32_t>(std::clamp<std::int64_t>(rejected, 0, UINT32_MAX));
    }
    if (field.key() == key_message) out.text = field.text();
  }
  return field.sound();
}

// An ExportTraceServiceResponse: at most a partial success, and fields of later releases.
bool read_success(std::string_view bytes, bool whole, OtlpAnswer& out) noexcept {
  CutReader field{bytes, whole};
  while (field.next()) {
    if (field.key() == key_partial_success && !read_partial_success(field.text(), !field.is_cut(), out))
      return false;
  }
  return field.sound();
}

// Bytes that came in the place of a reply can be taken for one only if they say application/x-protobuf.
OtlpAnswer meaning_of_200(const Answer& answer) noexcept {
  OtlpAnswer read;
  if (answer.type != AnswerType::protobuf) {
    read.outcome = Outcome::suspect;
  } else if (answer.fully_seen()) {
    const bool is_reply = read_success(answer.opening, answer.whole, read);
    read.outcome = is_reply ? Outcome::delivered : Outcome::suspect;
  }
  return read;
}

std::string_view refusal_text(const Answer& answer) noexcept {
  EDGESPAN_ASSERT(answer.status != 200);
  if (answer.type != AnswerType::protobuf) return {};
  CutReader field{answer.opening, answer.whole};
  std::string_view text;
  while (field.next()) {
    if (field.key() == key_message) text = field.text();
  }
  return text;
}

Outcome outcome_of_refusal(const Answer& answer) noexcept {
  switch (answer.status) {
    case 400:
      return answer.opening.find(too_large) != std::string_view::npos ? Outcome::too_large
                                                                      : Outcome::malformed;
    case 401:
    case 403:
      return Outcome::unauthorized;
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return Outcome::overloaded;
    case 413:
      return Outcome::too_large;
    case 500:
      return answer.type == AnswerType::html ? Outcome::suspect : Outcome::refused;
    case 511:
      return Outcome::suspect;
    default:
      return answer.status < 400 ? Outcome::suspect : Outcome::refused;
  }
}

}  // namespace

OtlpAnswer read_answer(const Answer& answer) noexcept {
  EDGESPAN_ASSERT(answer.status >= 200 && answer.status <= 599);
  if (answer.status == 200) return meaning_of_200(answer);
  OtlpAnswer read;
  read.outcome = outcome_of_refusal(answer);
  const bool words_decide = answer.status == 400 && read.outcome == Outcome::malformed;
  if (words_decide && !answer.fully_seen()) return {};
  read.text = refusal_text(answer);
  return read;
}

}  // namespace edgespan::otlp_detail
