// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <edgespan/otel_fallback.hpp>

namespace edgespan {
namespace {

constexpr std::array<OtelFallback, 22> fallbacks{{
    {"OTEL_SDK_DISABLED", SettingId::enabled, "`true` is off"},
    {"OTEL_RESOURCE_ATTRIBUTES", SettingId::service_name, "its `service.name`"},
    {"OTEL_SERVICE_NAME", SettingId::service_name, "as it stands"},
    {"OTEL_EXPORTER_ZIPKIN_ENDPOINT", SettingId::url,
     "as it stands, unless `OTEL_TRACES_EXPORTER` names others"},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", SettingId::url,
     "with `/v1/traces` behind it, unless `OTEL_TRACES_EXPORTER` names others, or "
     "`OTEL_EXPORTER_OTLP_PROTOCOL` "
     "another than `http/protobuf`; without a protocol, unless the port is gRPC's 4317"},
    {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", SettingId::url,
     "the same, as it stands; its protocol may be that of `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`"},
    {"OTEL_TRACES_EXPORTER", SettingId::url, "`none` is `none:`"},
    {"OTEL_EXPORTER_OTLP_TIMEOUT", SettingId::http_request, "milliseconds"},
    {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", SettingId::http_request, "milliseconds"},
    {"OTEL_EXPORTER_OTLP_CERTIFICATE", SettingId::tls_ca, "as it stands"},
    {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", SettingId::tls_ca, "as it stands"},
    {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", SettingId::tls_certificate, "as it stands"},
    {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", SettingId::tls_certificate, "as it stands"},
    {"OTEL_EXPORTER_OTLP_CLIENT_KEY", SettingId::tls_key, "as it stands"},
    {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", SettingId::tls_key, "as it stands"},
    {"OTEL_TRACES_SAMPLER", SettingId::sample,
     "`always_on`, `always_off`, or `traceidratio` with the share of `OTEL_TRACES_SAMPLER_ARG`, each with "
     "`parentbased_` or without; a trace that comes in keeps its decision"},
    {"OTEL_PROPAGATORS", SettingId::propagation,
     "`tracecontext` is `w3c`, `b3multi` is `b3_multi`, in their order"},
    {"OTEL_BSP_SCHEDULE_DELAY", SettingId::flush, "milliseconds"},
    {"OTEL_EXPORTER_OTLP_HEADERS", SettingId::http_headers,
     "as it stands, without the pairs that do not fit, and only for a collector that "
     "`OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` names"},
    {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", SettingId::http_headers,
     "the same; those of the other do not count"},
    {"OTEL_EXPORTER_OTLP_COMPRESSION", SettingId::gzip,
     "`gzip` is on, `none` off; of no effect on a plugin that was built without zlib"},
    {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", SettingId::gzip, "the same"},
}};

}  // namespace

std::span<const OtelFallback> otel_fallbacks() noexcept { return fallbacks; }

}  // namespace edgespan
