// SPDX-License-Identifier: Apache-2.0
#include "settings_place.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct Row {
  std::vector<std::string> variables;
  SettingId id;
  std::string text;
  std::string origin;
};
void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    Place place;
    for (const std::string& text : row.variables) place.variable(text);
    Settings settings;
    TEST_CONTEXT(row.variables.front());
    TEST_ASSERT_TRUE(place.load(settings).ok());
    TEST_ASSERT_EQUAL_STRING(row.text, settings.text(row.id));
    TEST_ASSERT_EQUAL_STRING(row.origin, origin(settings, row.id));
  }
}

EDGESPAN_TEST(variables_of_opentelemetry_are_the_weakest, "settings") {
  check({{{"OTEL_SERVICE_NAME=pump"}, SettingId::service_name, "pump", "OTEL_SERVICE_NAME"},
         {{"OTEL_SERVICE_NAME="}, SettingId::service_name, "gateway", "default"},
         {{"OTEL_RESOURCE_ATTRIBUTES=a=b, service.name = p%20=%zz ,x"},
          SettingId::service_name,
          "p =%zz",
          "OTEL_RESOURCE_ATTRIBUTES"},
         {{"OTEL_RESOURCE_ATTRIBUTES=service.name=a%00b"}, SettingId::service_name, "gateway", "default"},
         {{"OTEL_RESOURCE_ATTRIBUTES=service.name=a%FFb"}, SettingId::service_name, "gateway", "default"},
         {{"OTEL_RESOURCE_ATTRIBUTES=service.name=a,service.name=b"},
          SettingId::service_name,
          "b",
          "OTEL_RESOURCE_ATTRIBUTES"},
         {{"OTEL_SERVICE_NAME=pump", "OTEL_RESOURCE_ATTRIBUTES=service.name=other"},
          SettingId::service_name,
          "pump",
          "OTEL_SERVICE_NAME"},
         {{"OTEL_SERVICE_NAME=pump", "EDGESPAN_SERVICE_NAME=own"},
          SettingId::service_name,
          "own",
          "EDGESPAN_SERVICE_NAME"},
         {{"OTEL_SDK_DISABLED= TRUE"}, SettingId::enabled, "off", "OTEL_SDK_DISABLED"},
         {{"OTEL_SDK_DISABLED=1"}, SettingId::enabled, "on", "default"},
         {{"OTEL_TRACES_SAMPLER=ParentBased_Always_Off"}, SettingId::sample, "never", "OTEL_TRACES_SAMPLER"},
         {{"OTEL_TRACES_SAMPLER=always_on"}, SettingId::sample, "always", "OTEL_TRACES_SAMPLER"},
         {{"OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG= 0.25 "},
          SettingId::sample,
          "0.25",
          "OTEL_TRACES_SAMPLER"},
         {{"OTEL_TRACES_SAMPLER=traceidratio"}, SettingId::sample, "1", "OTEL_TRACES_SAMPLER"},
         {{"OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=7"},
          SettingId::sample,
          "always",
          "default"},
         {{"OTEL_TRACES_SAMPLER=jaeger_remote"}, SettingId::sample, "always", "default"},
         {{"OTEL_PROPAGATORS=tracecontext, b3multi"},
          SettingId::propagation,
          "w3c,b3_multi",
          "OTEL_PROPAGATORS"},
         {{"OTEL_PROPAGATORS=b3,b3multi,b3"}, SettingId::propagation, "b3,b3_multi", "OTEL_PROPAGATORS"},
         {{"OTEL_PROPAGATORS=tracecontext,baggage"}, SettingId::propagation, "w3c", "OTEL_PROPAGATORS"},
         {{"OTEL_PROPAGATORS=baggage,jaeger"}, SettingId::propagation, "b3,w3c_continued", "default"},
         {{"OTEL_BSP_SCHEDULE_DELAY=5000"}, SettingId::flush, "5000 ms", "OTEL_BSP_SCHEDULE_DELAY"},
         {{"OTEL_BSP_SCHEDULE_DELAY=-1"}, SettingId::flush, "1 s", "default"}});
}

EDGESPAN_TEST(variables_of_opentelemetry_name_a_collector, "settings") {
  check({{{"OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:1/api/v2/spans"},
          SettingId::url,
          "http://z:1/api/v2/spans",
          "OTEL_EXPORTER_ZIPKIN_ENDPOINT"},
         {{"OTEL_EXPORTER_ZIPKIN_ENDPOINT=nonsense"}, SettingId::url, "http://127.0.0.1:9411", "default"},
         {{"OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:1", "OTEL_TRACES_EXPORTER=otlp"},
          SettingId::url,
          "http://127.0.0.1:9411",
          "default"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318"},
          SettingId::url,
          "otlp://c:4318/v1/traces",
          "OTEL_EXPORTER_OTLP_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=HTTPS://c/otel/"},
          SettingId::url,
          "otlps://c:443/otel/v1/traces",
          "OTEL_EXPORTER_OTLP_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]"},
          SettingId::url,
          "otlp://[::1]:80/v1/traces",
          "OTEL_EXPORTER_OTLP_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317"}, SettingId::url, "http://127.0.0.1:9411", "default"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"},
          SettingId::url,
          "otlp://c:4317/v1/traces",
          "OTEL_EXPORTER_OTLP_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"},
          SettingId::url,
          "http://127.0.0.1:9411",
          "default"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=c:4317"}, SettingId::url, "http://127.0.0.1:9411", "default"},
         {{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://t", "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318"},
          SettingId::url,
          "otlp://t:80/",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_TRACES_EXPORTER=console,zipkin",
           "OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:1"},
          SettingId::url,
          "http://z:1",
          "OTEL_EXPORTER_ZIPKIN_ENDPOINT"},
         {{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_TRACES_EXPORTER=None"},
          SettingId::url,
          "none:",
          "OTEL_TRACES_EXPORTER"},
         {{"OTEL_EXPORTER_OTLP_TIMEOUT=9", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=8"},
          SettingId::http_request,
          "8 ms",
          "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"},
         {{"OTEL_EXPORTER_OTLP_COMPRESSION= GZIP "}, SettingId::gzip, "on", "OTEL_EXPORTER_OTLP_COMPRESSION"},
         {{"OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION=none"},
          SettingId::gzip,
          "off",
          "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION"},
         {{"OTEL_EXPORTER_OTLP_COMPRESSION=deflate"}, SettingId::gzip, "off", "default"},
         {{"OTEL_EXPORTER_OTLP_CERTIFICATE=/r.pem"},
          SettingId::tls_ca,
          "/r.pem",
          "OTEL_EXPORTER_OTLP_CERTIFICATE"},
         {{"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=/c.pem"},
          SettingId::tls_certificate,
          "/c.pem",
          "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"},
         {{"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY=/k.pem"},
          SettingId::tls_key,
          "/k.pem",
          "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY"}});
}

EDGESPAN_TEST(headers_of_opentelemetrys_collector_go_nowhere_else, "settings") {
  const std::string endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318";
  const std::string headers = "OTEL_EXPORTER_OTLP_HEADERS= a = k%20y ,bad,c d=e,host=h,f=";
  const SettingId id = SettingId::http_headers;
  check({{{endpoint, headers}, id, "a=k%20y", "OTEL_EXPORTER_OTLP_HEADERS"},
         {{endpoint, headers, "OTEL_EXPORTER_OTLP_TRACES_HEADERS=t=u"},
          id,
          "t=u",
          "OTEL_EXPORTER_OTLP_TRACES_HEADERS"},
         {{endpoint, headers, "EDGESPAN_HTTP_HEADERS=o=p"}, id, "o=p", "EDGESPAN_HTTP_HEADERS"},
         {{endpoint, headers, "EDGESPAN_URL=otlp://other"}, id, "", "default"},
         {{"OTEL_EXPORTER_ZIPKIN_ENDPOINT=http://z:1", headers}, id, "", "default"},
         {{endpoint, "OTEL_EXPORTER_OTLP_HEADERS=" + std::string(600, 'a') + "=b"}, id, "", "default"},
         {{headers}, id, "", "default"}});
  Place place;
  place.variable(endpoint);
  place.variable(headers);
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  const Dialect otlp{.scheme = "otlp"};
  AgentConfig fitting;
  fitting.http.dialect = &otlp;
  settings.apply(fitting);
  TEST_ASSERT_EQUAL_STRING("a: k y\r\n\r\n", fitting.http.headers);
  AgentConfig own;
  own.url = "http://mine";
  settings.apply(own);
  TEST_ASSERT_EQUAL_STRING("", own.http.headers);
}

EDGESPAN_TEST(an_agent_leaves_a_collector_of_opentelemetrys_out_that_it_cannot_speak_to, "settings") {
  Place place;
  place.variable("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318");
  Settings settings;
  TEST_ASSERT_TRUE(place.load(settings).ok());
  AgentConfig nameless;
  settings.apply(nameless);
  TEST_ASSERT_EQUAL_STRING("http://127.0.0.1:9411", nameless.url);
  AgentConfig own;
  own.url = "none:";
  settings.apply(own);
  TEST_ASSERT_EQUAL_STRING("none:", own.url);
  const Dialect otlp{.scheme = "otlp"};
  AgentConfig fitting;
  fitting.http.dialect = &otlp;
  settings.apply(fitting);
  TEST_ASSERT_EQUAL_STRING("otlp://c:4318/v1/traces", fitting.url);
  const edgespan_tls tls{};
  fitting = {};
  fitting.http.dialect = &otlp;
  fitting.tls = &tls;
  settings.apply(fitting);
  TEST_ASSERT_EQUAL_STRING("http://127.0.0.1:9411", fitting.url);
}

}  // namespace
