// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/span_url.hpp"

#include <edgespan/collector_url.hpp>

namespace edgespan::cli {
namespace {

constexpr std::string_view file_scheme = "file:";

std::string parse_file(std::string_view rest, SpanUrl& out) {
  if (rest.starts_with("///")) rest.remove_prefix(2);
  if (rest.empty() || rest.starts_with("//") || rest.find('\0') != rest.npos) {
    return "names no file; write file:path, such as file:/var/tmp/spans.bin";
  }
  out = {.kind = SpanUrl::Kind::file, .file = std::string{rest}};
  return {};
}

SpanUrl::Kind kind_of(CollectorUrl::Scheme scheme) noexcept {
  switch (scheme) {
    case CollectorUrl::Scheme::http:
      return SpanUrl::Kind::http;
    case CollectorUrl::Scheme::https:
      return SpanUrl::Kind::https;
    case CollectorUrl::Scheme::kafka:
      return SpanUrl::Kind::kafka;
    case CollectorUrl::Scheme::none:
      break;
  }
  return SpanUrl::Kind::none;
}

// The kinds of URL that the agent's library knows.
std::string parse_collector(std::string_view url, SpanUrl& out) {
  CollectorUrl parsed;
  if (const char* const problem = parse_collector_url(url, parsed); problem != nullptr) {
    return problem + std::string{url.starts_with("kafka://") ? "" : ", or file:path"};
  }
  out = {.kind = kind_of(parsed.scheme),
         .text = std::string{url},
         .host = std::string{parsed.host},
         .port = parsed.port,
         .path = std::string{parsed.path},
         .otlp = parsed.otlp,
         .brokers = std::string{parsed.brokers},
         .topic = std::string{parsed.topic}};
  return {};
}

}  // namespace

std::string parse_span_url(std::string_view url, SpanUrl& out) {
  const std::string problem = url.starts_with(file_scheme) ? parse_file(url.substr(file_scheme.size()), out)
                                                           : parse_collector(url, out);
  return problem.empty() ? problem : std::string{"'"}.append(url).append("': ").append(problem);
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  const std::string name{host};
  return (host.find(':') == host.npos ? name : "[" + name + "]") + ":" + std::to_string(port);
}

}  // namespace edgespan::cli
