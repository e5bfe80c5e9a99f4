// SPDX-License-Identifier: Apache-2.0
// How much of a record's key its send span shows.
#include "support/kafka_clients.hpp"

#include <string>
#include <vector>

namespace {

using namespace edgespan;
using namespace edgespan::test;

struct KeyRow {
  std::string key;
  std::string tag;
  bool cut = false;
};

// Sends the keys one by one, so that their spans come in this order.
void check_keys(const KafkaConfig& config, const std::vector<KeyRow>& keys) {
  Traced traced{config};
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  std::uint32_t cut = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TEST_CONTEXT(i);
    TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str(), .key = keys[i].key}));
    producer.delivered(i + 1);
    const DecodedSpan& span = traced.spans(i + 1).back();
    TEST_ASSERT_EQUAL(keys[i].tag, span.tag("kafka.key"));
    TEST_ASSERT_EQUAL(topic, span.tag("kafka.topic"));
    cut += keys[i].cut ? 1 : 0;
    TEST_ASSERT_EQUAL(cut, traced.tracing.books().texts_cut);
  }
}

EDGESPAN_TEST(kafka_send_tags_text_keys_whole_up_to_the_bound_and_counts_a_cut, "kafka") {
  std::string wide;  // 3 bytes a character: 126 of 128 bytes hold whole ones
  for (int i = 0; i < 50; ++i) wide += "\xE2\x82\xAC";
  const std::string exact(128, 'k');
  check_keys({}, {{"plain", "plain"},
                  {wide, wide.substr(0, 126), true},
                  {exact, exact},
                  {exact + "x", exact, true},
                  {std::string(5'000, 'k'), exact, true},
                  {std::string{"\x00\x01\x02\x03", 4}, "<none>"},
                  {exact + "broken\xFF", "<none>"},
                  {"line\nbreak", "<none>"},
                  {"", "<none>"}});
  check_keys({.key_bytes_max = 5}, {{"12345", "12345"}, {"123456", "12345", true}});
  check_keys({.key_bytes_max = 2}, {{"\xE2\x82\xAC", "<none>", true}, {"12", "12"}});
  check_keys({.key_bytes_max = 0}, {{"1", "<none>"}, {exact + "x", "<none>"}});
  const std::string most(key_bytes_most, 'k');
  check_keys({.key_bytes_max = key_bytes_most}, {{most, most}, {most + "x", most, true}});
}

EDGESPAN_TEST(kafka_a_record_without_a_key_has_no_tag_for_it, "kafka") {
  Traced traced;
  ReportingProducer producer{traced};
  const std::string topic = MockCluster::shared().topic();
  TEST_ASSERT_EQUAL(0, producer->send({.topic = topic.c_str()}));
  producer.delivered(1);
  TEST_ASSERT_EQUAL_STRING("<none>", traced.spans(1)[0].tag("kafka.key"));
}

// Every text at its longest: the span is planned for in the memory and arrives.
EDGESPAN_TEST(kafka_the_largest_send_span_arrives, "kafka") {
  const std::string remote(63, 'r');
  const std::string key(key_bytes_most, 'k');
  const std::string value(1'000, 'v');
  Traced traced{KafkaConfig{.remote_service_name = remote, .key_bytes_max = key_bytes_most}};
  ReportingProducer producer{traced, {{"message.max.bytes", "1000"}}};
  const struct {
    std::size_t topic_bytes;
    std::size_t key_bytes;
  } rows[] = {{1, 255}, {55, 255}, {56, 254}, {245, 65}, {246, 64}, {249, 64}};
  std::size_t sent = 0;
  std::uint32_t cut = 0;
  for (const auto& row : rows) {
    const std::string topic(row.topic_bytes, 't');
    TEST_ASSERT_EQUAL(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
                      producer->send({.topic = topic.c_str(), .key = key, .value = value}));
    const DecodedSpan& span = traced.spans(++sent).back();
    TEST_ASSERT_EQUAL(key.substr(0, row.key_bytes), span.tag("kafka.key"));
    TEST_ASSERT_EQUAL(topic, span.tag("kafka.topic"));
    cut += row.key_bytes < key.size() ? 1 : 0;
    TEST_ASSERT_EQUAL(cut, traced.tracing.books().texts_cut);
  }
  TEST_ASSERT_EQUAL(0, traced.tracing.books().dropped_total());
}

}  // namespace
