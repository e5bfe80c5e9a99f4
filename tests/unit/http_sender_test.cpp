// SPDX-License-Identifier: Apache-2.0
// The sender while nothing goes wrong with the connection: requests, outcomes, keep-alive.
#include <edgespan/http_sender.hpp>
#include <edgespan/none.hpp>

#include <type_traits>

#include "tests/support/test.hpp"
#include "tests/unit/http_world.hpp"

namespace {

using namespace edgespan;
using sim::Peer;
using test::http_reply;
using test::HttpWorld;

static_assert(sizeof(void*) > 8 || sizeof(HttpSender) <= 1536);
static_assert(!std::is_copy_constructible_v<HttpSender> && !std::is_copy_assignable_v<HttpSender>);  // pinned

Peer answering(std::vector<std::string> replies) {
  Peer peer;
  peer.replies = std::move(replies);
  return peer;
}

EDGESPAN_TEST(init_says_what_is_wrong, "http") {
  sim::World world(1);
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::bad_url, http.init(world.stream(), "ftp://zipkin/"));
  TEST_ASSERT_EQUAL(Status::bad_config,
                    http.init(world.stream(), "http://z/", {.connect_ms = 0, .request_ms = 1}));
  TEST_ASSERT_EQUAL(Status::bad_config,
                    http.init(world.stream(), "http://z/", {.connect_ms = 1, .request_ms = 0}));
  TEST_ASSERT_EQUAL(Status::bad_config, http.init(world.stream(), "http://z/", {.progress_bytes_per_s = 0}));
  std::array<edgespan_stream, 4> incomplete;
  incomplete.fill(world.stream());
  incomplete[0].open = nullptr;
  incomplete[1].send = nullptr;
  incomplete[2].recv = nullptr;
  incomplete[3].close = nullptr;
  for (const edgespan_stream& stream : incomplete) {
    TEST_ASSERT_EQUAL(Status::bad_config, http.init(stream, "http://z/"));
  }
  for (const char* const headers : {"a: b", "a: b\r\n", "a: b\r\n\r\nc: d\r\n\r\n", "\r\n\r\n"}) {
    TEST_ASSERT_EQUAL(Status::bad_config, http.init(world.stream(), "http://z/", {.headers = headers}));
  }
  for (const std::size_t bytes : {std::size_t{65'536}, std::size_t{65'535}}) {
    const std::string headers = "a: " + std::string(bytes - 7, 'b') + "\r\n\r\n";
    HttpSender with_headers;
    TEST_ASSERT_EQUAL((bytes == 65'535 ? Status::ok : Status::bad_config),
                      with_headers.init(world.stream(), "http://z/", {.headers = headers}));
  }
  const edgespan_gzip no_packer{};
  TEST_ASSERT_EQUAL(Status::bad_config, http.init(world.stream(), "http://z/", {.gzip = &no_packer}));
  TEST_ASSERT_EQUAL(Status::ok, http.init(world.stream(), "http://z/"));
  TEST_ASSERT_EQUAL(Status::already_started, http.init(world.stream(), "http://z/"));
}

EDGESPAN_TEST(a_sender_that_was_not_started_only_says_that_it_has_no_connection, "http") {
  HttpSender http;
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  const SendResult result = sender.offer(sender.ctx, batch, 1);
  TEST_ASSERT_EQUAL(Outcome::unreachable, result.outcome);
  sender.cancel(sender.ctx);
}

EDGESPAN_TEST(a_sender_keeps_no_view_of_the_tables_and_texts_it_was_given, "http") {
  sim::World world(1);
  world.set_peers({answering({http_reply(202), http_reply(202)})});
  int packed = 0;
  edgespan_stream stream = world.stream();
  edgespan_gzip gzip{&packed, [](void* count, const void*, std::size_t, std::size_t*) -> const void* {
                       ++*static_cast<int*>(count);
                       return nullptr;
                     }};
  std::string url = "http://zipkin:9411/somewhere";
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::ok, http.init(stream, url, {.gzip = &gzip}));
  stream = {};
  gzip = {};
  url.assign(url.size(), 'x');
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  for (int i = 0; i < 2; ++i) {
    TEST_ASSERT_EQUAL(Outcome::delivered, sender.offer(sender.ctx, batch, 1).outcome);
  }
  TEST_ASSERT_EQUAL(2, packed);
  const std::string& head = world.requests().at(1).head;
  TEST_ASSERT_TRUE(head.starts_with("POST /somewhere HTTP/1.1\r\nHost: zipkin:9411\r\n"));
}

EDGESPAN_TEST(a_sender_on_the_absent_platform_cannot_connect, "http") {
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::ok, http.init(none::stream, "http://zipkin:9411"));
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  const SendResult result = sender.offer(sender.ctx, batch, none::clock.mono_us(none::clock.ctx));
  TEST_ASSERT_EQUAL(Outcome::unreachable, result.outcome);
}

EDGESPAN_TEST(the_request_is_exactly_this, "http") {
  HttpWorld t({answering({http_reply(202)})});
  TEST_ASSERT_TRUE(t.started);
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_EQUAL(1, t.world.requests().size());
  TEST_ASSERT_EQUAL_STRING(
      "POST /api/v2/spans HTTP/1.1\r\nHost: zipkin:9411\r\nContent-Type: application/x-protobuf\r\n"
      "b3: 0\r\nContent-Length: 16\r\n\r\n",
      t.world.requests()[0].head);
  TEST_ASSERT_EQUAL(t.batch, t.world.requests()[0].body);
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(header_lines_of_the_callers_end_every_head, "http") {
  const HttpConfig config{.headers = "x-api-key: k3y\r\nx-tenant: a\r\n\r\n"};
  // A stream that takes all at once, and one that takes a byte at a time.
  for (const std::size_t bytes : {std::size_t{65'536}, std::size_t{1}}) {
    TEST_CONTEXT(std::to_string(bytes));
    Peer peer = answering({http_reply(202), http_reply(202)});
    peer.send_bytes = bytes;
    HttpWorld t({peer}, config);
    TEST_ASSERT_TRUE(t.started);
    for (int i = 0; i < 2; ++i) TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    for (const auto& request : t.world.requests()) {
      TEST_ASSERT_EQUAL_STRING(
          "POST /api/v2/spans HTTP/1.1\r\nHost: zipkin:9411\r\nContent-Type: application/x-protobuf\r\n"
          "b3: 0\r\nContent-Length: 16\r\nx-api-key: k3y\r\nx-tenant: a\r\n\r\n",
          request.head);
      TEST_ASSERT_EQUAL(t.batch, request.body);
    }
    TEST_ASSERT_EQUAL(2, t.world.requests().size());
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(https_is_never_spoken_in_the_clear_and_http_not_through_tls, "http") {
  sim::World world(1);
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::not_secure, http.init(world.stream(), "https://zipkin/"));
  TEST_ASSERT_EQUAL(Status::not_secure, http.init(world.stream(), "HTTPS://zipkin:80/"));
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  TEST_ASSERT_EQUAL(Outcome::unreachable, sender.offer(sender.ctx, batch, 1).outcome);
  TEST_ASSERT_EQUAL(0, world.calls(sim::Call::open));

  edgespan_stream tls = world.stream();
  tls.secure = true;
  TEST_ASSERT_EQUAL(Status::bad_config, http.init(tls, "http://zipkin/"));
  TEST_ASSERT_EQUAL(Status::ok, http.init(tls, "https://zipkin/"));
}

std::string host_line(std::string_view url) {
  sim::World world(1);
  world.set_peers({answering({http_reply(202)})});
  edgespan_stream stream = world.stream();
  stream.secure = url.starts_with("https");
  HttpSender http;
  TEST_ASSERT_EQUAL(Status::ok, http.init(stream, url));
  const Sender sender = http.sender();
  const std::array<std::byte, 1> batch{};
  TEST_ASSERT_EQUAL(Outcome::delivered, sender.offer(sender.ctx, batch, 1).outcome);
  const std::string& head = world.requests().at(0).head;
  const std::size_t from = head.find("Host: ");
  return head.substr(from, head.find("\r\n", from) - from);
}

EDGESPAN_TEST(the_host_header_names_port_and_brackets_where_they_belong, "http") {
  TEST_ASSERT_EQUAL_STRING("Host: zipkin", host_line("http://zipkin"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin", host_line("http://zipkin:80/"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin:8080", host_line("http://zipkin:8080/"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin", host_line("https://zipkin"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin", host_line("https://zipkin:443/"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin:80", host_line("https://zipkin:80/"));
  TEST_ASSERT_EQUAL_STRING("Host: zipkin:443", host_line("http://zipkin:443/"));
  TEST_ASSERT_EQUAL_STRING("Host: [::1]:9411", host_line("http://[::1]:9411/"));
  TEST_ASSERT_EQUAL("Host: " + std::string(253, 'h') + ":65535",
                    host_line("http://" + std::string(253, 'h') + ":65535/" + std::string(254, 'p')));
}

EDGESPAN_TEST(a_connection_is_used_again, "http") {
  HttpWorld t({answering({http_reply(202), http_reply(503), http_reply(202)})});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  t.world.advance(14'000'000);
  TEST_ASSERT_EQUAL(Outcome::overloaded, t.offer().outcome);
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_EQUAL(1, t.world.connections());
  TEST_ASSERT_EQUAL(3, t.world.requests().size());
  TEST_ASSERT_TRUE(t.world.connected());
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

EDGESPAN_TEST(a_connection_idle_for_a_minute_is_not_trusted_again, "http") {
  for (const std::uint64_t idle_us : {59'999'999u, 60'000'000u}) {
    HttpWorld t({answering({http_reply(202), http_reply(202)})});
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    t.world.advance(idle_us);
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_EQUAL((idle_us < 60'000'000 ? 1u : 2u), t.world.connections());
  }
}

EDGESPAN_TEST(a_connection_that_the_server_will_close_is_closed_here_first, "http") {
  const std::string endings[] = {
      http_reply(202, "Connection: close\r\n"),
      "HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 202 Accepted\r\n\r\nwithout a length",
      http_reply(202) + "unasked",
  };
  for (const std::string& reply : endings) {
    TEST_CONTEXT(reply);
    HttpWorld t({answering({reply})});
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_FALSE(t.world.connected());
    TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
    TEST_ASSERT_EQUAL(2, t.world.connections());
    TEST_ASSERT_TRUE(t.world.violations().empty());
  }
}

EDGESPAN_TEST(interim_replies_are_skipped, "http") {
  HttpWorld t({answering(
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + http_reply(202)})});
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_TRUE(t.world.connected());
}

EDGESPAN_TEST(an_empty_batch_asks_whether_the_collector_is_there, "http") {
  HttpWorld t({answering({http_reply(202)})});
  t.batch.clear();
  TEST_ASSERT_EQUAL(Outcome::delivered, t.offer().outcome);
  TEST_ASSERT_NOT_EQUAL(std::string::npos, t.world.requests().at(0).head.find("Content-Length: 0\r\n"));
  TEST_ASSERT_TRUE(t.world.violations().empty());
}

}  // namespace
