// SPDX-License-Identifier: Apache-2.0
// Spans drawn at random, judged by a decoder that is not ours: nanopb must read what was meant.
#include "support/random_span.hpp"

namespace {

using namespace edgespan;

EDGESPAN_TEST(nanopb_reads_from_random_spans_what_was_meant, "encode") {
  test::Random random{20'261'124};
  for (int i = 0; i < test::rounds(2'000); ++i) {
    const test::RandomSpan want{random};
    std::span<const std::byte> rest = want.encoded();
    test::SpanView span;
    TEST_ASSERT_TRUE(span.take_from(rest));
    TEST_ASSERT_TRUE(rest.empty());
    want.expect(span);
  }
}

}  // namespace
