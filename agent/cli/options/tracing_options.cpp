// SPDX-License-Identifier: Apache-2.0
#include "cli/options/tracing_options.hpp"

#include "cli/options/tls_options.hpp"
#include "cli/options/validators.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace edgespan::cli {
namespace {

constexpr const char* group = "Tracing";

void add_names(CLI::App& app, TracingOptions& options) {
  app.add_option("--service", options.service, "service name of the spans, 1 to 63 bytes of UTF-8")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--remote-service", options.remote_service,
                 "name that the spans give the broker, up to 63 bytes of UTF-8; '' for none")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
}

void add_sender(CLI::App& app, SenderOptions& options) {
  app.add_option("--zipkin", options.url,
                 "where the spans go (default: none:)\n"
                 "http[s]://host[:port][/path] - a collector; the path is /api/v2/spans unless given\n"
                 "otlp[s]://host[:port][/path] - a collector that takes OTLP; 4318 and /v1/traces unless\n"
                 "given; http[s]:// with a path that ends with /v1/traces is the same\n"
                 "kafka://broker[:port][,broker...][/topic] - a topic; zipkin unless given\n"
                 "file:path - a file, to append to\n"
                 "none: - nowhere; spans are made, and counted as delivered")
      ->type_name("URL")
      ->check(span_url())
      ->group(group);
  add_tls_options(app, options.tls, group);
  app.add_flag("--gzip", options.gzip,
               "for http, https, otlp and otlps: compress batches that become smaller by it")
      ->group(group);
}

void add_sampling(CLI::App& app, TracingOptions& options) {
  CLI::Option* rate =
      app.add_option("--sample", options.sample_rate, "share of new traces to record, 0 to 1 (default: 1)")
          ->type_name("SHARE")
          ->check(number_between(0, 1, "a share from 0 to 1"))
          ->group(group);
  const auto take_rule = [&options](const std::vector<std::string>& texts) {
    options.ratio_rule = texts.front() == "unsigned" ? RatioRule::unsigned_id : RatioRule::magnitude;
    return true;
  };
  app.add_option("--ratio-rule", take_rule,
                 "whose rule chooses that share by the trace id (default: zipkin)\n"
                 "zipkin - Zipkin, Brave, Java; unsigned - OpenTelemetry for Python and Go")
      ->type_name("zipkin|unsigned")
      ->check(CLI::IsMember({"zipkin", "unsigned"}).description(""))
      ->needs(rate)
      ->group(group);
  app.add_option("--rate-limit", options.rate_limit,
                 "new traces to record in a second at most, 0 to 65535 (default: no limit)")
      ->type_name("TRACES")
      ->check(whole_number_between(0, 65'535, "a whole number from 0 to 65535"))
      ->excludes(rate)
      ->group(group);
}

void add_headers(CLI::App& app, TracingOptions& options) {
  app.add_option("--id-bits", options.id_bits, "length of new trace ids, in bits")
      ->type_name("64|128")
      ->capture_default_str()
      ->check(id_bits())
      ->group(group);
  const auto take_formats = [&options](const std::vector<std::string>& texts) {
    options.propagation = *parse_propagation(texts.front());
    return true;
  };
  CLI::Option* formats =
      app.add_option("--propagation", take_formats,
                     "trace headers to write, in this order (default: b3,w3c_continued)\n"
                     "b3 - trace-span-decision; b3_parent - the same with the parent\n"
                     "b3_multi - X-B3-TraceId and its kin\n"
                     "w3c - traceparent; w3c_continued - only where the trace came in with one")
          ->type_name("FORMAT[,FORMAT...]")
          ->check(propagation())
          ->group(group);
  const auto take_format = [&options](const std::vector<std::string>& texts) {
    options.propagation = *parse_b3_format(texts.front());
    return true;
  };
  app.add_option("--b3", take_format, "the same for B3 alone, in older words; w3c_continued beside it")
      ->type_name("single|single_no_parent|multi|both")
      ->check(b3_format())
      ->excludes(formats)
      ->group(group);
}

}  // namespace

void add_tracing_options(CLI::App& app, TracingOptions& options) {
  add_names(app, options);
  add_sender(app, options.sender);
  add_sampling(app, options);
  add_headers(app, options);
  app.add_flag_callback(
         "--no-shared-root", [&options] { options.shared_root = false; },
         "start a trace for each polled record that carries none (default: one for all such records of a "
         "topic and poll)")
      ->group(group);
  app.add_flag("--off", options.off, "switch tracing off: no spans, no trace headers")->group(group);
}

std::optional<Propagation> parse_b3_format(std::string_view name) noexcept {
  using enum TraceFormat;
  if (name == "single") return Propagation{b3_parent, w3c_continued};
  if (name == "single_no_parent") return Propagation{b3, w3c_continued};
  if (name == "multi") return Propagation{b3_multi, w3c_continued};
  if (name == "both") return Propagation{b3, b3_multi, w3c_continued};
  return std::nullopt;
}

}  // namespace edgespan::cli
