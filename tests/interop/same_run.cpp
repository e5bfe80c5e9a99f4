// SPDX-License-Identifier: Apache-2.0
// A run whose spans are the same whenever it runs, for test_collector.py: ids, times and all. It records one
// span of every kind and with everything that a span can have, and those of messages on a broker of its own,
// and reports to the collector at argv[1] as the service argv[2]; argv[3] is a number that makes the ids,
// argv[4] the spelling, brave or otel. On stdout: how many spans it has delivered.
#include <edgespan/agent.hpp>
#include <edgespan/endpoint.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/otel_semantics.hpp>
#include <edgespan/otlp_dialect.hpp>

#include <librdkafka/rdkafka_mock.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

using namespace edgespan;

// The port of a machine whose time goes on only when the program says so, until the recording is over; only
// then does it know the date, so that the spans leave as one batch. Its entropy is a number.
class ScriptedPort {
 public:
  bool init(const std::uint64_t& number) {
    number_ = number;
    return real_.init();
  }
  const edgespan_clock& clock() const { return clock_; }
  const edgespan_stream& stream() const { return real_.stream(); }
  const edgespan_worker& worker() const { return real_.worker(); }

  void pass(std::uint64_t us) { now_us_ += us; }
  void let_time_run() { real_since_us_ = system().mono_us(system().ctx); }

 private:
  static constexpr std::uint64_t date_us = 1'732'899'600'000'000;

  static ScriptedPort& at(void* self) { return *static_cast<ScriptedPort*>(self); }
  const edgespan_clock& system() const { return real_.clock(); }
  std::uint64_t now_us() const {
    const std::uint64_t since_us = real_since_us_;
    return now_us_ + (since_us == 0 ? 0 : system().mono_us(system().ctx) - since_us);
  }
  // Who reads the date and then the time, to compare them, gets two numbers of one moment.
  std::uint64_t mono_us() const {
    const std::uint64_t at_us = moment_us_ != 0 ? moment_us_ : now_us();
    moment_us_ = 0;
    return at_us;
  }
  std::uint64_t wall_us() const {
    if (real_since_us_ == 0) return 0;
    moment_us_ = now_us();
    return date_us + moment_us_;
  }

  static inline thread_local std::uint64_t moment_us_ = 0;
  posix::Port real_;
  std::uint64_t number_ = 0;
  std::atomic<std::uint64_t> now_us_{1'000'000};
  std::atomic<std::uint64_t> real_since_us_{0};  // 0: time stands still
  edgespan_clock clock_{
      this,
      [](void* self) { return at(self).mono_us(); },
      [](void* self) { return at(self).wall_us(); },
      [](void* self, void* out, std::size_t n) {
        std::memset(out, 0, n);
        std::memcpy(out, &at(self).number_, n < sizeof number_ ? n : sizeof number_);
        return true;
      },
      [](void* self, std::uint64_t us) { at(self).system().pause(at(self).system().ctx, us); },
      nullptr,
      nullptr};
};

OtlpRoom<Limits{}.batch_bytes> room;
OtlpDialect otlp{room.bytes};
Agent<Limits{}, tiny_kafka_limits, ScriptedPort> agent;

void record_kinds() {
  constexpr std::string_view names[] = {"none", "client", "server", "producer", "consumer"};
  Span root = agent.tracing().span("root");
  agent.port().pass(7);
  for (unsigned kind = 0; kind < 5; ++kind) {
    Span span = agent.tracing().child(root.context()).name(names[kind]).kind(static_cast<Kind>(kind));
    span.tag("number", "17")
        .tag("truth", "true")
        .tag("text", "42.5 \xC2\xB0\x43")
        .tag("kafka.topic", "cargo");
    agent.port().pass(kind * 1'000);  // the first has no length
    if (kind >= 3) span.remote_service_name("kafka");
    span.annotate("half way");
    agent.port().pass(kind);
  }
}

void record_ends_and_errors() {
  const Endpoint ipv4{.service_name = "db", .ipv4 = {192, 0, 2, 7}, .port = 5432};
  const Endpoint ipv6{.service_name = "cache",
                      .ipv6 = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  Span root = agent.tracing().span("errors");
  for (const std::string_view message : {"refused", "true", "false"}) {
    agent.port().pass(3);
    Span span = agent.tracing().child(root.context()).name("failed").error(message);
    span.remote_endpoint(message == "true" ? ipv6 : ipv4);
    agent.port().pass(11);
  }
  agent.tracing().child(root.context()).name("").kind(Kind::client).finish();
  const Context elsewhere{.trace_hi = 1, .trace_lo = 2, .span_id = 3, .decision = Decision::debug};
  Span span = agent.tracing().child(elsewhere).name("from elsewhere");
  agent.port().pass(1);
}

constexpr int wait_ms = 30'000;
constexpr const char* topic = "Truck.Cargo";

// Ends the program: nothing that it reported would be compared.
void must(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "same_run: %s\n", what);
  std::exit(1);
}

rd_kafka_t* client(rd_kafka_type_t type, const char* name, const char* value) {
  char problem[256] = "";
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  must(rd_kafka_conf_set(conf, name, value, problem, sizeof problem) == RD_KAFKA_CONF_OK, problem);
  must(type == RD_KAFKA_PRODUCER ||
           rd_kafka_conf_set(conf, "group.id", "fleet", problem, sizeof problem) == RD_KAFKA_CONF_OK,
       problem);
  rd_kafka_t* const made = agent.kafka().create(type, conf, problem, sizeof problem);
  must(made != nullptr, problem);
  return made;
}

// One record after the other, so that each has the same offset in every run.
void send(rd_kafka_t* producer, const ProducerRecord& record) {
  must(TracingProducer{agent.kafka(), producer}.send(record) == RD_KAFKA_RESP_ERR_NO_ERROR, "send");
  must(rd_kafka_flush(producer, wait_ms) == RD_KAFKA_RESP_ERR_NO_ERROR, "a record has no delivery report");
}

void consume(rd_kafka_t* consumer, int count) {
  TracingConsumer traced{agent.kafka(), consumer, agent.consumer_memory()};
  for (int i = 0; i < count; ++i) {
    rd_kafka_message_t* const message = traced.consumer_poll(wait_ms);
    must(message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "a record did not come");
    agent.port().pass(2);
    Span work = agent.kafka().next_span(message).tag("celsius", "-18.2");
    agent.port().pass(9);
    work.finish();
    rd_kafka_message_destroy(message);
  }
}

// A record, one without a value, and one that the broker refuses; the first two are consumed.
void record_messages() {
  rd_kafka_t* const producer = client(RD_KAFKA_PRODUCER, "test.mock.num.brokers", "1");
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_handle_mock_cluster(producer);
  must(rd_kafka_mock_topic_create(cluster, topic, 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR, "no topic");
  send(producer, {.topic = topic, .key = "truck-9", .value = "-18.2"});
  send(producer, {.topic = topic, .key = "truck-7"});
  constexpr std::int16_t produce_request = 0;
  rd_kafka_mock_push_request_errors(cluster, produce_request, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  send(producer, {.topic = topic, .key = "truck-9", .value = "-18.2"});
  rd_kafka_t* const consumer =
      client(RD_KAFKA_CONSUMER, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster));
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 0;
  must(rd_kafka_assign(consumer, list) == RD_KAFKA_RESP_ERR_NO_ERROR, "no assignment");
  rd_kafka_topic_partition_list_destroy(list);
  consume(consumer, 2);
  rd_kafka_destroy(consumer);
  rd_kafka_destroy(producer);
}

int fail(const char* what) {
  std::fprintf(stderr, "same_run: %s\n", what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return fail("usage: same_run URL SERVICE NUMBER brave|otel");
  AgentConfig config{.service_name = argv[2], .url = argv[1]};
  const std::string_view url{argv[1]};
  if (url.starts_with("otlp://")) config.http.dialect = &otlp.table();
  link_otel_semantics();
  if (std::string_view{argv[4]} == "otel") config.kafka.semantics = Semantics::otel;
  config.tracing.local = {.service_name = argv[2], .ipv4 = {192, 0, 2, 1}, .port = 8080};
  const AgentStatus started = agent.start(config, std::strtoull(argv[3], nullptr, 10));
  if (!started.ok()) return fail(started.text());
  record_kinds();
  record_ends_and_errors();
  record_messages();
  agent.port().let_time_run();
  if (agent.stop(10'000) != Status::ok) return fail("the spans were not delivered");
  std::printf("%llu\n", static_cast<unsigned long long>(agent.books().delivered));
  return 0;
}
