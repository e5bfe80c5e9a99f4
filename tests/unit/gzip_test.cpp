// SPDX-License-Identifier: Apache-2.0
// Packing by zlib in memory that is given once: what comes out is gzip of the same spans, and it pays.
#include <edgespan/basic_agent.hpp>
#include <edgespan/gzip.hpp>

#include <zlib.h>

#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "support/mock_kafka.hpp"
#include "support/test.hpp"
#include "support/unpacked.hpp"
#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

constexpr std::size_t batch_bytes = 16'384;

// A batch of a gateway's send spans, as the agent encodes them.
std::string batch_of_spans(std::size_t count) {
  static const auto agent =
      std::make_unique<BasicAgent<Limits{.ring_bytes = 65'536, .batch_bytes = 65'536}>>();
  std::string batch;
  const Sender sender{&batch,
                      [](void* self, std::span<const std::byte> bytes, std::uint64_t) {
                        static_cast<std::string*>(self)->append(reinterpret_cast<const char*>(bytes.data()),
                                                                bytes.size());
                        SendResult result;
                        result.outcome = Outcome::delivered;
                        return result;
                      },
                      [](void*) {}};
  TestClock clock;
  TEST_ASSERT_TRUE(agent->start({.service_name = "truck-gateway"}, clock.table(), sender).ok());
  for (std::size_t i = 0; i < count; ++i) {
    agent->tracing()
        .span("send")
        .kind(Kind::producer)
        .tag("kafka.key", "truck-" + std::to_string(i))
        .tag("kafka.topic", "truck.cargo")
        .remote_service_name("kafka")
        .finish();
  }
  TEST_ASSERT_EQUAL(Status::ok, agent->stop(5'000));
  return batch;
}

std::optional<std::string> pack(const gzip::Gzip& gzip, const std::string& batch) {
  std::size_t n = 0;
  const void* const packed = gzip.table().pack(gzip.table().ctx, batch.data(), batch.size(), &n);
  if (packed == nullptr) return std::nullopt;
  return std::string{static_cast<const char*>(packed), n};
}

struct Packing {
  std::unique_ptr<gzip::Memory<batch_bytes>> memory = std::make_unique<gzip::Memory<batch_bytes>>();
  gzip::Gzip gzip;
  Packing() { TEST_ASSERT_TRUE(gzip.init(*memory)); }
};

EDGESPAN_TEST(gzip_a_batch_becomes_a_third_and_comes_out_whole, "gzip") {
  const Packing packing;
  const std::string batch = batch_of_spans(120);
  TEST_ASSERT_LESS_THAN(batch_bytes, batch.size());
  const std::string packed = pack(packing.gzip, batch).value();
  TEST_MESSAGE(std::to_string(batch.size()) + " bytes become " + std::to_string(packed.size()));
  TEST_ASSERT_TRUE(packed.size() * 3 < batch.size());
  TEST_ASSERT_TRUE(unpacked(packed) == batch);
  TEST_ASSERT_TRUE(pack(packing.gzip, batch) == packed);  // sent again, it is the same to the byte
  const gzip::Counters counters = packing.gzip.counters();
  TEST_ASSERT_EQUAL_UINT32(2, counters.packed);
  TEST_ASSERT_EQUAL_UINT32(2 * batch.size(), counters.before_bytes);
  TEST_ASSERT_EQUAL_UINT32(2 * packed.size(), counters.after_bytes);
  TEST_ASSERT_EQUAL_UINT32(0, counters.not_worth_it);
}

EDGESPAN_TEST(gzip_what_does_not_pay_is_left_as_it_is, "gzip") {
  const Packing packing;
  std::mt19937_64 random{1};
  std::string noise(8'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  TEST_ASSERT_FALSE(pack(packing.gzip, noise).has_value());
  TEST_ASSERT_FALSE(pack(packing.gzip, std::string(gzip::batch_bytes_min - 1, 'x')).has_value());
  TEST_ASSERT_TRUE(pack(packing.gzip, std::string(gzip::batch_bytes_min, 'x')).has_value());
  // Half noise: smaller, but not by so much that it has room.
  TEST_ASSERT_FALSE(pack(packing.gzip, noise + noise + std::string(384, 'x')).has_value());
  TEST_ASSERT_EQUAL_UINT32(3, packing.gzip.counters().not_worth_it);
  const std::string batch = batch_of_spans(50);  // what was given up leaves nothing behind
  TEST_ASSERT_TRUE(unpacked(pack(packing.gzip, batch).value()) == batch);
}

// A body that is only a little smaller must still be smaller than the header line that announces it.
EDGESPAN_TEST(gzip_a_packed_body_is_always_shorter_than_the_batch_and_its_header_line, "gzip") {
  const Packing packing;
  std::mt19937_64 random{2};
  for (std::size_t same = 0; same < 300; same += 7) {
    std::string batch(300, 'x');
    for (std::size_t i = same; i < batch.size(); ++i) batch[i] = static_cast<char>(random());
    const auto packed = pack(packing.gzip, batch);
    TEST_ASSERT_TRUE(!packed || packed->size() + gzip::header_bytes <= batch.size());
  }
}

EDGESPAN_TEST(gzip_memory_that_is_too_small_is_refused, "gzip") {
  std::vector<std::byte> memory(gzip::state_bytes);
  gzip::Gzip gzip;
  TEST_ASSERT_FALSE(pack(gzip, std::string(1'000, 'x')).has_value());
  TEST_ASSERT_FALSE(gzip.init(std::span{memory}.first(gzip::state_bytes - 1)));
  TEST_ASSERT_TRUE(gzip.init(memory));
  TEST_ASSERT_FALSE(gzip.init(memory));
  TEST_ASSERT_FALSE(pack(gzip, std::string(1'000, 'x')).has_value());  // there is no room for what is packed
}

// The state is as large as zlib asks for, and not twice that.
EDGESPAN_TEST(gzip_the_state_is_what_zlib_asks_for, "gzip") {
  std::size_t asked = 0;
  z_stream stream{};
  stream.opaque = &asked;
  stream.zalloc = [](void* sum, unsigned count, unsigned size) {
    *static_cast<std::size_t*>(sum) += std::size_t{count} * size;
    return std::calloc(count, size);
  };
  stream.zfree = [](void*, void* bytes) { std::free(bytes); };
  TEST_ASSERT_EQUAL(Z_OK,
                    deflateInit2(&stream, -1, Z_DEFLATED, gzip::window_bits + 16, gzip::memory_level, 0));
  deflateEnd(&stream);
  TEST_MESSAGE(std::to_string(asked) + " bytes");
  TEST_ASSERT_TRUE(asked <= gzip::state_bytes && gzip::state_bytes < asked * 5 / 4);
}

// All of it: spans in, gzip over a line that breaks, the same spans out.
EDGESPAN_TEST(gzip_the_agents_spans_arrive_packed, "gzip") {
  const Packing packing;
  UplinkWorld<Limits{.batch_bytes = batch_bytes}> world{{.flush_ms = 100}, {.gzip = &packing.gzip.table()}};
  int answers = 0;
  world.collector.answer = [&](const std::string&) { return reply(answers++ == 0 ? 503 : 202); };
  world.collector.spans_in = unpacked;
  world.finish_spans(60, "read the meter");
  world.run_for(20 * world.second);
  TEST_ASSERT_EQUAL_UINT64(60, world.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(1, world.books().resent);
  world.check_collected();
  const std::vector<std::string>& bodies = world.collector.bodies;
  TEST_ASSERT_EQUAL(2, bodies.size());
  TEST_ASSERT_TRUE(bodies[0] == bodies[1]);
  TEST_ASSERT_EQUAL_UINT64(unpacked(bodies[1]).size(), world.books().bytes_delivered);
  TEST_ASSERT_TRUE(world.books().bytes_sent < world.books().bytes_delivered);  // although it was sent twice
}

}  // namespace
