// SPDX-License-Identifier: Apache-2.0
#include <edgespan/kafka_config.hpp>
#include <edgespan/ring_chunk.hpp>
#include <edgespan/setting.hpp>
#include <edgespan/span_slot.hpp>

#include "kit/setting_value.hpp"

namespace edgespan {
namespace {

using Type = SettingType;
using enum SettingUser;

constexpr std::uint64_t second = 1'000;
constexpr std::uint64_t hour = 3'600 * second;
constexpr std::uint64_t day = 24 * hour;
constexpr std::uint64_t kib = 1'024;
constexpr std::uint64_t mib = 1'024 * kib;

constexpr std::uint64_t path_bytes = 127;

constexpr std::array<Setting, settings_count> table{{
    {.name = "enabled",
     .type = Type::flag,
     .preset = "on",
     .meaning = "off: no spans are made, and no header of a record is written or removed"},
    {.name = "service_name",
     .type = Type::text,
     .low = 1,
     .high = 63,
     .meaning = "the name of this program in traces; its file name unless given"},
    {.name = "url",
     .type = Type::url,
     .preset = "http://127.0.0.1:9411",
     .high = 511,
     .meaning =
         "where spans go: to Zipkin by `http://host[:port][/path]` (or https), as OTLP by "
         "`otlp://host[:port][/path]` (or otlps), to a topic by `kafka://host[:port][,host...][/topic]`, "
         "or nowhere by `none:`"},
    {.name = "remote_service_name",
     .type = Type::text,
     .preset = "kafka",
     .low = 0,
     .high = 63,
     .meaning = "the name of the broker in traces; empty: none"},
    {.name = "sample",
     .type = Type::sampler,
     .preset = "always",
     .plugin_preset = "100/s",
     .meaning =
         "which new traces are recorded: `always`, `never`, a share such as `0.1` or `10 %`, or at most "
         "so many a second, such as `100/s`"},
    {.name = "ratio_rule",
     .type = Type::choice,
     .preset = "zipkin",
     .choices = {"zipkin", "unsigned"},
     .meaning =
         "how a share is chosen by trace ids: as Zipkin, Brave and Java do, or as OpenTelemetry for Python "
         "and Go does; rates nest among those who do it alike"},
    {.name = "trace_id_bits",
     .type = Type::choice,
     .preset = "128",
     .choices = {"64", "128"},
     .meaning = "the length of new trace ids; ids that come in are kept as they are"},
    {.name = "propagation",
     .type = Type::formats,
     .preset = "b3,w3c_continued",
     .plugin_preset = "b3,w3c",
     .meaning =
         "the trace headers that are written, in this order: `b3` without the parent or `b3_parent` with "
         "it, `b3_multi` (`X-B3-*`), `w3c` (`traceparent`) or, for traces that came in with one, "
         "`w3c_continued`; all of them are read"},
    {.name = "rewrite_headers",
     .type = Type::flag,
     .preset = "on",
     .meaning = "a consumed record carries the context of its CONSUMER span; off: the one that it came with"},
    {.name = "shared_root",
     .type = Type::flag,
     .preset = "on",
     .meaning = "records without a trace share one span a topic and poll, where the poll is known"},
    {.name = "semantics",
     .type = Type::choice,
     .preset = "brave",
     .choices = {"brave", "otel"},
     .meaning =
         "what the spans of messages and their tags are called: as Brave calls them, or as OpenTelemetry's "
         "messaging conventions 1.44 do, at about three times the bytes"},
    {.name = "tag_processor",
     .type = Type::choice,
     .preset = "always",
     .choices = {"always", "when_root"},
     .meaning =
         "when a processing span is tagged with topic and key: always, or only where a trace begins; with "
         "`otel` always"},
    {.name = "kafka_key",
     .type = Type::bytes,
     .preset = "128 B",
     .high = key_bytes_most,
     .meaning = "how much of a text key a span shows; `0 B`: no key is shown"},
    {.name = "join",
     .type = Type::choice,
     .preset = "off",
     .user = plugin,
     .choices = {"off", "last_record"},
     .meaning = "`last_record`: what a thread sends continues the trace of the record that it consumed last; "
                "wrong for programs that consume in batches"},
    {.name = "flush",
     .type = Type::duration,
     .preset = "1 s",
     .low = 1,
     .high = hour,
     .meaning = "the longest from the end of a span to its first offer to the collector"},
    {.name = "retry_min",
     .type = Type::duration,
     .preset = "1 s",
     .low = 1,
     .high = hour,
     .meaning = "the shortest pause after an offer that failed"},
    {.name = "retry_max",
     .type = Type::duration,
     .preset = "5 min",
     .low = 1,
     .high = day,
     .meaning = "the longest pause after an offer that failed; no less than `retry_min`"},
    {.name = "http_connect",
     .type = Type::duration,
     .preset = "10 s",
     .low = 1,
     .high = hour,
     .meaning = "the longest time for a connection to the collector"},
    {.name = "http_request",
     .type = Type::duration,
     .preset = "15 s",
     .low = 1,
     .high = hour,
     .meaning = "the longest time for one request; a slow link gets more, by the bytes that it takes"},
    {.name = "http_headers",
     .type = Type::headers,
     .high = http_headers_bytes_max,
     .meaning = "header lines for every request, such as a key that the collector asks for: `x-api-key=abc`; "
                "blanks, commas and other signs of a value as `%20`. `edgespan config` shows no value"},
    {.name = "gzip",
     .type = Type::flag,
     .preset = "off",
     .user = plugin,
     .meaning = "requests are packed: about a quarter of the bytes; a collector that does not take that gets "
                "them as "
                "they are"},
    {.name = "tls_ca",
     .type = Type::text,
     .user = plugin,
     .high = path_bytes,
     .meaning =
         "of `https` and `otlps`: a file with the roots that are trusted, PEM or DER; the system's roots "
         "unless given"},
    {.name = "tls_certificate",
     .type = Type::text,
     .user = plugin,
     .high = path_bytes,
     .meaning = "a file with the certificate that this program shows the collector, and those between it and "
                "its root; with `tls_key`"},
    {.name = "tls_key",
     .type = Type::text,
     .user = plugin,
     .high = path_bytes,
     .meaning = "the file of that certificate's key, which is not encrypted"},
    {.name = "span_deadline",
     .type = Type::duration,
     .preset = "10 min",
     .low = second,
     .high = 30 * day,
     .meaning = "a span of the program's own that is open for longer expires"},
    {.name = "message_deadline",
     .type = Type::duration,
     .preset = "330 s",
     .low = second,
     .high = 30 * day,
     .meaning = "the span of a message without a delivery report expires after this, or after "
                "`message.timeout.ms` and 30 s if that is more"},
    {.name = "drop_oldest",
     .type = Type::flag,
     .preset = "off",
     .meaning = "a full ring makes room for new spans by dropping the oldest; off: it drops the new ones"},
    {.name = "clock",
     .type = Type::choice,
     .preset = "counter",
     .choices = {"counter", "tick"},
     .meaning = "what starts and durations are read from: `counter` is exact to the microsecond; `tick`, the "
                "kernel's coarse clock, to some milliseconds, for less"},
    {.name = "ring",
     .type = Type::bytes,
     .preset = "256 KiB",
     .user = plugin,
     .low = 4 * ring_chunk_bytes,
     .high = 64 * mib,
     .step = ring_chunk_bytes,
     .meaning = "memory for spans that wait for the collector, of about 140 B each, or 400 B with `otel`"},
    {.name = "batch",
     .type = Type::bytes,
     .preset = "64 KiB",
     .user = plugin,
     .low = 2 * kib,
     .high = 16 * mib,
     .meaning = "memory for the spans that are offered together"},
    {.name = "inflight_max",
     .type = Type::count,
     .preset = "4096",
     .user = plugin,
     .low = 8,
     .high = 1'048'576,
     .step = 8,
     .meaning = "messages without a delivery report that have a span at the same time, of 56 B each"},
    {.name = "exit_wait",
     .type = Type::duration,
     .preset = "1 s",
     .user = plugin,
     .high = 60 * second,
     .meaning = "the longest wait, once, for spans to leave when the last client is destroyed or the program "
                "exits; none if the last offer failed"},
    {.name = "accept_crash_on_failed_client",
     .type = Type::flag,
     .preset = "off",
     .user = plugin,
     .meaning =
         "loads the plugin into a librdkafka before 2.13 whose failed `rd_kafka_new` cannot be made safe"},
}};

static_assert(span_bytes_max <= 2 * kib, "the least batch holds the largest span");

constexpr std::size_t longest_values() noexcept {
  std::size_t bytes = 0;
  for (const Setting& setting : table) bytes += settings_detail::value_bytes_max(setting);
  return bytes;
}
static_assert(longest_values() == setting_texts_bytes);

}  // namespace

std::span<const Setting, settings_count> settings_table() noexcept { return table; }

std::string_view range_text(const Setting& setting, std::span<char, range_bytes_max> out) noexcept {
  settings_detail::TextLine line;
  settings_detail::put_range(setting, line);
  return line.copy_to(out);
}

}  // namespace edgespan
