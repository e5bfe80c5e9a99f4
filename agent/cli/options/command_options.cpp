// SPDX-License-Identifier: Apache-2.0
#include "cli/options/command_options.hpp"

#include "core/utf8.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>

#include <cmath>
#include <map>
#include <string_view>

namespace edgespan::cli {
namespace {

constexpr std::size_t topic_bytes_max = 249;  // Kafka's own limit

// CLI11's Range lets NaN pass, as NaN is neither below nor above.
std::string check_number(const std::string& text, double low, double high, const char* wanted) {
  double value = 0;
  const bool number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
  if (number && value >= low && value <= high) return {};
  return "'" + text + "' is not " + wanted;
}

CLI::Validator number(double low, double high, const char* wanted) {
  return {[=](std::string& text) { return check_number(text, low, high, wanted); }, "", "number"};
}

CLI::Validator whole(double low, double high, const char* wanted) {
  const auto check = [=](std::string& text) {
    const bool digits =
        !text.empty() && text.size() <= 19 && text.find_first_not_of("0123456789") == text.npos;
    return digits ? check_number(text, low, high, wanted) : "'" + text + "' is not " + wanted;
  };
  return {check, "", "whole"};
}

std::string check_topic(const std::string& text) {
  const bool sound = !text.empty() && text.size() <= topic_bytes_max && detail::utf8(text);
  return sound ? std::string{} : "a topic's name has 1 to 249 bytes of UTF-8";
}

CLI::Validator topic_name() {
  return {[](std::string& text) { return check_topic(text); }, "", "topic"};
}

CLI::Validator not_empty() {
  return {[](std::string& text) { return text.empty() ? std::string{"must not be empty"} : std::string{}; },
          "", "text"};
}

CLI::Validator service_name(bool may_be_empty) {
  const auto check = [=](std::string& text) -> std::string {
    if (text.empty() && may_be_empty) return {};
    if (!text.empty() && text.size() <= 63 && detail::utf8(text)) return {};
    return "a service name has 1 to 63 bytes of UTF-8";
  };
  return {check, "", "service"};
}

CLI::Validator target_url() {
  const auto check = [](std::string& text) {
    SpanUrl target;
    return parse_span_url(text, target);
  };
  return {check, "", "url"};
}

CLI::Validator zipkin_url() {
  const auto check = [](std::string& text) -> std::string {
    HttpUrl url;
    const Status status = parse_http_url(text, url);
    return status == Status::ok ? std::string{} : "'" + text + "' is " + std::string{status_text(status)};
  };
  return {check, "", "url"};
}

CLI::Validator id_bits() {
  return {[](std::string& text) {
            return text == "64" || text == "128" ? std::string{} : "'" + text + "' is neither 64 nor 128";
          },
          "", "bits"};
}

const std::map<std::string, B3Format> b3_formats{{"single", B3Format::single},
                                                 {"single_no_parent", B3Format::single_no_parent},
                                                 {"multi", B3Format::multi},
                                                 {"both", B3Format::both}};

CLI::Validator b3_format_name() {
  const auto check = [](std::string& text) {
    return b3_formats.contains(text) ? std::string{}
                                     : "'" + text + "' is none of single, single_no_parent, multi, both";
  };
  return {check, "", "format"};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == text.npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

CLI::Validator topic_names() {
  const auto check = [](std::string& text) {
    for (const std::string& topic : split_list(text)) {
      std::string error = check_topic(topic);
      if (!error.empty()) return "'" + text + "': " + error;
    }
    return std::string{};
  };
  return {check, "", "topics"};
}

// An option that may stand several times, each time with one `name=value`.
CLI::Option* add_pairs(CLI::App& app, const std::string& name, std::vector<Property>& out,
                       const std::string& help, const std::string& shown) {
  const auto take = [&out](const std::vector<std::string>& texts) {
    out.clear();
    for (const std::string& text : texts) {
      const std::size_t equals = text.find('=');
      out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return true;
  };
  const auto check = [](std::string& text) -> std::string {
    const std::size_t equals = text.find('=');
    if (equals != text.npos && equals > 0) return {};
    return "'" + text + "' is not name=value";
  };
  return app.add_option(name, take, help)
      ->type_name(shown)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false)
      ->check(CLI::Validator{check, "", "pair"});
}

void add_tls(CLI::App& app, TlsFiles& files, const std::string& group) {
  app.add_option("--ca", files.ca, "for https: the roots that are trusted, PEM or DER; no others are")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--cert", files.certificate, "for https: a certificate of this client's own, with --key")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--key", files.key, "for https: the key of --cert, not encrypted")
      ->type_name("FILE")
      ->group(group);
}

void add_agent(CLI::App& app, TracingOptions& options) {
  app.add_option("--service", options.service, "name under which the spans are recorded")
      ->type_name("NAME")
      ->capture_default_str()
      ->check(service_name(false))
      ->group("Tracing");
  app.add_option("--remote-service", options.remote_service, "name of the broker in the spans; '' for none")
      ->type_name("NAME")
      ->capture_default_str()
      ->check(service_name(true))
      ->group("Tracing");
  app.add_option(
         "--zipkin", options.uplink.url,
         "where the spans go: http://host[:port][/path] or https, the path is /api/v2/spans unless given; "
         "kafka://broker[:port][/topic], the topic is zipkin unless given; file:path, to append to; "
         "none:, as without it: spans are made and counted as usual, and then thrown away")
      ->type_name("URL")
      ->check(target_url())
      ->group("Tracing");
  add_tls(app, options.uplink.tls, "Tracing");
  app.add_flag("--gzip", options.uplink.gzip,
               "for http and https: pack batches where that makes them smaller")
      ->group("Tracing");
  CLI::Option* rate =
      app.add_option("--sample", options.sample_rate, "share of new traces that is kept, 0 to 1")
          ->type_name("RATE")
          ->check(number(0, 1, "a rate from 0 to 1"))
          ->group("Tracing");
  app.add_option("--rate-limit", options.rate_limit, "new traces kept in a second, 0 to 65535")
      ->type_name("N")
      ->check(whole(0, 65'535, "a whole number from 0 to 65535"))
      ->excludes(rate)
      ->group("Tracing");
  app.add_option("--id-bits", options.id_bits, "length of new trace ids")
      ->type_name("64|128")
      ->capture_default_str()
      ->check(id_bits())
      ->group("Tracing");
  app.add_option(
         "--b3",
         [&options](const std::vector<std::string>& texts) {
           options.b3 = b3_formats.at(texts.front());
           return true;
         },
         "headers that are written (default: single_no_parent)")
      ->type_name("single|single_no_parent|multi|both")
      ->check(b3_format_name())
      ->group("Tracing");
  app.add_flag_callback(
         "--no-shared-root", [&options] { options.shared_root = false; },
         "records of a poll that carry no trace get one each")
      ->group("Tracing");
  app.add_flag("--off", options.off, "switch tracing off: no span, no header")->group("Tracing");
}

void add_client(CLI::App& app, ClientOptions& options) {
  app.add_option("-b,--brokers", options.brokers, "host:port[,host:port]...")
      ->type_name("BROKERS")
      ->required()
      ->check(not_empty());
  add_pairs(app, "-X,--property", options.properties, "a setting of librdkafka; may be given several times",
            "PROPERTY=VALUE");
  add_agent(app, options.agent);
}

}  // namespace

TracingOptions agent_of(const ClientOptions& client) {
  TracingOptions agent = client.agent;
  agent.uplink.kafka_properties = client.properties;
  return agent;
}

CLI::App* add_produce(CLI::App& app, ProduceOptions& options) {
  CLI::App* command =
      app.add_subcommand("produce", "send traced records, one a line of standard input or -n of them");
  options.client.agent.service = "edgespan-produce";
  command->add_option("-t,--topic", options.topic, "topic to send to")
      ->type_name("TOPIC")
      ->required()
      ->check(topic_name());
  command->add_option("-n,--count", options.count, "send so many records, with made-up values")
      ->type_name("COUNT")
      ->check(whole(1, 1e18, "a whole number of 1 or more"));
  command->add_option("-k,--key-prefix", options.key_prefix, "give the records the keys PREFIX0, PREFIX1...")
      ->type_name("PREFIX");
  add_pairs(*command, "-H,--header", options.headers, "a header of every record; may be given several times",
            "NAME=VALUE");
  add_client(*command, options.client);
  return command;
}

CLI::App* add_consume(CLI::App& app, ConsumeOptions& options) {
  CLI::App* command = app.add_subcommand("consume", "poll traced records and print them with their headers");
  options.client.agent.service = "edgespan-consume";
  const auto take_topics = [&options](const std::vector<std::string>& texts) {
    options.topics = split_list(texts.front());
    return true;
  };
  command->add_option("-t,--topic", take_topics, "topics to read, from their beginning for a new group")
      ->type_name("TOPIC[,TOPIC]...")
      ->required()
      ->check(topic_names());
  command->add_option("-g,--group", options.group, "consumer group")
      ->type_name("GROUP")
      ->required()
      ->check(not_empty());
  command->add_option("-n,--count", options.count, "stop after so many records")
      ->type_name("COUNT")
      ->check(whole(1, 1e18, "a whole number of 1 or more"));
  command->add_option("--timeout", options.timeout_s, "stop when no record has come for so long")
      ->type_name("SECONDS")
      ->check(number(0.001, 1e6, "a number of seconds from 0.001 to 1000000"));
  const auto take_name = [&options](const std::vector<std::string>& texts) {
    options.process = texts.empty() || texts.front().empty() ? "process" : texts.front();
    return true;
  };
  command->add_option("--process", take_name, "give each record a span of that name (default: process)")
      ->type_name("[NAME]")
      ->expected(0, 1);
  add_client(*command, options.client);
  return command;
}

CLI::App* add_demo(CLI::App& app, DemoOptions& options) {
  CLI::App* command =
      app.add_subcommand("demo", "three traces through a broker and a collector inside this process");
  command
      ->add_option("--zipkin", options.zipkin.url,
                   "send the spans to that Zipkin too, http://host[:port][/path] or https, and print links "
                   "to the traces")
      ->type_name("URL")
      ->check(zipkin_url());
  add_tls(*command, options.zipkin.tls, "Options");
  return command;
}

CLI::App* add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* command = app.add_subcommand(
      "doctor", "check the way of spans to a collector step by step, and say what is wrong and what to do");
  command->add_option("url", options.uplink.url, "as for --zipkin of produce: http, https, kafka or file")
      ->type_name("URL")
      ->required()
      ->check(target_url());
  command->add_option("--timeout", options.limit_s, "give up a step after so long")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->check(number(0.001, 3600, "a number of seconds from 0.001 to 3600"));
  add_pairs(*command, "-X,--property", options.uplink.kafka_properties,
            "for kafka: a setting of librdkafka about security; may be given several times",
            "PROPERTY=VALUE");
  add_tls(*command, options.uplink.tls, "Options");
  command->footer(
      "It posts an empty list of spans, and then one span of its own (service edgespan-doctor), which "
      "it looks up again where the collector answers queries. A line a step on stdout, what to do on "
      "stderr; exit code 0: all is well, 1: something is not, 2: bad usage.");
  return command;
}

}  // namespace edgespan::cli
