// SPDX-License-Identifier: Apache-2.0
// A gateway as small as it gets: a producer and a consumer, once without tracing, once with all of it and
// once each with TLS, gzip and OTLP besides. What edgespan adds to a finished program is the difference.
// Usage: gateway [ZIPKIN [BROKERS [ROOTS]]]; without BROKERS, or with an empty one, a broker of librdkafka's
// own inside the process; ROOTS is a PEM file, for TLS.
#include <librdkafka/rdkafka.h>

#include <cstdio>

#ifdef EDGESPAN_SIZE_TRACED
#include <edgespan/board.hpp>
#ifdef EDGESPAN_SIZE_GZIP
#include <edgespan/gzip.hpp>
#endif
#include <edgespan/http_sender.hpp>
#include <edgespan/kafka.hpp>
#ifdef EDGESPAN_SIZE_OTLP
#include <edgespan/otlp_dialect.hpp>
#endif
#ifdef EDGESPAN_SIZE_TLS
#include <edgespan/tls.hpp>
#endif
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

static edgespan::Memory<edgespan::board_limits> memory;
static edgespan::KafkaMemory<edgespan::board_kafka_limits> kafka_memory;
static edgespan::posix::Port port;
static edgespan::Tracing tracing;
static edgespan::HttpSender zipkin;
static edgespan::Reporter reporter;
static edgespan::KafkaTracing kafka;
#ifdef EDGESPAN_SIZE_TLS
static edgespan::mbedtls::Arena arena;
static edgespan::mbedtls::Tls tls;
static char roots[4096];
#endif
#ifdef EDGESPAN_SIZE_GZIP
static edgespan::gzip::Memory<edgespan::board_limits.batch_bytes> packing;
static edgespan::gzip::Gzip gzip;
#endif
#ifdef EDGESPAN_SIZE_OTLP
static edgespan::OtlpRoom<edgespan::board_limits.batch_bytes> room;
static edgespan::OtlpDialect otlp{room.bytes};
static const edgespan::Dialect* const dialect = &otlp.table();
#else
static const edgespan::Dialect* const dialect = nullptr;
#endif
#endif

static constexpr char topic[] = "readings";
static char errstr[256];

#ifdef EDGESPAN_SIZE_TLS
static bool secure(const char* roots_file) {
  std::FILE* const file = roots_file != nullptr ? std::fopen(roots_file, "rb") : nullptr;
  const std::size_t length = file != nullptr ? std::fread(roots, 1, sizeof roots - 1, file) : 0;
  if (file != nullptr) std::fclose(file);
  return tls.init(arena, port.stream(), port.clock(), {.roots = edgespan::mbedtls::pem({roots, length})}) ==
         edgespan::mbedtls::Result::ok;
}
static const edgespan_stream& uplink() { return tls.stream(); }
#elif defined(EDGESPAN_SIZE_TRACED)
static bool secure(const char*) { return true; }
static const edgespan_stream& uplink() { return port.stream(); }
#endif

#ifdef EDGESPAN_SIZE_GZIP
static const edgespan_gzip* packer() { return gzip.init(packing) ? &gzip.table() : nullptr; }
#elif defined(EDGESPAN_SIZE_TRACED)
static const edgespan_gzip* packer() { return nullptr; }
#endif

static bool start([[maybe_unused]] const char* collector, [[maybe_unused]] const char* roots_file) {
#ifdef EDGESPAN_SIZE_TRACED
  using enum edgespan::Status;
  return port.init() && secure(roots_file) &&
         tracing.init(memory, {.local = {.service_name = "gateway"}}, port.clock()) == ok &&
         zipkin.init(uplink(), collector, {.gzip = packer(), .dialect = dialect}) == ok &&
         reporter.init(tracing, zipkin.sender()) == ok && reporter.start(port.worker()) == ok &&
         kafka.init(tracing, kafka_memory.inflight) == ok;
#else
  return true;
#endif
}

static rd_kafka_t* create(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
#ifdef EDGESPAN_SIZE_TRACED
  return kafka.create(type, conf, errstr, sizeof errstr);
#else
  return rd_kafka_new(type, conf, errstr, sizeof errstr);
#endif
}

static bool set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  return rd_kafka_conf_set(conf, name, value, errstr, sizeof errstr) == RD_KAFKA_CONF_OK;
}

// The address of `client`'s own broker, where it is one of librdkafka's inside this process.
static const char* own_broker(rd_kafka_t* client) {
  const rd_kafka_metadata_t* metadata = nullptr;
  static char address[128];
  if (rd_kafka_metadata(client, 1, nullptr, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) return nullptr;
  std::snprintf(address, sizeof address, "%s:%d", metadata->brokers[0].host, metadata->brokers[0].port);
  rd_kafka_metadata_destroy(metadata);
  return address;
}

static bool produce(rd_kafka_t* client) {
#ifdef EDGESPAN_SIZE_TRACED
  edgespan::TracingProducer producer{kafka, client};
  const auto result = producer.send({.topic = topic, .key = "pump-1", .value = "21.5"});
#else
  const auto result = rd_kafka_producev(client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY("pump-1", 6),
                                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                        RD_KAFKA_V_VALUE(const_cast<char*>("21.5"), 4), RD_KAFKA_V_END);
#endif
  return result == RD_KAFKA_RESP_ERR_NO_ERROR && rd_kafka_flush(client, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool consume(rd_kafka_t* client) {
#ifdef EDGESPAN_SIZE_TRACED
  edgespan::TracingConsumer consumer{kafka, client, kafka_memory.consumer};
#endif
  for (int tries = 0; tries < 100; ++tries) {
#ifdef EDGESPAN_SIZE_TRACED
    for (auto& record : consumer.poll(std::chrono::milliseconds{200})) {
      auto span = kafka.next_span(record).name("process");
      span.finish();
      return record.value().size() == 4;
    }
#else
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client, 200);
    if (message == nullptr) continue;
    const bool good = message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->len == 4;
    rd_kafka_message_destroy(message);
    if (good) return true;
#endif
  }
  return false;
}

static int fail(const char* what) {
  std::printf("gateway: %s: %s\n", what, errstr);
  return 1;
}

int main(int argc, char** argv) {
  if (!start(argc > 1 ? argv[1] : "http://127.0.0.1:9411", argc > 3 ? argv[3] : nullptr))
    return fail("start");
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const bool own = argc < 3 || *argv[2] == '\0';
  if (!set(conf, own ? "test.mock.num.brokers" : "bootstrap.servers", own ? "1" : argv[2]))
    return fail("conf");
  rd_kafka_t* producer = create(RD_KAFKA_PRODUCER, conf);
  if (producer == nullptr || !produce(producer)) return fail("produce");
#ifdef EDGESPAN_SIZE_TLS
  // The rest goes out by a connection of its own, which takes up the session of this one.
  if (reporter.flush(60'000) != edgespan::Status::ok) return fail("the first span was not sent");
#endif

  const char* brokers = own ? own_broker(producer) : argv[2];
  conf = rd_kafka_conf_new();
  if (brokers == nullptr || !set(conf, "bootstrap.servers", brokers) || !set(conf, "group.id", "gateway") ||
      !set(conf, "auto.offset.reset", "earliest"))
    return fail("conf");
  rd_kafka_t* consumer = create(RD_KAFKA_CONSUMER, conf);
  if (consumer == nullptr) return fail("consumer");
  rd_kafka_poll_set_consumer(consumer);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(consumer, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  if (!consume(consumer)) return fail("consume");
  rd_kafka_consumer_close(consumer);
#ifdef EDGESPAN_SIZE_TRACED
  const edgespan::Status sent = reporter.stop(60'000);
  if (argc > 1 && sent != edgespan::Status::ok) return fail("the spans were not sent");
#endif
#ifdef EDGESPAN_SIZE_TLS
  const edgespan::mbedtls::Counters counted = tls.counters();
  std::printf("handshakes %u resumed %u arena %u of %zu records %zu %zu\n",
              static_cast<unsigned>(counted.handshakes), static_cast<unsigned>(counted.resumed),
              static_cast<unsigned>(counted.arena_high_water_bytes), sizeof arena,
              edgespan::mbedtls::in_bytes, edgespan::mbedtls::out_bytes);
#endif
  std::printf("gateway: one record there and back\n");
  return 0;
}
