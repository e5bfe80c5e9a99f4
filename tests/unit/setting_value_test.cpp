// SPDX-License-Identifier: Apache-2.0
#include "kit/setting_value.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "support/test.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::settings_detail;

bool taken(SettingId id, std::string_view value) {
  TextLine problem;
  const bool good = check_value(setting(id), value, problem);
  TEST_ASSERT_EQUAL(good, problem.empty());
  return good;
}

EDGESPAN_TEST(times_have_a_unit_and_a_range, "settings") {
  for (const auto& [text, ms] :
       {std::pair{"1ms", 1}, {"250 ms", 250}, {"7 s", 7'000}, {"60  min", 3'600'000}, {"1h", 3'600'000}}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_TRUE(taken(SettingId::flush, text));
    TEST_ASSERT_EQUAL_UINT64(ms, number_of(text));
  }
  for (const char* const text : {"", "s", "1", "0 ms", "61 min", "-1 s", "+1 s", "1.5 s", "1 S", "1 sec",
                                 "1s1", "9999999999999 s", "1 s "}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_FALSE(taken(SettingId::flush, text));
  }
}

EDGESPAN_TEST(bytes_are_whole_numbers_with_a_unit, "settings") {
  TEST_ASSERT_TRUE(taken(SettingId::kafka_key, "0 B"));
  TEST_ASSERT_TRUE(taken(SettingId::kafka_key, "255B"));
  TEST_ASSERT_EQUAL_UINT64(2'097'152, number_of("2 MiB"));
  for (const char* const text : {"256 B", "1 KiB", "1", "1 kB", "1 b"})
    TEST_ASSERT_FALSE(taken(SettingId::kafka_key, text));
}

EDGESPAN_TEST(counts_have_a_range_and_a_step, "settings") {
  for (const char* const text : {"8", "4096", "1048576"}) {
    TEST_ASSERT_TRUE(taken(SettingId::inflight_max, text));
  }
  for (const char* const text : {"0", "9", "1048584", "8 s", "x", ""}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_FALSE(taken(SettingId::inflight_max, text));
  }
  TEST_ASSERT_FALSE(taken(SettingId::ring, "4097 B"));
}

EDGESPAN_TEST(a_sampler_is_a_word_a_share_or_a_rate, "settings") {
  for (const char* const text : {"always", "never", "0", "1", "0.5", "1.0", "0.000000001", "50%", "12.5 %",
                                 "100 %", "0/s", "100/s", "65535 /s"}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_TRUE(taken(SettingId::sample, text));
  }
  for (const char* const text : {"", "Always", "1.1", "2", "101 %", "-1", ".5", "1.", "0.", "1e-3",
                                 "0.0000000001", "65536/s", "100/min", "100", "%", "/s"}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_FALSE(taken(SettingId::sample, text));
  }
  // Half of the boundary by trace id, whichever way it is written.
  constexpr std::uint64_t below = 0x3fff'ffff'0000'0000;
  constexpr std::uint64_t above = 0x4000'0001'0000'0000;
  for (const char* const text : {"0.5", "50 %"}) {
    const Sampler half = sampler_of(text, RatioRule::magnitude);
    TEST_ASSERT_TRUE(half.keep(below, 1));
    TEST_ASSERT_FALSE(half.keep(above, 1));
  }
  const Sampler two = sampler_of("2/s", RatioRule::magnitude);
  TEST_ASSERT_TRUE(two.keep(1, 5'000'000));
  TEST_ASSERT_TRUE(two.keep(1, 5'000'000));
  TEST_ASSERT_FALSE(two.keep(1, 5'000'000));
}

EDGESPAN_TEST(flags_have_three_spellings, "settings") {
  for (const char* const text : {"on", "true", "yes"}) {
    TEST_ASSERT_TRUE(taken(SettingId::enabled, text));
    TEST_ASSERT_TRUE(flag_of(text));
  }
  for (const char* const text : {"off", "false", "no"}) {
    TEST_ASSERT_TRUE(taken(SettingId::enabled, text));
    TEST_ASSERT_FALSE(flag_of(text));
  }
  for (const char* const text : {"", "On", "1", "0"}) TEST_ASSERT_FALSE(taken(SettingId::enabled, text));
}

EDGESPAN_TEST(headers_are_pairs_of_a_name_and_a_value, "settings") {
  for (const char* const text : {"", "a=b", "a=b,", "a=b,c=d", " a = b , c=d=e ", "x-key=%zz%2", "a=%20"}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_TRUE(taken(SettingId::http_headers, text));
  }
  for (const char* const text :
       {"a", "a=", "=b", "a=b,,c=d", "a b=c", "b3=1", "Host=h", "a=%0A", "a=\x01", "\xc3\xa4=b"}) {
    TEST_CONTEXT(text);
    TEST_ASSERT_FALSE(taken(SettingId::http_headers, text));
  }
}

EDGESPAN_TEST(every_preset_is_a_value_of_its_setting, "settings") {
  for (const Setting& each : settings_table()) {
    TEST_CONTEXT(each.name);
    TextLine problem;
    // What has none is named by the program, or needs not be there.
    const bool may_lack =
        each.name == "service_name" || each.name == "http_headers" || each.name.starts_with("tls_");
    TEST_ASSERT_TRUE(each.preset.empty() ? may_lack : check_value(each, each.preset, problem));
    TEST_ASSERT_FALSE(each.meaning.empty() || each.meaning.ends_with('.'));
    TEST_ASSERT_TRUE(each.plugin_preset.empty() || check_value(each, each.plugin_preset, problem));
    std::array<char, range_bytes_max> range{};
    TEST_ASSERT_LESS_THAN(range.size(), range_text(each, range).size());
  }
}

}  // namespace
