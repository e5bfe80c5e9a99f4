// SPDX-License-Identifier: Apache-2.0
// edgespan_whole peer | topics BROKERS | bare BROKERS MESSAGES | plain ... | list ... |
//                traced BROKERS COLLECTOR MESSAGES | ways BROKERS MESSAGES
// `peer` is a broker and a collector; `topics` makes the topics of the others on another broker. The programs
// print a line a case: value's bytes, partitions, and what a message takes when it is sent and when it is
// polled, four figures each: caller's and process's ns, allocations, bytes on the wire. `ways` prints a line
// a way of giving a header, and what a message takes when it is sent.
#include <edgespan/agent.hpp>

#include "bench/whole/header_ways.h"
#include "bench/whole/whole.h"
#include "support/loopback_server.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace edgespan;

// As large as the header that tracing writes.
constexpr const char* header = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1";
constexpr const char* ways[] = {"bare", "plain", "list", "traced"};
constexpr std::size_t sizes[] = {200, 1'000};
constexpr int partition_counts[] = {1, 4};

// A client fetches ahead, so a topic that is polled holds no more than what is measured. The mock cluster
// keeps 5 MB of a partition.
constexpr const char* acts[] = {"sent", "polled"};
constexpr std::size_t polled_messages = 3'000;

std::string topic_of(std::string_view way, const char* act, std::size_t size, int partitions) {
  return std::string{way} + "-" + act + "-" + std::to_string(size) + "-" + std::to_string(partitions);
}

// For a program that has a thousand messages in flight and sends a million a second: slots for all, and a
// ring and a batch that spare it a request for every sixty spans.
constexpr Limits limits{.ring_bytes = 262'144, .batch_bytes = 65'536};
constexpr KafkaLimits kafka_limits{.inflight_max = 4'096};
Agent<limits, kafka_limits> agent;

rd_kafka_t* client(std::string_view way, rd_kafka_type_t type, const char* brokers) {
  char errstr[256] = "";
  rd_kafka_conf_t* const conf =
      type == RD_KAFKA_PRODUCER ? whole_producer_conf(brokers) : whole_consumer_conf(brokers);
  rd_kafka_t* const made = way == "traced" ? agent.kafka().create(type, conf, errstr, sizeof errstr)
                                           : rd_kafka_new(type, conf, errstr, sizeof errstr);
  whole_must(made != nullptr, errstr);
  return made;
}

void print(const whole_usage& usage) {
  std::printf(" %.1f %.1f %.2f %.1f", usage.caller_ns, usage.process_ns, usage.allocations, usage.wire_bytes);
}

void run(std::string_view way, const char* brokers, std::size_t messages) {
  for (const std::size_t size : sizes) {
    for (const int partitions : partition_counts) {
      const char* const own = way == "plain" || way == "list" ? header : nullptr;
      const int given = own == nullptr ? whole_no_header : way == "list" ? whole_list : whole_argument;
      const std::string sent_topic = topic_of(way, "sent", size, partitions);
      const std::string polled_topic = topic_of(way, "polled", size, partitions);
      const whole_case sends{sent_topic.c_str(), partitions, size, messages, own, given};
      const whole_case polls{polled_topic.c_str(), partitions, size, polled_messages, own, given};
      const whole_usage sent = whole_produce(client(way, RD_KAFKA_PRODUCER, brokers), &sends);
      whole_fill(client(way, RD_KAFKA_PRODUCER, brokers), &polls);
      const whole_usage polled = whole_consume(client(way, RD_KAFKA_CONSUMER, brokers), &polls);
      std::printf("%zu %d", size, partitions);
      print(sent);
      print(polled);
      std::printf("\n");
    }
  }
}

void run_ways(const char* brokers, std::size_t messages) {
  char errstr[256] = "";
  const std::string topic = topic_of("bare", "sent", sizes[0], 1);
  for (int way = whole_no_header; way != whole_ways; ++way) {
    const whole_case work{topic.c_str(), 1, sizes[0], messages, header, way};
    rd_kafka_conf_t* const conf = whole_producer_conf(brokers);
    if (way == whole_interceptor) whole_intercept(conf, header);
    rd_kafka_t* const made = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    whole_must(made != nullptr, errstr);
    const whole_usage sent = whole_produce(made, &work);
    std::printf("%s", whole_way_name(static_cast<whole_way>(way)));
    print(sent);
    std::printf("\n");
  }
}

void run_traced(const char* brokers, const char* collector, std::size_t messages) {
  const AgentStatus started = agent.start({.service_name = "whole", .url = collector});
  whole_must(started.ok(), started.text());
  run("traced", brokers, messages);
  whole_must(agent.stop(20'000) == Status::ok, "the collector did not take the last spans");
  const Books books = agent.books();
  whole_must(books.balanced() && books.finished >= 4 * messages && books.delivered != 0,
             "the agent did not trace what it should have");
}

template <typename Do>
void each_topic(Do make) {
  for (const char* const way : ways) {
    for (const std::size_t size : sizes) {
      for (const int partitions : partition_counts) {
        for (const char* const act : acts) make(topic_of(way, act, size, partitions), partitions);
      }
    }
  }
}

// Makes the topics on a broker that is none of ours. Those that are there already stay, with what they hold.
void make_topics(const char* brokers) {
  char errstr[256] = "";
  rd_kafka_t* const made =
      rd_kafka_new(RD_KAFKA_PRODUCER, whole_producer_conf(brokers), errstr, sizeof errstr);
  whole_must(made != nullptr, errstr);
  std::vector<rd_kafka_NewTopic_t*> topics;
  each_topic([&](const std::string& topic, int partitions) {
    topics.push_back(rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, errstr, sizeof errstr));
    whole_must(topics.back() != nullptr, errstr);
  });
  rd_kafka_queue_t* const queue = rd_kafka_queue_new(made);
  rd_kafka_CreateTopics(made, topics.data(), topics.size(), nullptr, queue);
  rd_kafka_event_t* const answer = rd_kafka_queue_poll(queue, 30'000);
  whole_must(answer != nullptr && rd_kafka_event_error(answer) == RD_KAFKA_RESP_ERR_NO_ERROR,
             "the broker makes no topics");
  rd_kafka_event_destroy(answer);
  rd_kafka_NewTopic_destroy_array(topics.data(), topics.size());
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(made);
}

// A broker and a collector: prints where they listen, and ends when stdin does.
void run_peer() {
  char errstr[256] = "";
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  whole_must(rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", errstr, sizeof errstr) == RD_KAFKA_CONF_OK,
             errstr);
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  rd_kafka_t* host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
  whole_must(host != nullptr, errstr);
  rd_kafka_mock_cluster_t* cluster = rd_kafka_handle_mock_cluster(host);
  each_topic([&](const std::string& topic, int partitions) {
    whole_must(
        rd_kafka_mock_topic_create(cluster, topic.c_str(), partitions, 1) == RD_KAFKA_RESP_ERR_NO_ERROR,
        "no topic");
  });
  const test::LoopbackServer collector;
  std::printf("%s %s\n", rd_kafka_mock_cluster_bootstraps(cluster), collector.url("/api/v2/spans").c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  rd_kafka_destroy(host);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view way = argc > 1 ? argv[1] : "";
  if (way == "peer" && argc == 2) {
    run_peer();
  } else if ((way == "bare" || way == "plain" || way == "list") && argc == 4) {
    run(way, argv[2], std::strtoul(argv[3], nullptr, 10));
  } else if (way == "topics" && argc == 3) {
    make_topics(argv[2]);
  } else if (way == "ways" && argc == 4) {
    run_ways(argv[2], std::strtoul(argv[3], nullptr, 10));
  } else if (way == "traced" && argc == 5) {
    run_traced(argv[2], argv[3], std::strtoul(argv[4], nullptr, 10));
  } else {
    whole_must(0,
               "usage: peer | topics BROKERS | bare, plain, list or ways BROKERS MESSAGES | "
               "traced BROKERS COLLECTOR MESSAGES");
  }
}
