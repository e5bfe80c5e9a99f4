// SPDX-License-Identifier: Apache-2.0
// Cutting a batch and searching its bad span, without a sender: a rule about sizes and names says what a
// collector would.
#include "core/batch_cutter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "support/test.hpp"

namespace {

using namespace edgespan;
using detail::BatchCutter;
using Portion = BatchCutter::Portion;

constexpr std::uint64_t now_us = 5'000'000;
constexpr std::uint64_t day_us = 86'400'000'000;
constexpr std::uint32_t element_bytes = 12;

enum class Said : std::uint8_t { accepted, too_large, malformed, refused };

// A batch of elements of one size; the body of each is its number.
struct Batch {
  std::array<std::byte, 64 * element_bytes> bytes{};
  BatchCutter cutter;
  std::uint32_t spans = 0;
  std::uint32_t offers = 0;
  std::uint32_t accepted = 0;
  std::uint32_t dropped = 0;

  void fill(std::uint32_t count) {
    spans = count;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::byte* const at = bytes.data() + std::size_t{i} * element_bytes;
      at[0] = std::byte{0x0A};
      at[1] = std::byte{element_bytes - 2};
      at[2] = static_cast<std::byte>(i);
    }
    cutter.add(count * element_bytes, count);
  }
  detail::Bytes held() const { return detail::Bytes{bytes}.first(cutter.bytes()); }

  // Offers portions until all are settled. `says` is asked for the first element and the number of elements.
  template <typename Says>
  void run(Says says, std::uint64_t at_us = now_us) {
    std::uint32_t next = 0;
    while (!cutter.empty()) {
      cutter.choose(held(), at_us);
      const Portion portion = cutter.portion();
      TEST_ASSERT_EQUAL_UINT32(next * element_bytes, portion.begin);
      TEST_ASSERT_EQUAL_UINT32(portion.spans * element_bytes, portion.bytes());
      TEST_ASSERT_LESS_OR_EQUAL_UINT32(spans, next + portion.spans);
      ++offers;
      const Said said = says(next, portion.spans);
      if (said == Said::too_large && cutter.cut_too_large(at_us)) continue;
      if (said == Said::malformed && cutter.cut_malformed()) continue;
      const Portion settled = cutter.settle(said == Said::accepted);
      TEST_ASSERT_EQUAL_UINT32(portion.spans, settled.spans);
      next += settled.spans;
      (said == Said::accepted ? accepted : dropped) += settled.spans;
      TEST_ASSERT_EQUAL_UINT32(spans - next, cutter.spans());
    }
    TEST_ASSERT_EQUAL_UINT32(0, cutter.bytes());
    TEST_ASSERT_FALSE(cutter.chosen());
  }
};

constexpr auto accepts = [](std::uint32_t, std::uint32_t) { return Said::accepted; };

constexpr auto takes_up_to(std::uint32_t most) {
  return
      [most](std::uint32_t, std::uint32_t count) { return count <= most ? Said::accepted : Said::too_large; };
}

constexpr auto strict_about(std::uint32_t bad) {
  return [bad](std::uint32_t first, std::uint32_t count) {
    return bad >= first && bad < first + count ? Said::malformed : Said::accepted;
  };
}

EDGESPAN_TEST(a_portion_is_the_whole_batch_unless_something_speaks_against_it, "cutter") {
  Batch batch;
  for (std::uint32_t count : {1U, 2U, 64U}) {
    batch.fill(count);
    batch.run(accepts);
  }
  TEST_ASSERT_EQUAL_UINT32(3, batch.offers);
  TEST_ASSERT_EQUAL_UINT32(67, batch.accepted);
}

EDGESPAN_TEST(a_batch_grows_in_steps_until_a_portion_is_chosen, "cutter") {
  Batch batch;
  batch.fill(3);
  batch.cutter.add(0, 0);
  batch.cutter.add(2 * element_bytes, 2);
  TEST_ASSERT_EQUAL_UINT32(5, batch.cutter.spans());
  TEST_ASSERT_EQUAL_UINT32(5 * element_bytes, batch.cutter.bytes());
}

EDGESPAN_TEST(the_size_that_a_collector_takes_is_found_by_halving_and_remembered, "cutter") {
  for (std::uint32_t most = 1; most <= 40; ++most) {
    Batch batch;
    batch.fill(40);
    batch.run(takes_up_to(most));
    TEST_ASSERT_EQUAL_UINT32(40, batch.accepted);
    std::uint32_t size = 40;
    while (size > most) size /= 2;
    batch.fill(40);
    batch.offers = 0;
    batch.run(takes_up_to(most));
    TEST_ASSERT_EQUAL_UINT32((40 + size - 1) / size, batch.offers);
    TEST_ASSERT_EQUAL_UINT32(80, batch.accepted);
  }
}

// Row 7 of the failure model, for every size that fits into a batch and around it.
EDGESPAN_TEST(whatever_size_a_collector_takes_all_arrive_that_fit_and_it_is_found_by_halving, "cutter") {
  constexpr std::uint32_t count = 64;
  for (std::uint32_t cap = 0; cap <= count * element_bytes + 1; ++cap) {
    Batch batch;
    batch.fill(count);
    std::uint32_t refusals = 0;
    batch.run([&](std::uint32_t, std::uint32_t offered) {
      if (offered * element_bytes <= cap) return Said::accepted;
      ++refusals;
      return Said::too_large;
    });
    TEST_ASSERT_EQUAL_UINT32(cap < element_bytes ? 0 : count, batch.accepted);
    TEST_ASSERT_EQUAL_UINT32(cap < element_bytes ? count : 0, batch.dropped);
    if (cap >= element_bytes) TEST_ASSERT_LESS_OR_EQUAL_UINT32(6, refusals);  // 64 is halved six times
  }
}

EDGESPAN_TEST(the_size_is_forgotten_after_a_day, "cutter") {
  Batch batch;
  batch.fill(16);
  batch.run(takes_up_to(4));
  const auto offers_at = [&](std::uint64_t at_us) {
    batch.offers = 0;
    batch.fill(16);
    batch.run(accepts, at_us);
    return batch.offers;
  };
  TEST_ASSERT_EQUAL_UINT32(4, offers_at(now_us + day_us - 1));
  TEST_ASSERT_EQUAL_UINT32(1, offers_at(now_us + day_us));
  TEST_ASSERT_EQUAL_UINT32(1, offers_at(now_us + day_us + 1));
}

EDGESPAN_TEST(an_element_that_is_too_large_by_itself_is_dropped_alone, "cutter") {
  Batch batch;
  batch.fill(9);
  batch.run([](std::uint32_t first, std::uint32_t count) {
    return first <= 4 && first + count > 4 ? Said::too_large : Said::accepted;
  });
  TEST_ASSERT_EQUAL_UINT32(1, batch.dropped);
  TEST_ASSERT_EQUAL_UINT32(8, batch.accepted);
}

EDGESPAN_TEST(a_search_that_finds_nothing_ends_before_the_elements_behind_it, "cutter") {
  Batch batch;
  bool suspected = false;
  batch.fill(8);
  batch.run([&](std::uint32_t first, std::uint32_t count) {
    if (count == 8) return Said::too_large;
    if (first != 0 || count != 4 || suspected) return Said::accepted;
    suspected = true;
    return Said::malformed;
  });
  TEST_ASSERT_TRUE(suspected);
  TEST_ASSERT_EQUAL_UINT32(8, batch.accepted);
  TEST_ASSERT_EQUAL_UINT32(6, batch.offers);  // of 8 and 4, then 2, 1 and 1 of those, and the other 4
}

// The zipkin receiver of OpenTelemetry's Collector cuts a body that is too large, and then cannot read it.
EDGESPAN_TEST(nothing_is_lost_to_a_collector_that_finds_malformed_what_is_too_large, "cutter") {
  for (std::uint32_t most = 1; most <= 33; ++most) {
    for (std::uint32_t count = 1; count <= 33; ++count) {
      Batch batch;
      batch.fill(count);
      batch.run([&](std::uint32_t, std::uint32_t offered) {
        return offered <= most ? Said::accepted : Said::malformed;
      });
      TEST_ASSERT_EQUAL_UINT32(count, batch.accepted);
      TEST_ASSERT_LESS_OR_EQUAL_UINT32(4 * count, batch.offers);
    }
  }
}

EDGESPAN_TEST(one_bad_element_is_found_wherever_it_lies, "cutter") {
  for (std::uint32_t count = 1; count <= 33; ++count) {
    std::uint32_t halvings = 0;
    while ((1U << halvings) < count) ++halvings;
    for (std::uint32_t bad = 0; bad < count; ++bad) {
      Batch batch;
      batch.fill(count);
      batch.run(strict_about(bad));
      TEST_ASSERT_EQUAL_UINT32(1, batch.dropped);
      TEST_ASSERT_EQUAL_UINT32(count - 1, batch.accepted);
      // The batch, one offer a halving, the bad element, what is behind it.
      TEST_ASSERT_LESS_OR_EQUAL_UINT32(1 + halvings + 1 + 1, batch.offers);
    }
  }
}

EDGESPAN_TEST(a_batch_is_searched_once, "cutter") {
  Batch batch;
  batch.fill(40);
  batch.run([](std::uint32_t first, std::uint32_t count) {
    const auto holds = [&](std::uint32_t bad) { return bad >= first && bad < first + count; };
    return holds(10) || holds(31) ? Said::malformed : Said::accepted;
  });
  TEST_ASSERT_GREATER_OR_EQUAL_UINT64(10, batch.accepted);
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(9, batch.offers);
}

EDGESPAN_TEST(a_collector_that_accepts_nothing_is_searched_once_until_it_accepts_something, "cutter") {
  constexpr auto refuses_all = [](std::uint32_t, std::uint32_t) { return Said::malformed; };
  Batch batch;
  batch.fill(32);
  batch.run(refuses_all);
  TEST_ASSERT_LESS_OR_EQUAL_UINT32(8, batch.offers);
  batch.offers = 0;
  for (int i = 0; i < 5; ++i) {
    batch.fill(32);
    batch.run(refuses_all);
  }
  TEST_ASSERT_EQUAL_UINT32(5, batch.offers);
  batch.fill(1);
  batch.run(accepts);
  batch.dropped = 0;
  batch.fill(32);
  batch.run(strict_about(7));
  TEST_ASSERT_EQUAL_UINT32(1, batch.dropped);
}

EDGESPAN_TEST(batches_of_any_size_are_searched_once_while_nothing_is_accepted, "cutter") {
  constexpr auto refuses_all = [](std::uint32_t, std::uint32_t) { return Said::malformed; };
  for (std::uint32_t count = 2; count <= 40; ++count) {
    Batch batch;
    batch.fill(count);
    batch.run(refuses_all);
    TEST_ASSERT_GREATER_OR_EQUAL_UINT64(3, batch.offers);  // it, a half, what is behind it
    batch.offers = 0;
    for (int i = 0; i < 3; ++i) {
      batch.fill(count);
      batch.run(refuses_all);
    }
    TEST_ASSERT_EQUAL_UINT32(3, batch.offers);
    TEST_ASSERT_EQUAL_UINT32(4 * count, batch.dropped);
  }
}

EDGESPAN_TEST(what_is_accepted_during_a_search_allows_the_next_one, "cutter") {
  Batch batch;
  batch.fill(8);
  batch.run([](std::uint32_t first, std::uint32_t count) {
    return first + count <= 4 ? Said::accepted : Said::malformed;
  });
  TEST_ASSERT_EQUAL_UINT32(4, batch.accepted);
  batch.accepted = batch.dropped = 0;
  batch.fill(8);
  batch.run(strict_about(6));
  TEST_ASSERT_EQUAL_UINT32(1, batch.dropped);
  TEST_ASSERT_EQUAL_UINT32(7, batch.accepted);
}

EDGESPAN_TEST(both_searches_work_in_one_batch, "cutter") {
  for (std::uint32_t bad = 0; bad < 40; ++bad) {
    Batch batch;
    batch.fill(40);
    batch.run([&](std::uint32_t first, std::uint32_t count) {
      return count > 11 ? Said::too_large : strict_about(bad)(first, count);
    });
    TEST_ASSERT_EQUAL_UINT32(1, batch.dropped);
    TEST_ASSERT_EQUAL_UINT32(39, batch.accepted);
  }
}

EDGESPAN_TEST(a_portion_that_is_refused_takes_no_other_along, "cutter") {
  Batch batch;
  batch.fill(16);
  batch.run(takes_up_to(4));
  batch.accepted = 0;
  batch.fill(16);
  batch.run([](std::uint32_t first, std::uint32_t) { return first == 4 ? Said::refused : Said::accepted; });
  TEST_ASSERT_EQUAL_UINT32(4, batch.dropped);
  TEST_ASSERT_EQUAL_UINT32(12, batch.accepted);
}

EDGESPAN_TEST(the_rest_of_a_batch_can_be_settled_as_one, "cutter") {
  Batch batch;
  batch.fill(16);
  batch.run(takes_up_to(4));
  batch.fill(16);
  batch.cutter.choose(batch.held(), now_us);
  batch.cutter.settle(true);
  batch.cutter.choose(batch.held(), now_us);  // the second portion is under way
  batch.cutter.choose_rest();
  const Portion rest = batch.cutter.settle(false);
  TEST_ASSERT_EQUAL_UINT32(12, rest.spans);
  TEST_ASSERT_EQUAL_UINT32(4 * element_bytes, rest.begin);
  TEST_ASSERT_TRUE(batch.cutter.empty());
  batch.fill(8);
  batch.run(accepts);
}

}  // namespace
