// SPDX-License-Identifier: Apache-2.0
// A collector that takes trace ids of 16 bytes alone: it says so once, and from then on shorter ids go out
// with zeros in front of them.
#include <edgespan/http_sender.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "http/wide_ids.hpp"
#include "support/random_span.hpp"
#include "support/test.hpp"
#include "unit/http_world.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;
using sim::Peer;

// As the Collector's zipkin receiver says it (0.165, observed).
const std::string refusal = "invalid TraceID: has length 8 yet wanted length 16\n";

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A span with a trace id of 64 or of 128 bits, and a tag of so many bytes.
std::string element(std::uint64_t trace_hi, std::size_t tag_bytes) {
  SpanDraft draft{trace_hi, 0x48485a3953bb6124, 0, 0xa2fb4a1d1a96d312};
  draft.tag("k", std::string(tag_bytes, 'v'));
  return text_of(draft.encoded());
}

// The same bytes by the plainest of ways: the whole element anew.
std::string widened(const std::string& narrow) {
  const std::size_t frame = static_cast<unsigned char>(narrow[1]) < 0x80 ? 2 : 3;
  std::string body = narrow.substr(frame);
  if (body[1] == 8) body = std::string("\x0a\x10\0\0\0\0\0\0\0\0", 10) + body.substr(2);
  std::string out = "\x0a";
  std::size_t size = body.size();
  for (; size >= 0x80; size >>= 7) out += static_cast<char>(size | 0x80);
  return out + static_cast<char>(size) + body;
}

std::string in_pieces(const std::string& portion, std::size_t at, std::size_t step) {
  const auto bytes = std::as_bytes(std::span(portion));
  http_detail::WideHead head;
  std::string out;
  for (;;) {
    const std::span<const std::byte> piece = http_detail::wide_piece(bytes, at, head);
    if (piece.empty()) return out;
    const std::size_t taken = std::min(step, piece.size());
    out += text_of(piece.first(taken));
    at += taken;
  }
}

EDGESPAN_TEST(short_ids_get_zeros_in_front_wherever_the_sending_stands, "http") {
  // Of lengths that take one byte, and one that takes two when it is wide.
  for (const std::size_t tag_bytes : {std::size_t{3}, std::size_t{80}, std::size_t{84}, std::size_t{300}}) {
    for (const char* const row : {"s", "w", "sw", "ws", "sws", "wssw", "ww", "sss"}) {
      TEST_CONTEXT(row << " " << tag_bytes);
      std::string portion, want;
      for (const char* one = row; *one != '\0'; ++one) {
        const std::string narrow = element(*one == 'w' ? 7 : 0, tag_bytes + portion.size() % 5);
        portion += narrow;
        want += widened(narrow);
      }
      TEST_ASSERT_EQUAL(want.size(), http_detail::wide_bytes(std::as_bytes(std::span(portion))));
      for (std::size_t at = 0; at <= want.size(); ++at) {
        TEST_ASSERT_TRUE(in_pieces(portion, at, 7) == want.substr(at));
      }
      TEST_ASSERT_TRUE(in_pieces(portion, 0, want.size()) == want);
    }
  }
}

// What is no element goes out as it is, and nothing beyond it is looked at.
EDGESPAN_TEST(damaged_elements_lose_no_byte_but_for_zeros, "http") {
  Random random{20'261'203};
  for (int round = 0; round < 5'000; ++round) {
    std::string sound = element(0, random.below(100)) + element(random.below(2), random.below(200));
    sound.resize(random.below(sound.size() + 1));
    for (std::uint64_t n = random.below(3); n != 0 && !sound.empty(); --n) {
      sound[random.below(sound.size())] = static_cast<char>(random.next());
    }
    const auto exact = std::make_unique<char[]>(sound.size());
    std::copy(sound.begin(), sound.end(), exact.get());
    const auto bytes = std::as_bytes(std::span(exact.get(), sound.size()));
    http_detail::WideHead head;
    std::size_t at = 0;
    while (true) {
      const auto piece = http_detail::wide_piece(bytes, at, head);
      if (piece.empty()) break;
      at += piece.size();
    }
    TEST_ASSERT_EQUAL(http_detail::wide_bytes(bytes), at);
    TEST_ASSERT_GREATER_OR_EQUAL(sound.size(), at);
  }
}

Peer answering(std::vector<std::string> replies) {
  Peer peer;
  peer.replies = std::move(replies);
  return peer;
}

EDGESPAN_TEST(a_collector_that_wants_wide_ids_gets_them_from_then_on, "http") {
  HttpWorld t({answering({http_reply(400, "", refusal), http_reply(202), http_reply(202), http_reply(202)})});
  const std::string narrow = element(0, 3), wide = element(7, 3);
  t.batch = wide + narrow;
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::later);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  t.batch = narrow;
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  t.batch = wide;
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  const auto& requests = t.world.requests();
  TEST_ASSERT_EQUAL(4, requests.size());
  TEST_ASSERT_TRUE(requests[0].body == wide + narrow);
  TEST_ASSERT_TRUE(requests[1].body == wide + widened(narrow));
  TEST_ASSERT_TRUE(requests[2].body == widened(narrow));
  TEST_ASSERT_TRUE(requests[3].body == wide);
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(a_refusal_that_wide_ids_do_not_mend_is_malformed, "http") {
  // Of what is wide already, of what was made wide, and in other words.
  HttpWorld wide({answering({http_reply(400, "", refusal)})});
  wide.batch = element(7, 3);
  TEST_ASSERT_TRUE(wide.offer().outcome == Outcome::malformed);
  HttpWorld twice({answering({http_reply(400, "", refusal), http_reply(400, "", refusal)})});
  twice.batch = element(0, 3);
  TEST_ASSERT_TRUE(twice.offer().outcome == Outcome::later);
  TEST_ASSERT_TRUE(twice.offer().outcome == Outcome::malformed);
  HttpWorld other({answering({http_reply(400, "", "invalid SpanID: has length 7 yet wanted length 8")})});
  other.batch = element(0, 3);
  TEST_ASSERT_TRUE(other.offer().outcome == Outcome::malformed);
}

// Packing needs a body in one piece. The collector is not taken for one that cannot unpack.
EDGESPAN_TEST(wide_ids_go_out_unpacked_and_all_else_packed, "http") {
  struct Packer {
    std::string packed = "PACKED";
    edgespan_gzip table{this, [](void* self, const void*, std::size_t, std::size_t* n) -> const void* {
                          *n = static_cast<Packer*>(self)->packed.size();
                          return static_cast<Packer*>(self)->packed.data();
                        }};
  } packer;
  HttpWorld t({answering({http_reply(400, "", refusal), http_reply(202), http_reply(202)})},
              {.gzip = &packer.table});
  t.batch = element(0, 3);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::later);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  const std::string narrow = t.batch;
  t.batch = element(7, 3);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  const auto& requests = t.world.requests();
  TEST_ASSERT_EQUAL_STRING("PACKED", requests.at(0).body);
  TEST_ASSERT_TRUE(requests.at(1).body == widened(narrow));
  TEST_ASSERT_TRUE(requests.at(1).head.find("gzip") == std::string::npos);
  TEST_ASSERT_EQUAL_STRING("PACKED", requests.at(2).body);
}

// A connection that breaks in the middle of a wide body: all of it is sent again.
EDGESPAN_TEST(a_wide_body_begins_anew_on_another_connection, "http") {
  HttpWorld t({answering({http_reply(400, "", refusal), http_reply(202)}), answering({http_reply(202)})});
  t.batch = element(0, 3) + element(0, 90);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::later);
  t.sender.cancel(t.sender.ctx);
  TEST_ASSERT_TRUE(t.offer().outcome == Outcome::delivered);
  TEST_ASSERT_TRUE(t.world.requests().at(1).body == widened(element(0, 3)) + widened(element(0, 90)));
}

}  // namespace
