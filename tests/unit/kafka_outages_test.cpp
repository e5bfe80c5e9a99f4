// SPDX-License-Identifier: Apache-2.0
// Row 16 of the failure model: three brokers that go away, come back, hand over partitions and fail requests,
// by a script a seed. Spans travel through them, and so do the application's messages, whose spans these are.
#include <edgespan/kafka_sender.hpp>

#include "support/kafka_clients.hpp"
#include "support/random.hpp"

#include <cstdlib>
#include <string>

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr int brokers = 3;
constexpr int partitions = 3;
constexpr int actions_each_seed = 6;

// Each night a thousand scripts.
int seeds() { return std::getenv("EDGESPAN_NIGHTLY") != nullptr ? 1'000 : 60; }

class Cluster {
 public:
  Cluster() : cluster_{rd_kafka_mock_cluster_new(owner_.get(), brokers)} {
    for (const char* topic : {"zipkin", "work"}) {
      TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                        rd_kafka_mock_topic_create(cluster_, topic, partitions, brokers));
    }
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() { rd_kafka_mock_cluster_destroy(cluster_); }

  std::string addresses() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void all_up() {
    for (int id = 1; id <= brokers; ++id) rd_kafka_mock_broker_set_up(cluster_, id);
  }
  void act(Random& random) {
    constexpr std::int16_t produce_request = 0;
    constexpr rd_kafka_resp_err_t errors[] = {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                              RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                                              RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS};
    const auto broker = static_cast<std::int32_t>(1 + random.below(brokers));
    const auto partition = static_cast<std::int32_t>(random.below(partitions));
    switch (random.below(7)) {
      case 0:
        rd_kafka_mock_broker_set_down(cluster_, broker);
        break;
      case 1:
        rd_kafka_mock_broker_set_up(cluster_, broker);
        break;
      case 2:
        for (int id = 1; id <= brokers; ++id) rd_kafka_mock_broker_set_down(cluster_, id);
        break;
      case 3:
        rd_kafka_mock_partition_set_leader(cluster_, random.below(2) == 0 ? "zipkin" : "work", partition,
                                           broker);
        break;
      case 4:
        rd_kafka_mock_push_request_errors(cluster_, produce_request, 1, errors[random.below(3)]);
        break;
      default:
        all_up();
    }
  }

 private:
  Client owner_ = plain_client(RD_KAFKA_PRODUCER, {});
  rd_kafka_mock_cluster_t* cluster_;
};

struct Agent {
  TestClock clock;
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  std::unique_ptr<KafkaMemory<>> kafka_memory = std::make_unique<KafkaMemory<>>();
  Tracing tracing;
  KafkaTracing kafka;
  KafkaSender sender;
  std::size_t reports = 0;
  std::size_t failed = 0;
  std::size_t unbalanced = 0;
  Client client;  // before what its interceptors call
  Reporter reporter;

  explicit Agent(const std::string& addresses) {
    TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, clock.table()));
    TEST_ASSERT_EQUAL(Status::ok, kafka.init(tracing, kafka_memory->inflight));
    rd_kafka_conf_t* conf = without_metrics(make_conf({{"bootstrap.servers", addresses},
                                                       {"linger.ms", "0"},
                                                       {"retry.backoff.ms", "10"},
                                                       {"message.send.max.retries", "1000"},
                                                       {"topic.metadata.refresh.interval.ms", "100"},
                                                       {"topic.metadata.refresh.fast.interval.ms", "10"},
                                                       {"reconnect.backoff.ms", "10"},
                                                       {"reconnect.backoff.max.ms", "50"}}));
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
      static_cast<Agent*>(self)->report(message);
    });
    char errstr[256] = "";
    client.reset(kafka.create(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr));
    TEST_CONTEXT(errstr);
    TEST_ASSERT_NOT_NULL(client);
    TEST_ASSERT_EQUAL(Status::ok, sender.init(kafka, client.get(), "zipkin"));
    TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, sender.sender(),
                                                {.flush_ms = 1, .retry_min_ms = 1, .retry_max_ms = 20}));
  }
  ~Agent() { (void)reporter.stop(0); }
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void report(const rd_kafka_message_t* message) {
    if (std::string_view{rd_kafka_topic_name(message->rkt)} != "work") return;
    ++reports;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++failed;
    check();
  }
  void check() {
    const Books books = tracing.books();
    if (!books.balanced() || books.faults != 0) ++unbalanced;
  }
  void go_on() {
    (void)reporter.step();
    rd_kafka_poll(client.get(), 1);
    check();
  }
  // Goes on until so many messages have been reported. How long brokers take to be found again is
  // librdkafka's.
  bool reported(std::size_t sent) {
    constexpr auto patience = std::chrono::seconds{120};
    const auto begun = std::chrono::steady_clock::now();
    while (reports < sent && std::chrono::steady_clock::now() - begun < patience) go_on();
    return reports == sent;
  }
};

EDGESPAN_TEST(kafka_brokers_that_go_and_come_by_a_script_cost_no_message_and_no_span, "kafka") {
  Cluster cluster;
  Agent agent{cluster.addresses()};
  TracingProducer producer{agent.kafka, agent.client.get()};
  std::size_t sent = 0;
  for (int seed = 1; seed <= seeds(); ++seed) {
    Random random(static_cast<std::uint64_t>(seed));
    for (int action = 0; action < actions_each_seed; ++action) {
      cluster.act(random);
      agent.tracing.span("work").finish();
      TEST_ASSERT_EQUAL(0, producer.send({.topic = "work", .key = "k", .partition = seed % partitions}));
      ++sent;
      agent.go_on();
    }
    // Before too many messages wait for the table of those in flight, the brokers come back.
    if (sent - agent.reports > 100) {
      cluster.all_up();
      TEST_ASSERT_TRUE(agent.reported(sent));
    }
  }
  cluster.all_up();
  TEST_ASSERT_TRUE(agent.reported(sent));
  TEST_ASSERT_EQUAL(Status::ok, agent.reporter.flush(120'000));
  TEST_ASSERT_EQUAL(0, agent.failed);
  TEST_ASSERT_EQUAL(0, agent.unbalanced);
  const Books books = agent.tracing.books();
  TEST_ASSERT_EQUAL(2 * sent, books.finished);
  TEST_ASSERT_EQUAL(books.dropped[static_cast<std::size_t>(DropReason::ring_full)], books.dropped_total());
  TEST_ASSERT_EQUAL(books.finished, books.delivered + books.dropped_total());
  TEST_ASSERT_GREATER_THAN(books.finished / 2, books.delivered);
  TEST_ASSERT_EQUAL(0, books.inflight_full + books.headers_failed + books.expired);
}

}  // namespace
