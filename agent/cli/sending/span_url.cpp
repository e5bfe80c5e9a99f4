// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/span_url.hpp"

#include <edgespan/http_sender.hpp>
#include <edgespan/status.hpp>

namespace edgespan::cli {
namespace {

constexpr std::string_view kafka_scheme = "kafka://";
constexpr std::string_view file_scheme = "file:";
constexpr std::size_t topic_bytes_max = 249;  // Kafka's own limit
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_alphanumeric_or(std::string_view text, std::string_view more) {
  return text.find_first_not_of(std::string{letters} + std::string{more}) == text.npos;
}

bool is_topic(std::string_view text) {
  return !text.empty() && text.size() <= topic_bytes_max && text != "." && text != ".." &&
         is_alphanumeric_or(text, "._-");
}

std::string parse_kafka(std::string_view rest, SpanUrl& out) {
  const std::size_t slash = rest.find('/');
  const std::string_view brokers = rest.substr(0, slash);
  const std::string_view topic =
      slash == rest.npos || slash + 1 == rest.size() ? "zipkin" : rest.substr(slash + 1);
  const bool gap = brokers.empty() || brokers.front() == ',' || brokers.back() == ',' ||
                   brokers.find(",,") != brokers.npos;
  if (gap || !is_alphanumeric_or(brokers, ".-_:,[]"))
    return "names no brokers; write kafka://host[:port][,host...][/topic]";
  if (!is_topic(topic)) return "has no topic that Kafka takes: 1 to 249 letters, digits, '.', '_' and '-'";
  out = {.kind = SpanUrl::Kind::kafka, .brokers = std::string{brokers}, .topic = std::string{topic}};
  return {};
}

std::string parse_file(std::string_view rest, SpanUrl& out) {
  if (rest.starts_with("///")) rest.remove_prefix(2);
  if (rest.empty() || rest.starts_with("//") || rest.find('\0') != rest.npos) {
    return "names no file; write file:path, such as file:/var/tmp/spans.bin";
  }
  out = {.kind = SpanUrl::Kind::file, .file = std::string{rest}};
  return {};
}

std::string parse_http(std::string_view url, SpanUrl& out) {
  HttpUrl parsed;
  if (parse_http_url(url, parsed) != Status::ok) {
    return "is not a URL that spans can be sent to; write http:// or https://host[:port][/path], "
           "kafka://host[:port][,host...][/topic], file:path or none:";
  }
  out = {.kind = parsed.secure ? SpanUrl::Kind::https : SpanUrl::Kind::http,
         .text = std::string{url},
         .host = std::string{parsed.host},
         .port = parsed.port,
         .path = std::string{parsed.path}};
  return {};
}

}  // namespace

std::string parse_span_url(std::string_view url, SpanUrl& out) {
  std::string wrong;
  if (url.starts_with(kafka_scheme)) {
    wrong = parse_kafka(url.substr(kafka_scheme.size()), out);
  } else if (url.starts_with(file_scheme)) {
    wrong = parse_file(url.substr(file_scheme.size()), out);
  } else if (url == "none:") {
    out = {};
  } else {
    wrong = parse_http(url, out);
  }
  return wrong.empty() ? wrong : "'" + std::string{url} + "' " + wrong;
}

std::string host_and_port(std::string_view host, std::uint16_t port) {
  const std::string name{host};
  return (host.find(':') == host.npos ? name : "[" + name + "]") + ":" + std::to_string(port);
}

}  // namespace edgespan::cli
