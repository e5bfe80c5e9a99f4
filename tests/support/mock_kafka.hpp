// SPDX-License-Identifier: Apache-2.0
// Kafka for tests: librdkafka's in-process cluster, a tracing whose spans are kept, and clients around both.
// A test declares Traced first and its clients after it, so that the clients are destroyed first.
#pragma once

#include <edgespan/basic_agent.hpp>
#include <edgespan/kafka.hpp>

#include "support/decoded_span.hpp"
#include "support/test.hpp"

#include <librdkafka/rdkafka_mock.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace edgespan::test {

inline constexpr int wait_s = 20;  // until a test gives up; none needs a tenth of it

// Repeats the check until it is true. False: it was not true before the time was up.
template <typename Condition>
bool eventually(Condition condition) {
  const auto begun = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - begun > std::chrono::seconds{wait_s}) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

using Settings = std::map<std::string, std::string>;

inline rd_kafka_conf_t* make_conf(const Settings& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char errstr[256];
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), errstr, sizeof errstr) != RD_KAFKA_CONF_OK)
      TEST_FAIL_MESSAGE(errstr);
  }
  rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char*) {});
  return conf;
}

struct ClientDeleter {
  void operator()(rd_kafka_t* rk) const noexcept { rd_kafka_destroy(rk); }
};
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

// Switches off the metrics that librdkafka pushes by default from 2.5 on. A client with them may take a
// second to be destroyed, because it waits for a signal that may have been given already. Older releases lack
// the setting.
inline rd_kafka_conf_t* without_metrics(rd_kafka_conf_t* conf) {
  (void)rd_kafka_conf_set(conf, "enable.metrics.push", "false", nullptr, 0);
  return conf;
}

inline Client plain_client(rd_kafka_type_t type, const Settings& settings) {
  char errstr[256] = "";
  rd_kafka_t* rk = rd_kafka_new(type, without_metrics(make_conf(settings)), errstr, sizeof errstr);
  TEST_CONTEXT(errstr);
  TEST_ASSERT_NOT_NULL(rk);
  return Client{rk};
}

// One broker for all tests of the program, on 127.0.0.1. Every test has topics of its own, created before the
// first message: a topic that the first message creates costs a second.
class MockCluster {
 public:
  static MockCluster& shared() {
    static MockCluster cluster;
    return cluster;
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;
  ~MockCluster() { rd_kafka_mock_cluster_destroy(cluster_); }

  std::string topic(int partitions = 1) {
    std::string name = "topic" + std::to_string(++topics_);
    create(name, partitions);
    return name;
  }
  // A topic with a name of the caller's, which may be one that no real broker takes.
  void create(const std::string& name, int partitions = 1) {
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_NO_ERROR,
                      rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1));
  }
  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  // The next produce requests are answered with these errors, one each.
  void fail_produce(std::initializer_list<rd_kafka_resp_err_t> errors) {
    constexpr std::int16_t produce_request = 0;
    for (const rd_kafka_resp_err_t error : errors) {
      rd_kafka_mock_push_request_errors(cluster_, produce_request, 1, error);
    }
  }
  // Sets the error that a producer gets when it asks about the topic.
  void fail_topic(const std::string& topic, rd_kafka_resp_err_t error) {
    rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), error);
  }

 private:
  MockCluster()
      : owner_{plain_client(RD_KAFKA_PRODUCER, {})}, cluster_{rd_kafka_mock_cluster_new(owner_.get(), 1)} {
    TEST_ASSERT_NOT_NULL(cluster_);
  }

  Client owner_;
  rd_kafka_mock_cluster_t* cluster_;
  int topics_ = 0;
};

// The system's clocks; a test may move them forward.
class TestClock {
 public:
  TestClock() : table_{this, mono_us, wall_us, entropy, pause, nullptr, nullptr} {}
  TestClock(const TestClock&) = delete;
  TestClock& operator=(const TestClock&) = delete;

  const edgespan_clock& table() const noexcept { return table_; }
  void advance_s(std::uint64_t seconds) { ahead_us_ += seconds * 1'000'000; }
  // How often the monotonic clock was read.
  std::uint64_t reads() const { return reads_; }

 private:
  static std::uint64_t read_us(clockid_t id) {
    timespec now{};
    clock_gettime(id, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
  }
  static std::uint64_t mono_us(void* self) {
    auto& clock = *static_cast<TestClock*>(self);
    ++clock.reads_;
    return read_us(CLOCK_MONOTONIC) + clock.ahead_us_;
  }
  static std::uint64_t wall_us(void* self) {
    return read_us(CLOCK_REALTIME) + static_cast<TestClock*>(self)->ahead_us_;
  }
  static bool entropy(void*, void* out, std::size_t n) {
    std::random_device random;
    for (std::size_t i = 0; i < n; ++i)
      static_cast<unsigned char*>(out)[i] = static_cast<unsigned char>(random());
    return true;
  }
  static void pause(void*, std::uint64_t us) { std::this_thread::sleep_for(std::chrono::microseconds{us}); }

  std::atomic<std::uint64_t> ahead_us_{0};
  std::atomic<std::uint64_t> reads_{0};
  edgespan_clock table_;
};

// A collector that accepts everything and keeps it.
struct CapturingSender {
  std::vector<DecodedSpan> spans;

  Sender table() {
    const auto offer = [](void* self, std::span<const std::byte> batch, std::uint64_t) {
      auto& kept = static_cast<CapturingSender*>(self)->spans;
      for (DecodedSpan& span : decode_spans(batch)) kept.push_back(std::move(span));
      SendResult result;
      result.outcome = Outcome::delivered;
      result.status = 202;
      return result;
    };
    return {this, offer, [](void*) {}};
  }
};

// A whole agent without a thread: spans are sent when the test asks for them.
template <Limits L = Limits{}, KafkaLimits K = KafkaLimits{}>
struct Traced {
  explicit Traced(const KafkaConfig& config = {}, TracingConfig tracing_config = {}) {
    if (tracing_config.local.service_name == "unknown") tracing_config.local.service_name = "gateway";
    const AgentStatus started = agent->start({.tracing = tracing_config}, clock.table(), sender.table());
    TEST_ASSERT_EQUAL_STRING("ok", started.text());
    TEST_ASSERT_EQUAL(Status::ok, kafka.init(tracing, kafka_memory->inflight, config));
  }

  rd_kafka_t* create(rd_kafka_type_t type, const Settings& settings) {
    return create(type, make_conf(settings));
  }
  rd_kafka_t* create(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
    char errstr[256] = "";
    rd_kafka_t* rk = kafka.create(type, conf, errstr, sizeof errstr);
    TEST_CONTEXT(errstr);
    TEST_ASSERT_NOT_NULL(rk);
    return rk;
  }

  // All spans that were delivered so far. Fails if the books do not add up or count another number.
  const std::vector<DecodedSpan>& spans(std::size_t expected) {
    TEST_ASSERT_EQUAL(Status::ok, reporter.flush(5'000));
    check_books(expected);
    TEST_ASSERT_EQUAL(expected, sender.spans.size());
    return sender.spans;
  }
  void check_books(std::size_t finished) {
    const Books books = tracing.books();
    TEST_ASSERT_EQUAL(finished, books.finished);
    TEST_ASSERT_TRUE(books.balanced());
    TEST_ASSERT_EQUAL(0, books.faults);
    TEST_ASSERT_EQUAL(0, books.headers_failed);
  }
  // As spans(), after the agent's stop.
  const std::vector<DecodedSpan>& stop(std::size_t expected) {
    TEST_ASSERT_EQUAL(Status::ok, reporter.stop(5'000));
    check_books(expected);
    TEST_ASSERT_EQUAL(expected, sender.spans.size());
    return sender.spans;
  }

  TestClock clock;
  CapturingSender sender;
  std::unique_ptr<KafkaMemory<K>> kafka_memory =
      std::make_unique<KafkaMemory<K>>();  // the agent's stop looks at it
  std::unique_ptr<BasicAgent<L>> agent = std::make_unique<BasicAgent<L>>();
  Tracing& tracing = agent->tracing();
  Reporter& reporter = agent->reporter();
  KafkaTracing kafka;
};

struct Header {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Header&, const Header&) = default;
};
inline std::ostream& operator<<(std::ostream& out, const Header& header) {
  return out << header.name << '=' << header.value.value_or("<null>");
}

inline std::vector<Header> headers_of(const rd_kafka_message_t* message) {
  std::vector<Header> out;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    Header& header = out.emplace_back();
    header.name = name;
    if (value != nullptr) header.value = std::string{static_cast<const char*>(value), size};
  }
  return out;
}

// The value of the last `b3` header, or nothing.
inline std::string b3_of(const std::vector<Header>& headers) {
  std::string found;
  for (const Header& header : headers) {
    if (header.name == "b3") found = header.value.value_or("");
  }
  return found;
}

// trace-span-decision, as written for a delivered span.
inline std::string b3_of(const DecodedSpan& span) {
  return span.trace_id + "-" + span.id + (span.debug ? "-d" : "-1");
}

inline std::string text_of(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

}  // namespace edgespan::test
