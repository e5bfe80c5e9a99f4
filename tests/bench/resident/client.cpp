// SPDX-License-Identifier: Apache-2.0
#include <edgespan/agent.hpp>

#include "resident.hpp"

#include <algorithm>
#include <chrono>

namespace edgespan::resident {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t idle_records = 100;
constexpr std::size_t round_records = 200;  // on their way at once
constexpr int patience_ms = 20'000;
const std::string value(100, 'x');

rd_kafka_conf_t* configuration(const std::string& brokers, bool consumer) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const auto set = [conf](const char* name, const char* text) {
    char errstr[256] = "";
    must(rd_kafka_conf_set(conf, name, text, errstr, sizeof errstr) == RD_KAFKA_CONF_OK, errstr);
  };
  set("bootstrap.servers", brokers.c_str());
  if (consumer) {
    set("group.id", "resident");
    set("enable.auto.commit", "false");
    set("fetch.wait.max.ms", "10");
  } else {
    set("linger.ms", "1");
  }
  return conf;
}

// The topic's only partition, from its present end: what came before was somebody else's.
void assign(rd_kafka_t* consumer) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  must(rd_kafka_query_watermark_offsets(consumer, topic, 0, &low, &high, patience_ms) ==
           RD_KAFKA_RESP_ERR_NO_ERROR,
       "the broker does not answer");
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = high;
  must(rd_kafka_assign(consumer, list) == RD_KAFKA_RESP_ERR_NO_ERROR, "assign failed");
  rd_kafka_topic_partition_list_destroy(list);
}

// Both clients: `Way` sends one record and polls some.
template <typename Way>
Usage run(Way& way, rd_kafka_t* producer, rd_kafka_t* consumer, std::size_t records) {
  rd_kafka_poll_set_consumer(consumer);
  assign(consumer);
  Usage usage;
  for (std::size_t done = 0; done < records;) {
    const std::size_t count = done < idle_records ? idle_records : std::min(round_records, records - done);
    for (std::size_t i = 0; i < count; ++i) way.send("sensor-042");
    must(rd_kafka_flush(producer, patience_ms) == RD_KAFKA_RESP_ERR_NO_ERROR, "records were not delivered");
    for (std::size_t polled = 0; polled < count;) {
      const std::size_t some = way.poll();
      must(some > 0, "records did not come back");
      polled += some;
    }
    done += count;
    if (done == idle_records) usage.idle = memory_now();
  }
  usage.busy = memory_now();
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  rd_kafka_destroy(producer);
  return usage;
}

rd_kafka_t* client(rd_kafka_type_t type, const std::string& brokers) {
  char errstr[256] = "";
  rd_kafka_t* made =
      rd_kafka_new(type, configuration(brokers, type == RD_KAFKA_CONSUMER), errstr, sizeof errstr);
  must(made != nullptr, errstr);
  return made;
}

struct Plain {
  rd_kafka_t* producer;
  rd_kafka_t* consumer;

  void send(std::string_view key) {
    const rd_kafka_resp_err_t error =
        rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_KEY(key.data(), key.size()),
                          RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_END);
    must(error == RD_KAFKA_RESP_ERR_NO_ERROR, "a record was refused");
  }
  std::size_t poll() {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, patience_ms);
    must(message == nullptr || message->err == RD_KAFKA_RESP_ERR_NO_ERROR, "a poll failed");
    if (message != nullptr) rd_kafka_message_destroy(message);
    return message != nullptr ? 1 : 0;
  }
};

struct Traced {
  KafkaTracing& kafka;
  TracingProducer producer;
  TracingConsumer consumer;

  void send(std::string_view key) {
    must(producer.send({.topic = topic, .key = key, .value = value}) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "a record was refused");
  }
  std::size_t poll() {
    ConsumerBatch batch = consumer.poll(std::chrono::milliseconds{patience_ms});
    for (ConsumerRecord& record : batch) {
      must(record.error() == RD_KAFKA_RESP_ERR_NO_ERROR, "a poll failed");
      kafka.next_span(record).name("process").finish();
    }
    return batch.size();
  }
};

// Of the size that everybody gets who does not choose.
Agent<> agent;

}  // namespace

Usage run_plain(const std::string& brokers, std::size_t records) {
  Plain plain{client(RD_KAFKA_PRODUCER, brokers), client(RD_KAFKA_CONSUMER, brokers)};
  return run(plain, plain.producer, plain.consumer, records);
}

Usage run_traced(const std::string& brokers, const std::string& collector_url, std::size_t records) {
  const AgentStatus started = agent.start({.service_name = "resident", .url = collector_url});
  must(started.ok(), started.text());
  char errstr[256] = "";
  rd_kafka_t* producer =
      agent.kafka().create(RD_KAFKA_PRODUCER, configuration(brokers, false), errstr, sizeof errstr);
  must(producer != nullptr, errstr);
  rd_kafka_t* consumer = client(RD_KAFKA_CONSUMER, brokers);
  Traced traced{agent.kafka(), {agent.kafka(), producer}, {agent.kafka(), consumer, agent.consumer_memory()}};
  const Usage usage = run(traced, producer, consumer, records);
  must(agent.stop(patience_ms) == Status::ok, "the collector did not take the last spans");

  // An agent that did nothing would prove nothing. Spans come faster here than any gateway makes them, so
  // some are dropped; the books hold all the same.
  const Books books = agent.books();
  must(books.balanced() && books.finished >= 3 * records && books.delivered >= idle_records,
       "the agent did not report what it should have");
  return usage;
}

}  // namespace edgespan::resident
