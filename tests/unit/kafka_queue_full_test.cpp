// SPDX-License-Identifier: Apache-2.0
// Row 18 of the failure model: a queue of 256 KiB is full, and the application goes on sending. With tracing
// each call answers what it answers without.
#include "support/kafka_clients.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr int sends = 1'000'000;

// Nobody listens there, so that what is accepted stays in the queue.
const Settings settings{{"bootstrap.servers", "127.0.0.1:9"},
                        {"queue.buffering.max.kbytes", "256"},
                        {"message.max.bytes", "2000"},
                        {"message.timeout.ms", "0"}};

struct Told {
  std::map<rd_kafka_resp_err_t, int> codes;
  int first_refused = -1;
  std::uint64_t order = 14'695'981'039'346'656'037U;  // a hash of all codes in their order

  void add(int number, rd_kafka_resp_err_t code) {
    ++codes[code];
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && first_refused < 0) first_refused = number;
    order = (order ^ static_cast<std::uint64_t>(static_cast<std::int64_t>(code))) * 1'099'511'628'211U;
  }
};

// Most of them are plain; some are too large by themselves, and some have headers.
template <typename Send>
Told send_all(Send send) {
  static constexpr std::array<char, 2'100> bytes{};
  Told told;
  for (int i = 0; i < sends; ++i) {
    const std::size_t size = i % 97 == 96 ? bytes.size() : 100;
    told.add(i, send(std::string_view{bytes.data(), size}, i % 5 == 4));
  }
  return told;
}

EDGESPAN_TEST(kafka_a_million_sends_to_a_full_queue_are_told_what_they_are_without_tracing, "kafka") {
  const RecordHeader own[] = {{"own", "x"}};
  Traced traced;
  const auto through = [&](rd_kafka_t* client) {
    TracingProducer producer{traced.kafka, client};
    return send_all([&](std::string_view value, bool with_header) {
      const std::span<const RecordHeader> headers{own, with_header ? std::size_t{1} : 0};
      return producer.send({.topic = "t", .key = "k", .value = value, .headers = headers});
    });
  };
  const Client plain = plain_client(RD_KAFKA_PRODUCER, settings);
  const Told without = send_all([&](std::string_view value, bool with_header) {
    rd_kafka_headers_t* headers = with_header ? rd_kafka_headers_new(1) : nullptr;
    if (with_header) rd_kafka_header_add(headers, "own", 3, "x", 1);
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        plain.get(), RD_KAFKA_V_TOPIC("t"), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY("k", std::size_t{1}), RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && with_header) rd_kafka_headers_destroy(headers);
    return error;
  });
  const Client client{traced.create(RD_KAFKA_PRODUCER, without_metrics(make_conf(settings)))};
  const Told with = through(client.get());
  TEST_ASSERT_EQUAL(without.first_refused, with.first_refused);
  TEST_ASSERT_TRUE(without.codes == with.codes);
  TEST_ASSERT_EQUAL(without.order, with.order);
  TEST_ASSERT_GREATER_THAN(sends * 9 / 10, with.codes.at(RD_KAFKA_RESP_ERR__QUEUE_FULL));
  TEST_ASSERT_EQUAL(sends / 97, with.codes.at(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE));
  // What was accepted is still there; the length also counts librdkafka's own events.
  const int accepted = with.codes.at(RD_KAFKA_RESP_ERR_NO_ERROR);
  for (const Client* of : {&plain, &client}) {
    TEST_ASSERT_GREATER_OR_EQUAL(accepted, rd_kafka_outq_len(of->get()));
  }
  const Books books = traced.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_GREATER_THAN(0, books.finished);
  TEST_ASSERT_EQUAL(0, books.faults + books.headers_failed);
}

}  // namespace
