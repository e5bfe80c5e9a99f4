// SPDX-License-Identifier: Apache-2.0
#include <edgespan/collector_url.hpp>

#include <algorithm>
#include <edgespan/otlp_dialect.hpp>

#include "http/http_url.hpp"
#include "http/zipkin_dialect.hpp"

namespace edgespan {
namespace {

constexpr std::string_view default_topic = "zipkin";  // that Zipkin's Kafka collector reads unless told

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_letter_or_digit(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

// Letters, digits and what `more` holds.
constexpr bool consists_of(std::string_view text, std::string_view more) noexcept {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return is_letter_or_digit(c) || more.find(c) != std::string_view::npos;
  });
}

// Takes `scheme`, which is in lower case, off the front.
constexpr bool take_scheme(std::string_view& url, std::string_view scheme) noexcept {
  if (url.size() < scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if (lower(url[i]) != scheme[i]) return false;
  }
  url.remove_prefix(scheme.size());
  return true;
}

constexpr bool is_broker_list(std::string_view text) noexcept {
  const bool gap =
      text.empty() || text.front() == ',' || text.back() == ',' || text.find(",,") != std::string_view::npos;
  return !gap && text.size() <= CollectorUrl::brokers_bytes_max && consists_of(text, ".-_:,[]");
}

constexpr bool is_topic(std::string_view text) noexcept {
  return !text.empty() && text.size() <= CollectorUrl::topic_bytes_max && text != "." && text != ".." &&
         consists_of(text, "._-");
}

const char* parse_kafka(std::string_view rest, CollectorUrl& out) noexcept {
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view brokers{rest.data(), slash};
  rest.remove_prefix(std::min(slash + 1, rest.size()));
  const std::string_view topic = rest.empty() ? default_topic : rest;
  if (!is_broker_list(brokers)) return "names no brokers; write kafka://host[:port][,host...][/topic]";
  if (!is_topic(topic)) return "has no topic that Kafka takes: 1 to 249 letters, digits, '.', '_' and '-'";
  out = {.scheme = CollectorUrl::Scheme::kafka, .brokers = brokers, .topic = topic};
  return nullptr;
}

const char* parse_web(std::string_view url, CollectorUrl& out) noexcept {
  http_detail::HttpUrl parsed;
  const bool http = http_detail::parse_http_url(url, http_detail::zipkin_dialect, parsed) == Status::ok;
  if (!http && http_detail::parse_http_url(url, OtlpDialect::url_rules, parsed) != Status::ok) {
    return "not a URL that spans can be sent to; write http[s]://host[:port][/path], "
           "otlp[s]://host[:port][/path], kafka://host[:port][,host...][/topic] or none:";
  }
  out = {.scheme = parsed.secure ? CollectorUrl::Scheme::https : CollectorUrl::Scheme::http,
         .otlp = !http || parsed.path.ends_with(OtlpDialect::path),
         .host = parsed.host,
         .path = parsed.path,
         .port = parsed.port};
  return nullptr;
}

}  // namespace

const char* parse_collector_url(std::string_view url, CollectorUrl& out) noexcept {
  std::string_view rest = url;
  if (take_scheme(rest, "kafka://")) return parse_kafka(rest, out);
  if (url != "none:") return parse_web(url, out);
  out = {};
  return nullptr;
}

}  // namespace edgespan
