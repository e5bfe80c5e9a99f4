// SPDX-License-Identifier: Apache-2.0
#include <edgespan/bare_clock.hpp>
#include <edgespan/bare_uart_stream.hpp>

#include "support/test.hpp"

#include <array>
#include <cstring>

namespace {

using namespace edgespan;

struct Counter {
  std::uint32_t ticks = 0;
  static std::uint32_t read(void* self) { return static_cast<Counter*>(self)->ticks; }
};

struct Board {
  Counter counter;
  bare::Clock clock;
  explicit Board(std::uint32_t ticks_per_s, std::uint32_t start = 0)
      : counter{start}, clock{Counter::read, &counter, ticks_per_s} {}
  std::uint64_t mono_us() { return clock.table().mono_us(clock.table().ctx); }
  std::uint64_t wall_us() { return clock.table().wall_us(clock.table().ctx); }
  bool entropy(void* out, std::size_t n) { return clock.table().entropy(clock.table().ctx, out, n); }
};

EDGESPAN_TEST(ticks_become_microseconds_from_1_on, "bare") {
  Board board{25'000'000};
  TEST_ASSERT_EQUAL_UINT64(1, board.mono_us());
  board.counter.ticks = 24;
  TEST_ASSERT_EQUAL_UINT64(1, board.mono_us());
  board.counter.ticks = 25;
  TEST_ASSERT_EQUAL_UINT64(2, board.mono_us());
  board.counter.ticks = 25'000'000;
  TEST_ASSERT_EQUAL_UINT64(1'000'001, board.mono_us());
  Board slow{32'768};
  slow.counter.ticks = 3;
  TEST_ASSERT_EQUAL_UINT64(1 + 91, slow.mono_us());
}

// A counter that begins 5 s before its wrap, as the board's own never does while somebody looks.
EDGESPAN_TEST(time_goes_on_where_the_counter_wraps, "bare") {
  constexpr std::uint32_t hz = 1'000'000;
  Board board{hz, 0U - 5 * hz};
  const std::uint64_t began = board.mono_us();
  std::uint64_t before = began;
  for (std::uint32_t i = 1; i <= 1'000; ++i) {
    board.counter.ticks += hz / 100;
    const std::uint64_t now = board.mono_us();
    TEST_ASSERT_EQUAL_UINT64(10'000, now - before);
    before = now;
  }
  TEST_ASSERT_EQUAL_UINT64(10'000'000, before - began);
}

EDGESPAN_TEST(a_read_every_half_round_is_enough_for_ever, "bare") {
  Board board{1'000'000};
  std::uint64_t before = board.mono_us();
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    board.counter.ticks += 0x7FFF'FFFF;
    const std::uint64_t now = board.mono_us();
    TEST_ASSERT_EQUAL_UINT64(0x7FFF'FFFF, now - before);
    before = now;
  }
}

EDGESPAN_TEST(the_date_is_unknown_until_it_is_set_and_runs_along_then, "bare") {
  constexpr std::uint64_t in_2040 = 2'208'988'800'000'000;
  Board board{1'000'000};
  TEST_ASSERT_EQUAL_UINT64(0, board.wall_us());
  board.counter.ticks = 10'000'000;
  TEST_ASSERT_EQUAL_UINT64(0, board.wall_us());
  board.clock.set_wall(in_2040);
  TEST_ASSERT_EQUAL_UINT64(in_2040, board.wall_us());
  board.counter.ticks += 1'500'000;
  TEST_ASSERT_EQUAL_UINT64(in_2040 + 1'500'000, board.wall_us());
  board.clock.set_wall(in_2040 - 3'600'000'000);  // an hour back
  TEST_ASSERT_EQUAL_UINT64(in_2040 - 3'600'000'000, board.wall_us());
}

EDGESPAN_TEST(there_is_no_chance_until_the_board_gives_some_and_each_byte_is_given_once, "bare") {
  Board board{1'000'000};
  std::array<std::byte, bare::seed_bytes> seed, first{}, second{};
  TEST_ASSERT_FALSE(board.entropy(first.data(), 1));
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::byte>(i + 1);
  TEST_ASSERT_TRUE(board.clock.seed(seed));
  TEST_ASSERT_FALSE(board.clock.seed(seed));
  TEST_ASSERT_TRUE(board.entropy(first.data(), 32));
  TEST_ASSERT_FALSE(board.entropy(second.data(), 33));
  TEST_ASSERT_TRUE(board.entropy(second.data(), 32));
  TEST_ASSERT_FALSE(board.entropy(second.data(), 1));
  std::memcpy(&second[32], first.data(), 32);
  TEST_ASSERT_EQUAL_MEMORY(seed.data(), second.data(), seed.size());
  TEST_ASSERT_TRUE(board.clock.seed(seed));
}

EDGESPAN_TEST(a_pause_lasts_as_long_as_it_says, "bare") {
  struct Running {
    std::uint32_t ticks = 0;
    static std::uint32_t read(void* self) { return static_cast<Running*>(self)->ticks += 7; }
  } running;
  bare::Clock clock{Running::read, &running, 1'000'000};
  const std::uint64_t before = clock.now_us();
  clock.table().pause(clock.table().ctx, 1'000);
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(1'000, clock.now_us() - before);
  TEST_ASSERT_LESS_OR_EQUAL_UINT64(1'028, clock.now_us() - before);
}

struct Wire {
  std::array<std::uint8_t, 8> bytes{};
  std::size_t room = 8, used = 0, next = 0;
  static bool put(void* self, std::uint8_t byte) {
    Wire& wire = *static_cast<Wire*>(self);
    if (wire.used == wire.room) return false;
    wire.bytes[wire.used++] = byte;
    return true;
  }
  static int get(void* self) {
    Wire& wire = *static_cast<Wire*>(self);
    return wire.next == wire.used ? -1 : wire.bytes[wire.next++];
  }
};

EDGESPAN_TEST(a_uart_takes_and_gives_what_there_is_room_for, "bare") {
  Wire wire;
  bare::UartStream uart{{&wire, Wire::put, Wire::get}};
  const edgespan_stream& stream = uart.table();
  char in[8] = {};
  TEST_ASSERT_EQUAL_INT(1, stream.open(stream.ctx, "", 0));
  TEST_ASSERT_EQUAL_INT(0, stream.recv(stream.ctx, in, sizeof in));
  wire.room = 3;
  TEST_ASSERT_EQUAL_INT(3, stream.send(stream.ctx, "spans", 5));
  TEST_ASSERT_EQUAL_INT(0, stream.send(stream.ctx, "ns", 2));
  wire.room = 8;
  TEST_ASSERT_EQUAL_INT(2, stream.send(stream.ctx, "ns", 2));
  TEST_ASSERT_EQUAL_INT(2, stream.recv(stream.ctx, in, 2));
  TEST_ASSERT_EQUAL_INT(3, stream.recv(stream.ctx, in + 2, 6));
  TEST_ASSERT_EQUAL_STRING_LEN("spans", in, 5);
  stream.close(stream.ctx);
}

}  // namespace
