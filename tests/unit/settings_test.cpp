// SPDX-License-Identifier: Apache-2.0
#include "settings_place.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

EDGESPAN_TEST(presets_are_those_of_an_agent, "settings") {
  Place place;
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  const AgentConfig plain;
  AgentConfig config;
  settings.apply(config);
  TEST_ASSERT_EQUAL_STRING("gateway", config.service_name);
  TEST_ASSERT_EQUAL_STRING("http://127.0.0.1:9411", config.url);
  using enum SettingId;
  TEST_ASSERT_EQUAL(plain.enabled, settings.flag(enabled));
  TEST_ASSERT_EQUAL_STRING(plain.kafka.remote_service_name, settings.text(remote_service_name));
  TEST_ASSERT_TRUE(plain.kafka.propagation == settings.formats(propagation));
  TEST_ASSERT_EQUAL(plain.kafka.rewrite_headers, settings.flag(rewrite_headers));
  TEST_ASSERT_EQUAL(plain.kafka.shared_root, settings.flag(shared_root));
  TEST_ASSERT_TRUE(plain.kafka.semantics == Semantics::brave);
  TEST_ASSERT_EQUAL_STRING("brave", settings.text(semantics));
  TEST_ASSERT_EQUAL(plain.tracing.drop_oldest, settings.flag(drop_oldest));
  TEST_ASSERT_EQUAL_UINT64(plain.kafka.key_bytes_max, settings.number(kafka_key));
  TEST_ASSERT_EQUAL_UINT64(plain.reporter.flush_ms, settings.number(flush));
  TEST_ASSERT_EQUAL_UINT64(plain.reporter.retry_min_ms, settings.number(retry_min));
  TEST_ASSERT_EQUAL_UINT64(plain.reporter.retry_max_ms, settings.number(retry_max));
  TEST_ASSERT_EQUAL_UINT64(plain.http.connect_ms, settings.number(http_connect));
  TEST_ASSERT_EQUAL_UINT64(plain.http.request_ms, settings.number(http_request));
  TEST_ASSERT_EQUAL_UINT64(plain.tracing.span_deadline_s * 1'000, settings.number(span_deadline));
  TEST_ASSERT_EQUAL_UINT64(plain.kafka.inflight_deadline_s * 1'000, settings.number(message_deadline));
  TEST_ASSERT_EQUAL_STRING("default", origin(settings, flush));
  TEST_ASSERT_EQUAL_STRING("counter", settings.text(clock));
}

EDGESPAN_TEST(the_clock_stays_the_programs_unless_an_operator_chose_one, "settings") {
  posix::Config port{.clock = posix::ClockKind::tick};
  Place place;
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  settings.apply(port);
  TEST_ASSERT_TRUE(port.clock == posix::ClockKind::tick);
  place.variable("EDGESPAN_CLOCK=counter");
  TEST_ASSERT_TRUE(place.load(settings).ok());
  settings.apply(port);
  TEST_ASSERT_TRUE(port.clock == posix::ClockKind::exact);
  // A plugin's program chose nothing.
  Settings of_plugin{SettingUser::plugin};
  Place empty;
  TEST_ASSERT_TRUE(empty.load(of_plugin).ok());
  port.clock = posix::ClockKind::tick;
  of_plugin.apply(port);
  TEST_ASSERT_TRUE(port.clock == posix::ClockKind::exact);
  Place wrong;
  wrong.property("edgespan.clock=coarse");
  TEST_ASSERT_EQUAL_STRING("edgespan.clock 'coarse': write counter or tick", wrong.error());
}

EDGESPAN_TEST(every_setting_reaches_an_agents_configuration, "settings") {
  Place place;
  place.file(
      "edgespan.ini",
      "enabled = off\nservice_name = one\nurl = none:\nremote_service_name =\nsample = 0.5\n"
      "ratio_rule = unsigned\n"
      "trace_id_bits = 64\npropagation = w3c, b3_multi\nrewrite_headers = off\nshared_root = "
      "off\ntag_processor = when_root\n"
      "semantics = otel\nkafka_key = 7 B\nflush = 2 s\nretry_min = 3 ms\nretry_max = 4 h\n"
      "http_connect = 6 min\nhttp_request = 7 s\ntls_ca = a\ntls_certificate = b\ntls_key = c\nspan_deadline "
      "= 8 s\nmessage_deadline = 9 min\nhttp_headers = a=b\ngzip = on\n"
      "drop_oldest = on\nclock = tick\njoin = last_record\nring = 8 KiB\nbatch = 4 KiB\ninflight_max = "
      "16\nexit_wait = 0 "
      "ms\naccept_crash_on_failed_client = on\n");
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  for (std::size_t i = 0; i < settings_count; ++i) {
    TEST_CONTEXT(settings_table()[i].name);
    TEST_ASSERT_TRUE(settings.made(static_cast<SettingId>(i)));
  }
  AgentConfig config;
  settings.apply(config);
  TEST_ASSERT_FALSE(config.enabled);
  TEST_ASSERT_EQUAL_STRING("one", config.service_name);
  TEST_ASSERT_EQUAL_STRING("none:", config.url);
  TEST_ASSERT_EQUAL_STRING("", config.kafka.remote_service_name);
  TEST_ASSERT_FALSE(config.tracing.sampler.keep(0xC000000000000000, 1));
  TEST_ASSERT_FALSE(config.tracing.trace_id_128);
  TEST_ASSERT_TRUE((config.kafka.propagation == Propagation{TraceFormat::w3c, TraceFormat::b3_multi}));
  TEST_ASSERT_FALSE(config.kafka.rewrite_headers);
  TEST_ASSERT_FALSE(config.kafka.shared_root);
  TEST_ASSERT_TRUE(config.kafka.tag_processor == TagProcessor::when_root);
  TEST_ASSERT_TRUE(config.kafka.semantics == Semantics::otel);
  TEST_ASSERT_EQUAL_UINT32(7, config.kafka.key_bytes_max);
  TEST_ASSERT_EQUAL_UINT32(2'000, config.reporter.flush_ms);
  TEST_ASSERT_EQUAL_UINT32(3, config.reporter.retry_min_ms);
  TEST_ASSERT_EQUAL_UINT32(14'400'000, config.reporter.retry_max_ms);
  TEST_ASSERT_EQUAL_UINT32(360'000, config.http.connect_ms);
  TEST_ASSERT_EQUAL_UINT32(7'000, config.http.request_ms);
  TEST_ASSERT_EQUAL_UINT32(8, config.tracing.span_deadline_s);
  TEST_ASSERT_EQUAL_UINT32(540, config.kafka.inflight_deadline_s);
  TEST_ASSERT_TRUE(config.tracing.drop_oldest);
  posix::Config port;
  settings.apply(port);
  TEST_ASSERT_TRUE(port.clock == posix::ClockKind::tick);
}

EDGESPAN_TEST(header_lines_go_to_a_collector_over_http_alone, "settings") {
  Place place;
  place.variable("EDGESPAN_HTTP_HEADERS=x-api-key=a%20b%2cc, Authorization = Basic dTpw== ,X-API-KEY=new");
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  for (const char* const url : {"http://z", "https://z", "otlp://z", "otlps://z/x"}) {
    AgentConfig config;
    config.url = url;
    settings.apply(config);
    TEST_ASSERT_EQUAL_STRING("Authorization: Basic dTpw==\r\nX-API-KEY: new\r\n\r\n", config.http.headers);
  }
  const Sender own{};
  for (const bool by_sender : {false, true}) {
    AgentConfig config;
    config.url = by_sender ? "" : "kafka://k";
    if (by_sender) config.sender = &own;
    settings.apply(config);
    TEST_ASSERT_EQUAL_STRING("", config.http.headers);
  }
  place.property("http_headers=");
  TEST_ASSERT_TRUE(place.load(settings).ok());
  AgentConfig config;
  config.url = "http://z";
  settings.apply(config);
  TEST_ASSERT_EQUAL_STRING("", config.http.headers);
}

EDGESPAN_TEST(what_is_wrong_with_a_header_is_told_without_its_value, "settings") {
  const std::array<std::pair<const char*, const char*>, 6> rows{{
      {"x-key=ok,secret",
       "edgespan.http_headers: 'secret' has no value; write name=value, with commas between"},
      {"x key=secret",
       "edgespan.http_headers: 'x key' is no name of a header; write name=value, with commas between"},
      {"=secret", "edgespan.http_headers: '' is no name of a header; write name=value, with commas between"},
      {"Content-Length=1", "edgespan.http_headers: 'Content-Length' is a header that edgespan writes itself"},
      {"x-key=secret%0d%0aHost:%20h", "edgespan.http_headers: 'x-key' has a control character in its value"},
      {"x-key=secret%7F", "edgespan.http_headers: 'x-key' has a control character in its value"},
  }};
  for (const auto& [text, wanted] : rows) {
    Place place;
    place.property(std::string{"edgespan.http_headers="} + text);
    TEST_ASSERT_EQUAL_STRING(wanted, place.error());
  }
  Place place;
  place.property("edgespan.http_headers=a=" + std::string(510, 's'));
  TEST_ASSERT_EQUAL_STRING("edgespan.http_headers: is longer than 511 bytes", place.error());
}

EDGESPAN_TEST(the_longest_lists_of_headers_have_room, "settings") {
  std::string shortest;
  for (int i = 0; i < 128; ++i) {
    shortest += std::string{i == 0 ? "" : ","} + static_cast<char>('A' + i % 26) + "=b";
  }
  for (const std::string& text : {shortest, "a=" + std::string(509, 's'), "a=%" + std::string(508, '%')}) {
    Place place;
    place.property("http_headers=" + text);
    Settings settings;
    TEST_ASSERT_TRUE(place.load(settings).ok());
    AgentConfig config;
    config.url = "http://z";
    settings.apply(config);
    TEST_ASSERT_TRUE(config.http.headers.ends_with("\r\n\r\n"));
    TEST_ASSERT_TRUE(text != shortest || config.http.headers.size() == 26 * 6 + 2);
  }
}

EDGESPAN_TEST(a_plugin_has_presets_for_strangers_and_applies_all_of_them, "settings") {
  Place place;
  Settings settings{SettingUser::plugin};
  TEST_ASSERT_TRUE(place.load(settings).ok());
  TEST_ASSERT_EQUAL_STRING("100/s", settings.text(SettingId::sample));
  TEST_ASSERT_EQUAL_UINT64(4'096, settings.number(SettingId::inflight_max));
  TEST_ASSERT_EQUAL_UINT64(262'144, settings.number(SettingId::ring));
  AgentConfig config;
  config.reporter.flush_ms = 7;
  settings.apply(config);
  TEST_ASSERT_TRUE(config.tracing.sampler.needs_clock());
  TEST_ASSERT_EQUAL_UINT32(1'000, config.reporter.flush_ms);
}

EDGESPAN_TEST(what_nobody_made_leaves_the_programs_own, "settings") {
  Place place;
  place.variable("EDGESPAN_FLUSH=5 s");
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  AgentConfig config;
  config.service_name = "mine";
  config.url = "none:";
  config.kafka.shared_root = false;
  settings.apply(config);
  TEST_ASSERT_EQUAL_STRING("mine", config.service_name);
  TEST_ASSERT_EQUAL_STRING("none:", config.url);
  TEST_ASSERT_FALSE(config.kafka.shared_root);
  TEST_ASSERT_EQUAL_UINT32(5'000, config.reporter.flush_ms);
}

EDGESPAN_TEST(later_places_are_stronger, "settings") {
  Place place;
  Settings settings;
  const auto now = [&] {
    TEST_ASSERT_TRUE(place.load(settings).ok());
    return std::string{settings.text(SettingId::flush)} + " " + origin(settings, SettingId::flush);
  };
  place.variable("OTEL_BSP_SCHEDULE_DELAY=1");
  TEST_ASSERT_EQUAL_STRING("1 ms OTEL_BSP_SCHEDULE_DELAY", now());
  place.file("edgespan.ini", "; a comment\nflush = 2 ms\n");
  TEST_ASSERT_EQUAL_STRING("2 ms " + place.path("edgespan.ini") + ":2", now());
  place.file("conf.d/20.ini", "flush = 4 ms\n");
  place.file("conf.d/10.ini", "flush = 3 ms\n");
  place.file("conf.d/30.conf", "flush = 9 ms\n");
  TEST_ASSERT_EQUAL_STRING("4 ms " + place.path("conf.d/20.ini") + ":1", now());
  place.file(
      "edgespan.ini",
      "[service pump]\nflush = 6 ms\n[program gateway]\nflush = 5 ms\n[program other]\nflush = 9 ms\n");
  TEST_ASSERT_EQUAL_STRING("5 ms " + place.path("edgespan.ini") + ":4", now());
  place.property("service_name=pump");
  TEST_ASSERT_EQUAL_STRING("6 ms " + place.path("edgespan.ini") + ":2", now());
  place.variable("EDGESPAN_FLUSH=7 ms");
  TEST_ASSERT_EQUAL_STRING("7 ms EDGESPAN_FLUSH", now());
  place.property("edgespan.flush=8 ms");
  TEST_ASSERT_EQUAL_STRING("8 ms edgespan.flush", now());
}

EDGESPAN_TEST(a_file_that_the_environment_names_is_the_only_one, "settings") {
  Place place;
  place.file("edgespan.ini", "flush = 2 ms\npropagation = b3,b3_multi\n");
  place.file("mine/own.ini",
             "\xEF\xBB\xBF"
             "flush: 3 ms ; a comment\r\n   retry_min = 4 ms\n");
  place.variable("EDGESPAN_CONFIG=" + place.path("mine/own.ini"));
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  TEST_ASSERT_EQUAL_UINT64(3, settings.number(SettingId::flush));
  TEST_ASSERT_EQUAL_UINT64(4, settings.number(SettingId::retry_min));
  TEST_ASSERT_FALSE(settings.made(SettingId::propagation));
}

EDGESPAN_TEST(an_error_names_its_place_and_what_comes_nearest, "settings") {
  const std::vector<std::pair<std::string, std::string>> files{
      {"\nflush = 5\n", "edgespan.ini:2: flush '5': has no unit; write ms, s, min or h behind the number"},
      {"kafka_key = 64\n",
       "edgespan.ini:1: kafka_key '64': has no unit; write B, KiB or MiB behind the number"},
      {"flush = 5 parsec\n",
       "edgespan.ini:1: flush '5 parsec': write a whole number of ms, s, min or h, 1 ms to 1 h"},
      {"flush_ms = 5\n", "edgespan.ini:1: flush_ms: no setting has this name; did you mean flush?"},
      {"servce_name = x\n",
       "edgespan.ini:1: servce_name: no setting has this name; did you mean service_name?"},
      {"elephant = x\n", "edgespan.ini:1: elephant: no setting has this name; `edgespan config` lists all"},
      {"[program other]\npropagatoin = b3\n",
       "edgespan.ini:2: propagatoin: no setting has this name; did you mean propagation?"},
      {"[service other]\npropagation = b3,b3\n",
       "edgespan.ini:2: propagation 'b3,b3': write b3 or b3_parent, b3_multi, w3c or w3c_continued, "
       "separated by commas"},
      {"[service x]\nservice_name = y\n",
       "edgespan.ini:2: service_name: a section [service NAME] cannot name the service"},
      {"[servce x]\nflush = 1 s\n",
       "edgespan.ini:2: [servce x]: no section has this name; write [program NAME] or [service NAME]"},
      {"flush\n", "edgespan.ini:1: is neither `name = value` nor `[section]`"},
      {"flush = 1 s\n[program\nflush = 5\n", "edgespan.ini:2: is neither `name = value` nor `[section]`"},
      {"enabled = maybe\n", "edgespan.ini:1: enabled 'maybe': write on or off"},
      {"sample = 100\n",
       "edgespan.ini:1: sample '100': write always, never, a share from 0 to 1 or 0 % to 100 %, or 0/s to "
       "65535/s"},
      {"url = ftp://x\n",
       "edgespan.ini:1: url 'ftp://x': not a URL that spans can be sent to; write "
       "http[s]://host[:port][/path], otlp[s]://host[:port][/path], kafka://host[:port][,host...][/topic] or "
       "none:"},
      {"service_name = \xff\n", "edgespan.ini:1: service_name '\xff': write a text of UTF-8, 1 to 63 bytes"},
      {"inflight_max = 12\n",
       "edgespan.ini:1: inflight_max '12': write a whole number, 8 to 1048576, a multiple of 8"},
      {"retry_min = 10 min\n",
       "edgespan.ini:1: retry_max '5 min': write no less than retry_min, which is 10 min"},
      {"flush = 1 s\n" + std::string(199, ';') + "\n",
       "edgespan.ini:2: is longer than 198 bytes; give the value by the environment"},
      {std::string{"flush = \0001 s\n", 13}, "edgespan.ini:1: holds a NUL; a settings file is text"},
      {"[" + std::string(49, 's') + "]\nflush = 1 s\n",
       "edgespan.ini:2: is in a section whose name is longer than 48 bytes"}};
  for (const auto& [text, wanted] : files) {
    Place place;
    place.file("edgespan.ini", text);
    TEST_ASSERT_EQUAL_STRING(wanted, place.error());
  }
}

EDGESPAN_TEST(an_error_of_a_variable_or_a_property_names_it, "settings") {
  {
    Place place;
    place.variable("EDGESPAN_FLUSH=5");
    TEST_ASSERT_EQUAL_STRING("EDGESPAN_FLUSH '5': has no unit; write ms, s, min or h behind the number",
                             place.error());
  }
  {
    Place place;
    place.variable("EDGESPAN_SERVICE=x");
    TEST_ASSERT_EQUAL_STRING(
        "EDGESPAN_SERVICE: no setting has this name; did you mean EDGESPAN_SERVICE_NAME?", place.error());
  }
  {
    Place place;
    place.property("edgespan.ulr=x");
    TEST_ASSERT_EQUAL_STRING("edgespan.ulr: no setting has this name; did you mean edgespan.url?",
                             place.error());
  }
  {
    Place place;
    place.property("edgespan.flush");
    TEST_ASSERT_EQUAL_STRING("edgespan.flush '': write a whole number of ms, s, min or h, 1 ms to 1 h",
                             place.error());
  }
}

EDGESPAN_TEST(what_two_settings_say_together_is_judged_when_all_are_known, "settings") {
  for (const bool least_first : {true, false}) {
    Place place;
    const std::array<const char*, 2> pair{"edgespan.retry_min=10 min", "edgespan.retry_max=20 min"};
    place.property(pair[least_first ? 0 : 1]);
    Settings settings;
    TEST_ASSERT_TRUE(place.load(settings, {.more_follow = true}).ok());
    TEST_ASSERT_EQUAL(!least_first, place.load(settings).ok());
    place.property(pair[least_first ? 1 : 0]);
    TEST_ASSERT_TRUE(place.load(settings).ok());
    TEST_ASSERT_EQUAL_UINT64(600'000, settings.number(SettingId::retry_min));
    TEST_ASSERT_EQUAL_UINT64(1'200'000, settings.number(SettingId::retry_max));
  }
  Place wrong;
  wrong.property("edgespan.retry_max=10 s");
  wrong.property("edgespan.retry_min=11 s");
  Settings settings;
  TEST_ASSERT_TRUE(wrong.load(settings, {.more_follow = true}).ok());
  TEST_ASSERT_EQUAL_STRING(
      "edgespan.retry_max: retry_max '10 s': write no less than retry_min, which is 11 s", wrong.error());
}

EDGESPAN_TEST(a_file_that_cannot_be_read_is_an_error, "settings") {
  {
    Place place;
    place.variable("EDGESPAN_CONFIG=" + place.path("none.ini"));
    TEST_ASSERT_EQUAL_STRING("none.ini: no such file; settings are read from there", place.error());
  }
  {
    Place place;
    fs::create_directory(place.path("edgespan.ini"));
    TEST_ASSERT_EQUAL_STRING("edgespan.ini: is no regular file; settings are read from there", place.error());
  }
  {
    Place place;
    for (char name = 'a'; name <= 'q'; ++name) place.file(std::string{"conf.d/"} + name + ".ini", "");
    TEST_ASSERT_EQUAL_STRING("conf.d/q.ini: there are more than 16 files of settings", place.error());
  }
}

EDGESPAN_TEST(variables_of_others_are_left_alone, "settings") {
  Place place;
  for (const char* const text :
       {"EDGESPAN_DEPS_DIR=/x", "EDGESPAN_PORT=tcp://10.0.0.1:80", "EDGESPAN_PORT_80_TCP=x",
        "EDGESPAN_SERVICE_HOST=10.0.0.1", "EDGESPAN_SERVICE_PORT=80", "EDGESPAN_FLUSH=", "EDGESPANISH=1"}) {
    place.variable(text);
  }
  Settings settings;
  TEST_ASSERT_EQUAL_STRING("ok", place.load(settings).text());
  TEST_ASSERT_FALSE(settings.made(SettingId::flush));
}

EDGESPAN_TEST(a_program_without_a_good_name_is_unknown, "settings") {
  Place place;
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings, std::string(64, 'x')).ok());
  TEST_ASSERT_EQUAL_STRING("unknown", settings.text(SettingId::service_name));
}

}  // namespace
