// SPDX-License-Identifier: Apache-2.0
#include <edgespan/plugin_memory.hpp>

#include <edgespan/collector_url.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/otlp_dialect.hpp>
#include <edgespan/tracing_memory.hpp>

namespace edgespan {
namespace {

constexpr std::size_t aligned(std::size_t bytes) noexcept {
  return (bytes + slot_align - 1) / slot_align * slot_align;
}

}  // namespace

PluginMemory plugin_memory(const Settings& settings) noexcept {
  const auto number = [&settings](SettingId id) { return static_cast<std::size_t>(settings.number(id)); };
  PluginMemory memory;
  memory.spans_open = aligned(sizeof(SpanSlot) * plugin_spans_open_max);
  memory.ring = number(SettingId::ring);
  memory.chunks = aligned(sizeof(RingChunk) * (memory.ring / ring_chunk_bytes));
  memory.batch = aligned(number(SettingId::batch));
  memory.inflight = sizeof(InflightBucket) * (number(SettingId::inflight_max) / inflight_bucket_size);
  CollectorUrl url;
  const bool read = parse_collector_url(settings.text(SettingId::url), url) == nullptr;
  if (read && url.otlp) memory.otlp = OtlpDialect::room_bytes(memory.batch);
  const bool web = url.scheme == CollectorUrl::Scheme::http || url.scheme == CollectorUrl::Scheme::https;
  if (read && web && settings.flag(SettingId::gzip)) memory.gzip = aligned(plugin_gzip_bytes(memory.batch));
  return memory;
}

}  // namespace edgespan
