// SPDX-License-Identifier: Apache-2.0
// produceva on librdkafka's mock cluster, with tracing and without it. The plain call carries a header of the
// size that tracing writes. What counts is the caller's time; the client's threads have theirs. The queue is
// emptied, off the clock, long before it is full.
#include <edgespan/kafka.hpp>

#include <memory>

#include "bench/client.hpp"

#include <array>
#include <span>
#include <string>

namespace {

using namespace edgespan;
using namespace edgespan::bench;

constexpr std::uint32_t between_flushes = 400;
constexpr int rounds = 40'000;

rd_kafka_conf_t* client_conf() {
  static const MockBroker broker;
  return make_conf({{"bootstrap.servers", broker.address()}});
}

// The arguments of one call: topic, key, value, and a header of its own or none.
class Arguments {
 public:
  explicit Arguments(bool header) : count_{all_.size() - (header ? 0U : 1U)} {
    all_[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    all_[0].u.cstr = topic.data();
    all_[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    all_[1].u.i = RD_KAFKA_MSG_F_COPY;
    all_[2].vtype = RD_KAFKA_VTYPE_KEY;
    all_[2].u.mem = {key_.data(), key_.size()};
    all_[3].vtype = RD_KAFKA_VTYPE_VALUE;
    all_[3].u.mem = {value_.data(), value_.size()};
    all_[4].vtype = RD_KAFKA_VTYPE_HEADER;
    all_[4].u.header = {"b3", b3_value.data(), static_cast<ssize_t>(header_bytes)};
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  const rd_kafka_vu_t* data() const noexcept { return all_.data(); }
  std::size_t size() const noexcept { return count_; }

 private:
  std::string key_{key};
  std::string value_ = std::string(value_bytes, 'v');
  std::array<rd_kafka_vu_t, 5> all_{};
  std::size_t count_;
};

template <typename Produce, typename Between>
void measure_produce(benchmark::State& state, rd_kafka_t* producer, Produce produce, Between between) {
  const auto flush = [&] {
    must(rd_kafka_flush(producer, 10'000) == RD_KAFKA_RESP_ERR_NO_ERROR, "rd_kafka_flush");
    between();
  };
  must(produce() == nullptr, "produceva");
  flush();  // from here on the client knows the topic
  measure(
      state, between_flushes, [&] { must(produce() == nullptr, "produceva"); }, flush);
  rd_kafka_destroy(producer);
}

void plain(benchmark::State& state) {
  const Arguments arguments{true};
  char errstr[256];
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, client_conf(), errstr, sizeof errstr);
  must(producer != nullptr, "rd_kafka_new");
  measure_produce(
      state, producer, [&] { return rd_kafka_produceva(producer, arguments.data(), arguments.size()); },
      [] {});
}

void traced(benchmark::State& state) {
  const Arguments arguments{false};
  Agent<Limits{.ring_bytes = 131'072}> agent;
  const auto kafka_memory = std::make_unique<KafkaMemory<KafkaLimits{.inflight_max = 1'024}>>();
  KafkaTracing kafka;
  must(kafka.init(agent.tracing, kafka_memory->inflight) == Status::ok, "KafkaTracing::init");
  char errstr[256];
  rd_kafka_t* rk = kafka.create(RD_KAFKA_PRODUCER, client_conf(), errstr, sizeof errstr);
  must(rk != nullptr, "KafkaTracing::create");
  TracingProducer producer{kafka, rk};
  const Scope scope{agent.tracing, context};
  measure_produce(
      state, rk, [&] { return producer.produceva(arguments.data(), arguments.size()); },
      [&] { agent.drain(); });
  agent.check();
  const Books books = agent.tracing.books();
  must(books.delivered > 0 && books.inflight_full == 0 && books.headers_failed == 0,
       "a span for every record");
}

BENCHMARK(traced)->Name("produceva_mock/edgespan")->Iterations(rounds);
BENCHMARK(plain)->Name("produceva_mock/plain")->Iterations(rounds);

}  // namespace
