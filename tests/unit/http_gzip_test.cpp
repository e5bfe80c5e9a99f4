// SPDX-License-Identifier: Apache-2.0
// The sender with a packer: what goes over the line, and a collector that does not take it. The packer is the
// test's own, so that each byte is known; gzip_test.cpp has zlib.
#include <edgespan/http_sender.hpp>

#include <string>
#include <vector>

#include "support/test.hpp"
#include "unit/http_world.hpp"
#include "unit/uplink_world.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;
using sim::Peer;

// "Packs" to `packed`, or finds that it does not pay.
struct Packer {
  bool pays = true;
  std::string packed = "PACKED";
  int calls = 0;
  edgespan_gzip table{this, [](void* self, const void*, std::size_t, std::size_t* n) -> const void* {
                        Packer& packer = *static_cast<Packer*>(self);
                        ++packer.calls;
                        *n = packer.packed.size();
                        return packer.pays ? packer.packed.data() : nullptr;
                      }};
};

Peer answering(std::vector<std::string> replies) {
  Peer peer;
  peer.replies = std::move(replies);
  return peer;
}

EDGESPAN_TEST(http_gzip_the_request_is_exactly_this, "http") {
  Packer packer;
  HttpWorld t({answering({http_reply(202), http_reply(202)})}, {.gzip = &packer.table});
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  packer.pays = false;
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  TEST_ASSERT_EQUAL_STRING(
      "POST /api/v2/spans HTTP/1.1\r\nHost: zipkin:9411\r\nContent-Type: application/x-protobuf\r\n"
      "b3: 0\r\nContent-Length: 6\r\nContent-Encoding: gzip\r\n\r\n",
      t.world.requests().at(0).head);
  TEST_ASSERT_EQUAL_STRING("PACKED", t.world.requests().at(0).body);
  TEST_ASSERT_EQUAL_STRING(
      "POST /api/v2/spans HTTP/1.1\r\nHost: zipkin:9411\r\nContent-Type: application/x-protobuf\r\n"
      "b3: 0\r\nContent-Length: 16\r\n\r\n",
      t.world.requests().at(1).head);
  TEST_ASSERT_EQUAL_STRING(t.batch, t.world.requests().at(1).body);
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(http_gzip_the_longest_head_has_room, "http") {
  Packer packer;
  packer.packed = std::string(100'000, 'p');
  sim::World world(1);
  world.set_peers({answering({http_reply(202)})});
  HttpSender http;
  const std::string url = "http://" + std::string(253, 'h') + ":65535/" + std::string(254, 'p');
  TEST_ASSERT_TRUE(http.init(world.stream(), url, {.gzip = &packer.table}) == Status::ok);
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  SendResult result;
  while (result.outcome == Outcome::pending) {
    result = sender.offer(sender.ctx, batch, world.now_us());
    world.advance(1'000);
  }
  TEST_ASSERT_TRUE(result.outcome == Outcome::delivered);
  TEST_ASSERT_EQUAL_STRING(packer.packed, world.requests().at(0).body);
}

EDGESPAN_TEST(http_gzip_what_is_not_taken_goes_out_as_it_is_from_then_on, "http") {
  for (const int status : {400, 415}) {
    Packer packer;
    HttpWorld t({answering({http_reply(status)}), answering({http_reply(202), http_reply(202)})},
                {.gzip = &packer.table});
    const SendResult first = t.offer();
    TEST_ASSERT_TRUE(first.outcome == Outcome::later);
    TEST_ASSERT_EQUAL_INT(status, first.status);
    TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
    TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
    TEST_ASSERT_EQUAL_INT(1, packer.calls);
    TEST_ASSERT_EQUAL_UINT64(2, t.world.connections());  // the packed body may lie unread in the first one
    TEST_ASSERT_EQUAL_STRING(t.batch, t.world.requests().at(1).body);
    TEST_ASSERT_EQUAL_STRING(t.batch, t.world.requests().at(2).body);
  }
}

EDGESPAN_TEST(http_gzip_other_answers_mean_what_they_always_do, "http") {
  for (const auto& [status, outcome] : {std::pair{404, Outcome::refused},
                                        {413, Outcome::too_large},
                                        {503, Outcome::overloaded},
                                        {202, Outcome::delivered}}) {
    Packer packer;
    HttpWorld t({answering({http_reply(status), http_reply(202)})}, {.gzip = &packer.table});
    TEST_ASSERT_TRUE(t.offer().outcome == outcome);
    TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
    TEST_ASSERT_EQUAL_STRING("PACKED", t.world.requests().at(1).body);
  }
}

// The whole agent, and a collector that knows no gzip: it never says anything but 400 to a packed body.
EDGESPAN_TEST(http_gzip_a_collector_without_it_costs_a_retry_and_no_span, "http") {
  Packer packer;
  UplinkWorld<> world{{.flush_ms = 100}, {.gzip = &packer.table}};
  world.collector.answer = [](const std::string& body) { return reply(body == "PACKED" ? 400 : 202); };
  world.finish_spans(20);
  world.run_for(10 * world.second);
  TEST_ASSERT_EQUAL_UINT64(20, world.books().delivered);
  TEST_ASSERT_EQUAL_UINT64(1, world.books().retries);
  TEST_ASSERT_EQUAL_UINT64(0, world.books().cuts);
  world.check_collected();
}

}  // namespace
