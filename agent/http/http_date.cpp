// SPDX-License-Identifier: Apache-2.0
#include "http/http_date.hpp"

#include <iterator>

#include "core/assert.hpp"
#include "http/http_text.hpp"

namespace edgespan::http_detail {
namespace {

constexpr std::string_view day_names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::uint32_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Date {
  std::uint32_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;  // month and day from 1
};

constexpr bool is_leap(std::uint32_t year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// Reads a form from front to back; after the first thing that is not as wanted it stays failed.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : rest_(text) {}

  bool done() const noexcept { return sound_ && rest_.empty(); }

  Reader& literal(std::string_view text) noexcept {
    EDGESPAN_ASSERT(!text.empty());
    if (rest_.starts_with(text)) {
      rest_.remove_prefix(text.size());
    } else {
      sound_ = false;
    }
    return *this;
  }

  Reader& number(std::size_t digits, std::uint32_t& out) noexcept {
    EDGESPAN_ASSERT(digits != 0 && digits <= 4);  // else `out` could overflow
    out = 0;
    for (; digits != 0; --digits) {
      const char c = rest_.empty() ? ' ' : rest_.front();
      if (c < '0' || c > '9') {
        sound_ = false;
        return *this;
      }
      out = out * 10 + static_cast<std::uint32_t>(c - '0');
      rest_.remove_prefix(1);
    }
    return *this;
  }

  // Two characters, the first of which may be a blank.
  Reader& padded_number(std::uint32_t& out) noexcept {
    if (!rest_.starts_with(' ')) return number(2, out);
    return literal(" ").number(1, out);
  }

  Reader& day_name(bool in_full) noexcept {
    for (const std::string_view name : day_names) {
      const std::string_view word = in_full ? name : first_of(name, 3);
      if (rest_.starts_with(word)) return literal(word);
    }
    sound_ = false;
    return *this;
  }

  Reader& month(std::uint32_t& out) noexcept {
    const std::size_t at = month_names.find(first_of(rest_, 3));
    if (rest_.size() < 3 || at == std::string_view::npos || at % 3 != 0) {
      sound_ = false;
      return *this;
    }
    out = static_cast<std::uint32_t>(at / 3 + 1);
    EDGESPAN_ASSERT(out <= std::size(month_days));
    rest_.remove_prefix(3);
    return *this;
  }

  Reader& clock(Date& date) noexcept {
    return number(2, date.hour).literal(":").number(2, date.minute).literal(":").number(2, date.second);
  }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

bool read_fixdate(std::string_view text, Date& date) noexcept {
  Reader in(text);
  in.day_name(false).literal(", ").number(2, date.day).literal(" ").month(date.month).literal(" ");
  return in.number(4, date.year).literal(" ").clock(date).literal(" GMT").done();
}

bool read_rfc850(std::string_view text, Date& date) noexcept {
  Reader in(text);
  in.day_name(true).literal(", ").number(2, date.day).literal("-").month(date.month).literal("-");
  const bool sound = in.number(2, date.year).literal(" ").clock(date).literal(" GMT").done();
  date.year += date.year < 70 ? 2000 : 1900;
  return sound;
}

bool read_asctime(std::string_view text, Date& date) noexcept {
  Reader in(text);
  in.day_name(false).literal(" ").month(date.month).literal(" ").padded_number(date.day).literal(" ");
  return in.clock(date).literal(" ").number(4, date.year).done();
}

bool exists(const Date& date) noexcept {
  if (date.year < 1970 || date.day == 0) return false;
  EDGESPAN_ASSERT(date.month >= 1 && date.month <= std::size(month_days));  // Reader::month() wrote it
  const std::uint32_t leap_day = date.month == 2 && is_leap(date.year) ? 1 : 0;
  // 60 is a leap second.
  return date.day <= month_days[date.month - 1] + leap_day && date.hour < 24 && date.minute < 60 &&
         date.second <= 60;
}

std::uint64_t seconds_since_1970(const Date& date) noexcept {
  EDGESPAN_ASSERT(exists(date));
  const std::uint32_t before = date.year - 1;
  std::uint64_t days = std::uint64_t{date.year - 1970} * 365 + (before / 4 - before / 100 + before / 400) -
                       (1969 / 4 - 1969 / 100 + 1969 / 400);
  for (std::uint32_t month = 1; month < date.month; ++month) days += month_days[month - 1];
  if (date.month > 2 && is_leap(date.year)) ++days;
  days += date.day - 1;
  return ((days * 24 + date.hour) * 60 + date.minute) * 60 + date.second;
}

}  // namespace

std::uint64_t parse_http_date(std::string_view text) noexcept {
  Date date;
  const bool read = read_fixdate(text, date) || read_rfc850(text, date) || read_asctime(text, date);
  return read && exists(date) ? seconds_since_1970(date) : 0;
}

}  // namespace edgespan::http_detail
