// SPDX-License-Identifier: Apache-2.0
// The table of refused sends by itself: no count is lost, whoever adds, opens and closes at the same time.
#include "kafka/refusals.hpp"

#include "support/misuse.hpp"
#include "support/test.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace edgespan;
using kafka_detail::InflightSpan;
using kafka_detail::Refusals;
using kafka_detail::RefusalSlot;

constexpr InflightSpan sampled{{0, 1, 2, 0, Decision::accept}, 5'000'000};
constexpr auto full = RD_KAFKA_RESP_ERR__QUEUE_FULL;
constexpr auto large = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;

std::uint64_t close_all(Refusals& refusals) {
  std::uint64_t sum = 0;
  for (RefusalSlot& slot : refusals.slots()) {
    const std::uint32_t count = Refusals::close(slot, 0, true);
    if (count != 0) Refusals::release(slot);
    sum += count;
  }
  return sum;
}

EDGESPAN_TEST(refusals_keep_the_beginning_of_a_topic_in_whole_characters, "kafka") {
  const std::string whole(62, 'a');
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_TRUE(refusals->open(whole + "bc", full, sampled));
  TEST_ASSERT_TRUE(refusals->open(whole + "\xC3\xA9", full, sampled));
  TEST_ASSERT_TRUE(refusals->open(whole.substr(1) + "\xC3\xA9", full, sampled));
  const std::string kept[] = {whole + "b", whole, whole.substr(1) + "\xC3\xA9"};
  for (std::size_t i = 0; i < 3; ++i) {
    const RefusalSlot& slot = refusals->slots()[i];
    TEST_ASSERT_EQUAL(kept[i], std::string(slot.topic.data(), slot.topic_size));
  }
}

EDGESPAN_TEST(refusals_are_counted_by_topic_and_error, "kafka") {
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_FALSE(refusals->add("a", full));
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  TEST_ASSERT_TRUE(refusals->add("a", full));
  TEST_ASSERT_FALSE(refusals->add("a", large));
  TEST_ASSERT_FALSE(refusals->add("b", full));
  TEST_ASSERT_TRUE(refusals->open("b", full, sampled));
  TEST_ASSERT_TRUE(refusals->open("a", large, sampled));
  for (int i = 0; i < 3; ++i) TEST_ASSERT_TRUE(refusals->add("a", large));
  TEST_ASSERT_FALSE(refusals->add("c", full));  // the last slot is not open yet
  TEST_ASSERT_TRUE(refusals->open("c", full, sampled));
  TEST_ASSERT_TRUE(refusals->add("d", large));
  TEST_ASSERT_FALSE(refusals->open("e", full, sampled));
  const std::uint32_t counts[] = {2, 1, 4, 2};
  for (std::size_t i = 0; i < Refusals::slot_count; ++i) {
    RefusalSlot& slot = refusals->slots()[i];
    TEST_ASSERT_EQUAL(counts[i], Refusals::close(slot, 0, true));
    TEST_ASSERT_EQUAL(0, Refusals::close(slot, 0, true));
    Refusals::release(slot);
    TEST_ASSERT_EQUAL(0, Refusals::close(slot, 0, true));
  }
  TEST_ASSERT_EQUAL(0, close_all(*refusals));
}

EDGESPAN_TEST(every_letter_of_a_topic_and_its_length_count, "kafka") {
  for (std::size_t size = 1; size <= 24; ++size) {
    const auto refusals = std::make_unique<Refusals>();
    const std::string topic(size, 't');
    TEST_ASSERT_TRUE(refusals->open(topic, full, sampled));
    TEST_ASSERT_TRUE(refusals->add(topic, full));
    TEST_ASSERT_FALSE(refusals->add(topic.substr(1), full));
    TEST_ASSERT_FALSE(refusals->add(topic + 't', full));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = topic;
      other[at] = 'u';
      if (refusals->add(other, full)) TEST_FAIL_MESSAGE("two topics share a slot");
    }
  }
}

EDGESPAN_TEST(a_slot_of_refusals_counts_nothing_while_it_is_closed, "kafka") {
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  RefusalSlot& slot = refusals->slots()[0];
  TEST_ASSERT_EQUAL(1, Refusals::close(slot, 0, true));
  TEST_ASSERT_FALSE(refusals->add("a", full));
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));  // in another slot
  TEST_ASSERT_EQUAL(0, Refusals::close(slot, 0, true));
  Refusals::release(slot);
  TEST_ASSERT_TRUE(refusals->add("a", full));
  TEST_ASSERT_EQUAL(2, close_all(*refusals));
}

EDGESPAN_TEST(a_slot_of_refusals_keeps_the_beginning_of_a_long_topic, "kafka") {
  const auto refusals = std::make_unique<Refusals>();
  const std::string long_topic(300, 't');
  TEST_ASSERT_TRUE(refusals->open(long_topic, full, sampled));
  const RefusalSlot& slot = refusals->slots()[0];
  TEST_ASSERT_EQUAL(63, slot.topic_size);
  TEST_ASSERT_EQUAL_STRING(long_topic.substr(0, 63), std::string_view(slot.topic.data(), slot.topic_size));
}

EDGESPAN_TEST(a_slot_of_refusals_closes_after_its_interval, "kafka") {
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  RefusalSlot& slot = refusals->slots()[0];
  TEST_ASSERT_EQUAL(0, Refusals::close(slot, 14'999'999, false));
  TEST_ASSERT_EQUAL(1, Refusals::close(slot, 15'000'000, false));
}

EDGESPAN_TEST(a_full_count_of_refusals_goes_on_in_another_slot, "kafka") {
  constexpr std::uint32_t most = (1U << 20) - 1;
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  std::uint32_t counted = 1;
  while (counted <= most && refusals->add("a", full)) ++counted;
  TEST_ASSERT_EQUAL(most, counted);
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  TEST_ASSERT_TRUE(refusals->add("a", full));
  TEST_ASSERT_EQUAL(most + 2, close_all(*refusals));
}

EDGESPAN_TEST(eight_refusals_an_interval_are_alone, "kafka") {
  const auto refusals = std::make_unique<Refusals>();
  for (const std::uint64_t begin_us : {10'000'000ULL, 20'000'000ULL, 870'000'000ULL}) {
    refusals->begin_interval(begin_us);
    for (std::uint32_t i = 0; i < Refusals::alone_max; ++i) {
      TEST_ASSERT_TRUE(refusals->may_be_alone());
      TEST_ASSERT_TRUE(refusals->claim_alone());
    }
    refusals->begin_interval(begin_us + 9'999'999);  // the same one
    TEST_ASSERT_FALSE(refusals->may_be_alone());
    TEST_ASSERT_FALSE(refusals->claim_alone());
  }
}

EDGESPAN_TEST(only_a_closed_slot_of_refusals_is_released, "misuse") {
  const auto refusals = std::make_unique<Refusals>();
  TEST_ASSERT_FAULT(Refusals::release(refusals->slots()[0]));
  TEST_ASSERT_TRUE(refusals->open("a", full, sampled));
  TEST_ASSERT_FAULT(Refusals::release(refusals->slots()[0]));
  TEST_ASSERT_FAULT((void)refusals->open("b", RD_KAFKA_RESP_ERR_NO_ERROR, sampled));
}

EDGESPAN_TEST(threads_that_are_refused_while_others_flush_lose_no_count, "thread") {
  static Refusals refusals;
  constexpr std::uint64_t each = 20'000;
  constexpr std::uint64_t threads = 4;
  std::atomic<std::uint64_t> alone{0};
  std::atomic<std::uint64_t> closed{0};
  std::atomic<std::uint64_t> running{threads};
  std::vector<std::thread> workers;
  for (std::size_t t = 0; t < threads; ++t) {
    workers.emplace_back([&, t] {
      const std::string topic(1 + t % 3, 'a');
      for (std::uint64_t i = 0; i < each; ++i) {
        const auto error = i % 2 == 0 ? full : large;
        if (!refusals.add(topic, error) && !refusals.open(topic, error, sampled)) alone.fetch_add(1);
      }
      running.fetch_sub(1);
    });
  }
  for (int i = 0; i < 2; ++i) {
    workers.emplace_back([&] {
      while (running.load() != 0) closed.fetch_add(close_all(refusals));
    });
  }
  for (std::thread& worker : workers) worker.join();
  closed.fetch_add(close_all(refusals));
  TEST_ASSERT_EQUAL(threads * each, alone.load() + closed.load());
}

}  // namespace
