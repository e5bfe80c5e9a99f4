// SPDX-License-Identifier: Apache-2.0
// The application closes descriptors of the agent's, as closefrom() does, and the system gives their numbers
// to other files: the agent neither spins nor touches those, and works again.
#include <edgespan/posix_port.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/loopback_server.hpp"
#include "tests/support/test.hpp"

namespace {

using namespace edgespan;
using test::LoopbackServer;

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint64_t hour_us = 3'600 * second_us;
constexpr std::uint64_t patience_us = 60 * second_us;

// The numbers that are open now.
std::vector<int> open_numbers() {
  std::vector<int> numbers;
  DIR* const folder = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') numbers.push_back(std::atoi(entry->d_name));
  }
  const int own = dirfd(folder);
  closedir(folder);
  std::erase(numbers, own);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// What was opened since `before`.
std::vector<int> opened_since(const std::vector<int>& before) {
  std::vector<int> numbers;
  for (const int number : open_numbers()) {
    if (!std::binary_search(before.begin(), before.end(), number)) numbers.push_back(number);
  }
  return numbers;
}

// Puts other files in the place of numbers that somebody else has opened: what was written to them is seen.
class Strangers {
 public:
  enum class Kind { file, socket };
  Strangers(std::vector<int> numbers, Kind kind) : numbers_{std::move(numbers)} {
    for (const int number : numbers_) {
      std::array<int, 2> pair{-1, -1};
      if (kind == Kind::file) {
        pair[0] = memfd_create("stranger", MFD_CLOEXEC);
      } else {
        TEST_ASSERT_EQUAL(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()));
        const char text[] = "for the stranger";
        TEST_ASSERT_EQUAL(sizeof text, send(pair[1], text, sizeof text, 0));
      }
      TEST_ASSERT_EQUAL(number, dup3(pair[0], number, O_CLOEXEC));
      ::close(pair[0]);
      struct stat file {};
      fstat(number, &file);
      inodes_.push_back(file.st_ino);
      peers_.push_back(pair[1]);
    }
  }
  Strangers(const Strangers&) = delete;
  Strangers& operator=(const Strangers&) = delete;
  ~Strangers() {
    for (const int number : numbers_) ::close(number);
    for (const int peer : peers_) {
      if (peer >= 0) ::close(peer);
    }
  }

  // Each is still open, and nobody has written to it or read from it.
  void expect_untouched() const {
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      struct stat file {};
      TEST_ASSERT_EQUAL(0, fstat(numbers_[i], &file));
      TEST_ASSERT_EQUAL(inodes_[i], file.st_ino);
      TEST_ASSERT_EQUAL(0, S_ISSOCK(file.st_mode) ? 0 : file.st_size);
      if (peers_[i] < 0) continue;
      std::array<char, 64> bytes;
      TEST_ASSERT_EQUAL(-1, recv(peers_[i], bytes.data(), bytes.size(), MSG_DONTWAIT));
      TEST_ASSERT_EQUAL(17, recv(numbers_[i], bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_PEEK));
    }
  }

 private:
  std::vector<int> numbers_;
  std::vector<ino_t> inodes_;
  std::vector<int> peers_;
};

struct Machine {
  const std::vector<int> before = open_numbers();
  posix::Port port;
  std::atomic<int> steps{0};
  const edgespan_clock& clock = port.clock();
  const edgespan_stream& stream = port.stream();
  const edgespan_worker& worker = port.worker();

  Machine() { TEST_ASSERT_TRUE(port.init()); }

  bool start() {
    const auto step = [](void* arg) -> std::uint64_t {
      ++static_cast<Machine*>(arg)->steps;
      return hour_us;
    };
    return worker.start(worker.ctx, step, this);
  }
  bool stop() { return worker.stop(worker.ctx, patience_us); }
  void wake() { worker.wake(worker.ctx); }
  void pause(std::uint64_t us) { clock.pause(clock.ctx, us); }
  template <typename Condition>
  bool soon(Condition condition) {
    const std::uint64_t start_us = clock.mono_us(clock.ctx);
    while (!condition()) {
      if (clock.mono_us(clock.ctx) - start_us > patience_us) return false;
      pause(500);
    }
    return true;
  }
  bool wakes_up() {
    const int seen = steps;
    wake();
    return soon([&] { return steps > seen; });
  }
  int connect_to(const char* host, std::uint16_t tcp_port) {
    int opened = 0;
    (void)soon([&] { return (opened = stream.open(stream.ctx, host, tcp_port)) != 0; });
    return opened;
  }
};

EDGESPAN_TEST(a_worker_whose_descriptors_were_closed_does_not_spin_and_still_wakes, "posix") {
  Machine m;
  TEST_ASSERT_TRUE(m.start());
  TEST_ASSERT_TRUE(m.soon([&] { return m.steps >= 1; }));
  for (const int number : opened_since(m.before)) ::close(number);
  TEST_ASSERT_TRUE(m.wakes_up());
  m.pause(50'000);
  const int seen = m.steps;
  m.pause(200'000);
  TEST_ASSERT_LESS_OR_EQUAL(seen, m.steps);  // nobody woke it
  for (int i = 0; i < 5; ++i) TEST_ASSERT_TRUE(m.wakes_up());
  TEST_ASSERT_TRUE(m.stop());
  TEST_ASSERT_TRUE(m.start());  // with descriptors of its own again
  TEST_ASSERT_EQUAL(2, opened_since(m.before).size());
  TEST_ASSERT_TRUE(m.wakes_up());
  TEST_ASSERT_TRUE(m.stop());
}

EDGESPAN_TEST(numbers_of_the_worker_that_are_used_again_are_not_the_workers, "posix") {
  for (const auto kind : {Strangers::Kind::file, Strangers::Kind::socket}) {
    Machine* const m = new Machine;
    const std::vector<int> numbers = opened_since(m->before);
    TEST_ASSERT_EQUAL(2, numbers.size());
    TEST_ASSERT_TRUE(m->start());
    TEST_ASSERT_TRUE(m->soon([&] { return m->steps >= 1; }));
    const Strangers strangers{numbers, kind};
    for (int i = 0; i < 5; ++i) TEST_ASSERT_TRUE(m->wakes_up());
    const int seen = m->steps;
    m->pause(100'000);
    TEST_ASSERT_LESS_OR_EQUAL(seen + 1, m->steps);
    TEST_ASSERT_TRUE(m->stop());
    delete m;
    strangers.expect_untouched();
  }
}

EDGESPAN_TEST(a_connection_whose_number_is_used_again_is_dead_and_the_next_one_works, "posix") {
  const LoopbackServer server;
  for (const auto kind : {Strangers::Kind::file, Strangers::Kind::socket}) {
    for (const bool sends : {false, true}) {
      Machine m;
      TEST_ASSERT_GREATER_THAN(0, m.connect_to("127.0.0.1", server.port()));
      // Of all that are open, as the server closes a connection when it likes and its number is used again.
      std::vector<int> numbers;
      for (const int number : open_numbers()) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        const bool ours = getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
                          ntohs(peer.sin_port) == server.port();
        if (ours) numbers.push_back(number);  // the server's own descriptor has another peer
      }
      TEST_ASSERT_EQUAL(1, numbers.size());
      {
        const Strangers strangers{numbers, kind};
        std::array<char, 64> bytes{};
        const edgespan_stream& stream = m.stream;
        TEST_ASSERT_LESS_THAN(0, sends ? stream.send(stream.ctx, bytes.data(), bytes.size())
                                       : stream.recv(stream.ctx, bytes.data(), bytes.size()));
        stream.close(stream.ctx);
        strangers.expect_untouched();
      }
      TEST_ASSERT_GREATER_THAN(0, m.connect_to("127.0.0.1", server.port()));
      m.stream.close(m.stream.ctx);
    }
  }
}

EDGESPAN_TEST(an_attempt_to_connect_whose_number_is_used_again_fails, "posix") {
  LoopbackServer server;
  Machine m;
  const std::vector<int> before = open_numbers();
  // 192.0.2.0/24 is nobody's: the attempt hangs or fails at once, as the machine's routes are.
  const int opened = m.stream.open(m.stream.ctx, "192.0.2.1", 9);
  if (opened != 0) return;
  const Strangers strangers{opened_since(before), Strangers::Kind::socket};
  TEST_ASSERT_LESS_THAN(0, m.stream.open(m.stream.ctx, "192.0.2.1", 9));
  m.stream.close(m.stream.ctx);
  strangers.expect_untouched();
}

EDGESPAN_TEST(a_lookup_whose_numbers_are_used_again_writes_to_nobody_and_ends, "posix") {
  const LoopbackServer server;
  Machine m;
  (void)m.connect_to("localhost", server.port());  // makes the descriptors of the first place
  m.stream.close(m.stream.ctx);
  std::vector<int> numbers = opened_since(m.before);
  std::erase_if(numbers, [](int number) {
    int type = 0;
    socklen_t size = sizeof type;
    sockaddr_storage name{};
    socklen_t name_size = sizeof name;
    return getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
           getsockname(number, reinterpret_cast<sockaddr*>(&name), &name_size) != 0 ||
           name.ss_family != AF_UNIX;
  });
  const Strangers strangers{numbers, Strangers::Kind::file};
  TEST_ASSERT_GREATER_THAN(0, m.connect_to("localhost", server.port()));
  m.stream.close(m.stream.ctx);
  strangers.expect_untouched();
}

}  // namespace
