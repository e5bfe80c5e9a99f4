// SPDX-License-Identifier: Apache-2.0
// Clients of the mock cluster: a traced producer that keeps its delivery reports; a feed and a reader without
// tracing, which write and show records as they are on the wire; and a consumer of chosen partitions.
#pragma once

#include "support/mock_kafka.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace edgespan::test {

struct Report {
  void* opaque = nullptr;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string key;
  std::int32_t partition = -1;
  std::vector<Header> headers;
};

// A producer with a dr_msg_cb of the application's own.
class ReportingProducer {
 public:
  template <Limits L, KafkaLimits K>
  explicit ReportingProducer(Traced<L, K>& traced, const Settings& more = {})
      : client_{traced.create(RD_KAFKA_PRODUCER, conf(more))}, traced_{traced.kafka, client_.get()} {}
  ReportingProducer(const ReportingProducer&) = delete;
  ReportingProducer& operator=(const ReportingProducer&) = delete;

  TracingProducer& operator*() noexcept { return traced_; }
  TracingProducer* operator->() noexcept { return &traced_; }
  rd_kafka_t* handle() const noexcept { return client_.get(); }

  // Called in every delivery report, before it is kept.
  std::function<void(const rd_kafka_message_t*)> on_report;

  // Serves delivery reports until `count` have come in all.
  const std::vector<Report>& reports(std::size_t count) {
    TEST_ASSERT_TRUE(eventually([&] {
      rd_kafka_poll(client_.get(), 0);
      return reports_.size() >= count;
    }));
    TEST_ASSERT_EQUAL(count, reports_.size());
    return reports_;
  }
  // The same for deliveries that must have succeeded.
  void delivered(std::size_t count) {
    for (const Report& report : reports(count)) TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, report.error);
  }
  // Sends one record, which must be accepted, and waits until it is delivered, so that the client knows the
  // topic.
  void warm_up(const std::string& topic) {
    const std::size_t before = reports_.size();
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, traced_.send({.topic = topic.c_str(), .key = "warm-up"}));
    delivered(before + 1);
  }

 private:
  rd_kafka_conf_t* conf(const Settings& more) {
    Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "0"}};
    for (const auto& [name, value] : more) settings[name] = value;
    rd_kafka_conf_t* made = make_conf(settings);
    rd_kafka_conf_set_opaque(made, this);
    rd_kafka_conf_set_dr_msg_cb(made, [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
      static_cast<ReportingProducer*>(self)->report(message);
    });
    return made;
  }
  void report(const rd_kafka_message_t* message) {
    if (on_report) on_report(message);
    reports_.push_back({message->_private, message->err, text_of(message->key, message->key_len),
                        message->partition, headers_of(message)});
  }

  std::vector<Report> reports_;
  Client client_;  // after what its callback writes to
  TracingProducer traced_;
};

// Puts records on the broker exactly as they are given, through a producer without tracing.
class Feed {
 public:
  void add(const std::string& topic, const std::string& key, const std::vector<RecordHeader>& headers = {},
           std::int32_t partition = 0) {
    rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
    for (const RecordHeader& header : headers) {
      rd_kafka_header_add(list, header.name.data(), static_cast<ssize_t>(header.name.size()),
                          header.value.data(), static_cast<ssize_t>(header.value.size()));
    }
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(const_cast<char*>(key.data()), key.size()),
        RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, error);
  }
  void done() {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_flush(client_.get(), wait_s * 1'000));
  }

 private:
  Client client_ = plain_client(
      RD_KAFKA_PRODUCER, {{"bootstrap.servers", MockCluster::shared().brokers()}, {"linger.ms", "20"}});
};

// A consumer that asks for its partitions itself, and gets records as soon as they are there.
inline Settings consumer_settings(const Settings& more = {}) {
  Settings settings{{"bootstrap.servers", MockCluster::shared().brokers()},
                    {"group.id", "tests"},
                    {"enable.auto.commit", "false"},
                    {"fetch.wait.max.ms", "20"}};
  for (const auto& [name, value] : more) settings[name] = value;
  return settings;
}

// A consumer, without tracing, of all partitions of some topics from their beginning.
class PlainConsumer {
 public:
  explicit PlainConsumer(std::vector<std::pair<std::string, int>> topics, const Settings& more = {})
      : topics_{std::move(topics)} {
    client_ = plain_client(RD_KAFKA_CONSUMER, consumer_settings(more));
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
    for (const auto& [topic, partitions] : topics_) {
      for (int i = 0; i < partitions; ++i)
        rd_kafka_topic_partition_list_add(list, topic.c_str(), i)->offset = 0;
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(client_.get(), list);
    rd_kafka_topic_partition_list_destroy(list);
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, error);
  }

  rd_kafka_t* handle() const noexcept { return client_.get(); }

  // Waits until so many messages, which the topics hold, can be polled, so that one poll can take them all.
  // The queue's length also counts librdkafka's own events, so this waits until each partition has told what
  // it holds, and the queue has stopped growing.
  void wait_for(std::size_t count) {
    constexpr auto quiet = std::chrono::milliseconds{100};
    rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client_.get());
    std::size_t length = 0;
    auto since = std::chrono::steady_clock::now();
    const bool there = eventually([&] {
      const auto now = std::chrono::steady_clock::now();
      const std::size_t seen = rd_kafka_queue_length(queue);
      if (seen != length) since = now;
      length = seen;
      return length >= count && now - since >= quiet && told() >= static_cast<std::int64_t>(count);
    });
    rd_kafka_queue_destroy(queue);
    TEST_ASSERT_TRUE(there);
  }

 private:
  // How many messages the partitions hold of which the consumer has had an answer.
  std::int64_t told() const {
    std::int64_t count = 0;
    for (const auto& [topic, partitions] : topics_) {
      for (int i = 0; i < partitions; ++i) {
        std::int64_t low = 0;
        std::int64_t high = 0;
        (void)rd_kafka_get_watermark_offsets(client_.get(), topic.c_str(), i, &low, &high);
        if (high > 0) count += high;  // below 0: no answer yet
      }
    }
    return count;
  }

  std::vector<std::pair<std::string, int>> topics_;
  Client client_;
};

struct WireRecord {
  std::string key;
  std::vector<Header> headers;
};

// The first `count` records of a topic, as they stand on the broker.
inline std::vector<WireRecord> read_wire(const std::string& topic, std::size_t count, int partitions = 1) {
  PlainConsumer consumer{{{topic, partitions}}};
  std::vector<WireRecord> records;
  TEST_ASSERT_TRUE(eventually([&] {
    if (rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer.handle(), 0)) {
      TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR, message->err);
      records.push_back({text_of(message->key, message->key_len), headers_of(message)});
      rd_kafka_message_destroy(message);
    }
    return records.size() == count;
  }));
  return records;
}

}  // namespace edgespan::test
