// SPDX-License-Identifier: Apache-2.0
// Row 32 of the failure model: the process forks at each call that the agent makes to its port, in turn.
// Whatever the agent is about at that moment, the child is switched off, sends nothing and ends; the parent
// does not notice.
#include <edgespan/http_sender.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/posix_port.hpp>
#include <edgespan/reporter.hpp>
#include <edgespan/tracing.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

#include "support/decoded_span.hpp"
#include "support/loopback_server.hpp"
#include "support/test.hpp"

namespace {

using namespace edgespan;
using test::LoopbackServer;

constexpr std::uint32_t patience_ms = 60'000;

struct World {
  std::unique_ptr<Memory<>> memory = std::make_unique<Memory<>>();
  posix::Port port;
  edgespan_clock clock{};
  edgespan_stream stream{};
  Tracing tracing;
  HttpSender http;
  Reporter reporter;
  Span open;
  int forks = 0;
  int bad_children = 0;
  bool forking = false;

  explicit World(const LoopbackServer& server) {
    TEST_ASSERT_TRUE(port.init());
    make_tables();
    TEST_ASSERT_EQUAL(Status::ok, tracing.init(*memory, {}, clock));
    TEST_ASSERT_EQUAL(Status::ok, http.init(stream, server.url()));
    TEST_ASSERT_EQUAL(Status::ok, reporter.init(tracing, http.sender(), {.flush_ms = 1}));
  }

  // The port's tables, which fork before and behind each call.
  void make_tables() {
    clock.ctx = stream.ctx = this;
    clock.mono_us = [](void* self) {
      return at(self).around([&] { return real_clock(self).mono_us(nullptr); });
    };
    clock.wall_us = [](void* self) {
      return at(self).around([&] { return real_clock(self).wall_us(nullptr); });
    };
    clock.entropy = [](void* self, void* out, std::size_t n) {
      return at(self).around([&] { return real_clock(self).entropy(nullptr, out, n); });
    };
    clock.pause = [](void* self, std::uint64_t us) { real_clock(self).pause(nullptr, us); };
    clock.listen_for_fork = [](void* self, edgespan_fork_listener* listener, bool add) {
      real_clock(self).listen_for_fork(nullptr, listener, add);
    };
    stream.open = [](void* self, const char* host, std::uint16_t number) {
      return at(self).around([&] { return real_stream(self).open(real_stream(self).ctx, host, number); });
    };
    stream.send = [](void* self, const void* bytes, std::size_t n) {
      return at(self).around([&] { return real_stream(self).send(real_stream(self).ctx, bytes, n); });
    };
    stream.recv = [](void* self, void* bytes, std::size_t n) {
      return at(self).around([&] { return real_stream(self).recv(real_stream(self).ctx, bytes, n); });
    };
    stream.close = [](void* self) {
      at(self).around([&] { return real_stream(self).close(real_stream(self).ctx), 0; });
    };
  }

  static World& at(void* self) { return *static_cast<World*>(self); }
  static const edgespan_clock& real_clock(void* self) { return at(self).port.clock(); }
  static const edgespan_stream& real_stream(void* self) { return at(self).port.stream(); }

  template <typename Call>
  auto around(Call call) -> decltype(call()) {
    fork_once();
    const auto result = call();
    fork_once();
    return result;
  }

  void fork_once() {
    if (!forking) return;
    forking = false;
    ++forks;
    std::fflush(stdout);  // or the child would write it once more
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);  // ends a child that hangs
      std::exit(in_child());
    }
    int status = 1;
    const bool ended = child > 0 && waitpid(child, &status, 0) == child && status == 0;
    if (!ended) ++bad_children;
    forking = true;
  }

  // 0: all is as promised.
  int in_child() {
    if (!tracing.forked() || tracing.enabled()) return 1;
    if (tracing.span("child").context().valid()) return 2;
    open.tag("child", "was here").finish();
    (void)reporter.step();
    if (reporter.flush(patience_ms) != Status::forked) return 3;
    if (reporter.stop(patience_ms) != Status::forked) return 4;
    const Books books = tracing.books();
    return books.balanced() && books.in_ring + books.in_batch + books.faults == 0 ? 0 : 5;
  }
};

EDGESPAN_TEST(a_fork_at_any_call_of_the_port_leaves_a_silent_child_and_an_untouched_parent, "fork") {
  const LoopbackServer server;
  World world{server};
  world.open = world.tracing.span("open all along");
  world.forking = true;
  for (int batch = 0; batch < 3; ++batch) {
    for (int i = 0; i < 3; ++i) world.tracing.span("work").finish();
    TEST_ASSERT_EQUAL(Status::ok, world.reporter.flush(patience_ms));
  }
  world.open.finish();
  TEST_ASSERT_EQUAL(Status::ok, world.reporter.stop(patience_ms));
  world.forking = false;
  TEST_ASSERT_GREATER_THAN(60, world.forks);
  TEST_ASSERT_EQUAL(0, world.bad_children);
  const Books books = world.tracing.books();
  TEST_ASSERT_TRUE(books.balanced());
  TEST_ASSERT_EQUAL(10, books.delivered);
  TEST_ASSERT_EQUAL(0, books.retries + books.resent + books.expired + books.faults);
  // On one connection, each span once, and none that a child has touched.
  TEST_ASSERT_EQUAL(1, server.accepted());
  TEST_ASSERT_EQUAL(books.batches, server.requests().size());
  std::set<std::string> ids;
  for (const std::string& request : server.requests()) {
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    for (const test::DecodedSpan& span : test::decode_spans(std::as_bytes(std::span{body}))) {
      TEST_ASSERT_TRUE(ids.insert(span.id).second);
      TEST_ASSERT_EQUAL_STRING("<none>", span.tag("child"));
    }
  }
  TEST_ASSERT_EQUAL(10, ids.size());
}

}  // namespace
