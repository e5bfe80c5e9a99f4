// SPDX-License-Identifier: Apache-2.0
// All memory that packing takes is given before: zlib allocates nothing.
#include <edgespan/gzip.hpp>

#include <string>

#include "memory/trap.hpp"
#include "support/test.hpp"
#include "support/unpacked.hpp"

namespace {

using namespace edgespan;
using namespace edgespan::test;

EDGESPAN_TEST(gzip_nothing_is_allocated, "gzip") {
  static gzip::Memory<16'384> memory;
  std::string batch;
  for (int i = 0; batch.size() < 16'000; ++i) batch += "truck-" + std::to_string(i) + " truck.cargo kafka ";
  gzip::Gzip gzip;
  const Allocations before = thread_allocations();
  const bool started = gzip.init(memory);
  std::size_t n = 0, sum = 0;
  const void* packed = nullptr;
  for (int i = 0; i < 100; ++i) {
    packed = gzip.table().pack(gzip.table().ctx, batch.data(), batch.size(), &n);
    if (packed != nullptr) sum += n;
  }
  const std::size_t calls = (thread_allocations() - before).calls;
  TEST_ASSERT_TRUE(started && packed != nullptr && sum == 100 * n);
  TEST_ASSERT_EQUAL_UINT64(0, calls);
  TEST_ASSERT_TRUE(unpacked({static_cast<const char*>(packed), n}) == batch);
}

}  // namespace
