// SPDX-License-Identifier: Apache-2.0
#include "http/http_date.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include "tests/support/test.hpp"

namespace {

using edgespan::http_detail::parse_http_date;

struct Row {
  std::string_view text;
  std::uint64_t unix_s;
};

// Checked with GNU date.
constexpr Row rows[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", 784'111'777},
    {"Sunday, 06-Nov-94 08:49:37 GMT", 784'111'777},
    {"Sun Nov  6 08:49:37 1994", 784'111'777},
    {"Sun Nov 16 08:49:37 1994", 784'975'777},
    {"Thu, 01 Jan 1970 00:00:01 GMT", 1},
    {"Tue, 29 Feb 2000 12:00:00 GMT", 951'825'600},
    {"Wed, 01 Mar 2000 00:00:00 GMT", 951'868'800},
    {"Tue, 19 Jan 2038 03:14:08 GMT", 2'147'483'648},
    {"Mon, 01 Mar 2100 00:00:00 GMT", 4'107'542'400},
    {"Sun, 07 Feb 2106 06:28:16 GMT", 4'294'967'296},
    {"Fri, 31 Dec 9999 23:59:59 GMT", 253'402'300'799},
    {"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800},
    {"Thursday, 01-Jan-70 00:00:02 GMT", 2},
    {"Tuesday, 01-Jan-69 00:00:00 GMT", 3'124'224'000},
};

constexpr std::string_view no_dates[] = {
    "",
    "0",
    "soon",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Foo, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 ovD 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Wed, 29 Feb 2100 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Wed, 31 Dec 1969 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
};

EDGESPAN_TEST(dates_are_read_in_all_three_forms, "http") {
  for (const Row& row : rows) {
    TEST_MESSAGE(std::string(row.text));
    TEST_ASSERT_EQUAL_UINT64(row.unix_s, parse_http_date(row.text));
  }
}

EDGESPAN_TEST(what_is_no_date_is_none, "http") {
  for (const std::string_view text : no_dates) {
    TEST_MESSAGE(std::string(text));
    TEST_ASSERT_EQUAL_UINT64(0, parse_http_date(text));
  }
}

EDGESPAN_TEST(no_date_is_read_from_a_part_of_one, "http") {
  for (const Row& row : rows) {
    for (std::size_t n = 0; n < row.text.size(); ++n) {
      TEST_ASSERT_EQUAL_UINT64(0, parse_http_date(row.text.substr(0, n)));
    }
  }
}

// The calendar of the standard library names the days.
EDGESPAN_TEST(every_month_of_8030_years_ends_on_its_last_day, "http") {
  using namespace std::chrono;
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  std::array<char, 40> text;
  for (int y = 1970; y <= 9999; ++y) {
    for (unsigned m = 1; m <= 12; ++m) {
      const year_month_day last = year{y} / month{m} / std::chrono::last;
      const auto unix_s = static_cast<std::uint64_t>(sys_seconds{sys_days{last}}.time_since_epoch().count());
      const auto ask = [&](unsigned d, const char* weekday) {
        std::snprintf(text.data(), text.size(), "%s, %02u %s %04d 23:59:59 GMT", weekday, d, months[m - 1],
                      y);
        return parse_http_date(text.data());
      };
      const auto d = static_cast<unsigned>(last.day());
      const char* const name = weekdays[weekday{sys_days{last}}.c_encoding()];
      if (ask(d, name) != unix_s + 86'399) TEST_FAIL_MESSAGE(text.data());
      if (ask(d + 1, name) != 0) TEST_FAIL_MESSAGE(text.data());
    }
  }
}

EDGESPAN_TEST(every_day_of_the_week_has_its_name_in_full_and_in_short, "http") {
  for (const std::string name :
       {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}) {
    TEST_CONTEXT(name);
    TEST_ASSERT_EQUAL_UINT64(784'111'777, parse_http_date(name.substr(0, 3) + ", 06 Nov 1994 08:49:37 GMT"));
    TEST_ASSERT_EQUAL_UINT64(784'111'777, parse_http_date(name.substr(0, 3) + " Nov  6 08:49:37 1994"));
    TEST_ASSERT_EQUAL_UINT64(784'111'777, parse_http_date(name + ", 06-Nov-94 08:49:37 GMT"));
    TEST_ASSERT_EQUAL_UINT64(0, parse_http_date(name + ", 06 Nov 1994 08:49:37 GMT"));
    TEST_ASSERT_EQUAL_UINT64(0, parse_http_date(name.substr(0, 3) + ", 06-Nov-94 08:49:37 GMT"));
  }
}

EDGESPAN_TEST(each_character_of_a_date_counts, "http") {
  for (const std::string_view whole : {rows[0].text, rows[1].text, rows[2].text}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (const char other : {'/', ':', 'x', ' ', '-'}) {
        std::string text(whole);
        if (text[at] == other) continue;
        text[at] = other;
        const bool padded = whole == rows[2].text && at == 8 && other == ' ';
        if (!padded && parse_http_date(text) != 0) TEST_FAIL_MESSAGE(text);
      }
    }
  }
}

EDGESPAN_TEST(a_date_that_lacks_a_part_is_none, "http") {
  for (const std::string_view whole : {rows[0].text, rows[1].text, rows[2].text}) {
    for (std::size_t at = 0; at < whole.size(); ++at) {
      for (std::size_t size = 1; size <= 8; ++size) {
        std::string text(whole);
        text.erase(at, size);
        if (parse_http_date(text) != 0) TEST_FAIL_MESSAGE(text);
      }
    }
  }
}

EDGESPAN_TEST(any_text_is_a_date_up_to_the_year_9999_or_none, "http") {
  std::mt19937 random(3);
  for (int round = 0; round < 50'000; ++round) {
    std::string text(rows[random() % std::size(rows)].text);
    for (unsigned i = random() % 4; i != 0; --i) text[random() % text.size()] = static_cast<char>(random());
    if (parse_http_date(text) > 253'402'300'800) TEST_FAIL_MESSAGE(text);
  }
}

}  // namespace
