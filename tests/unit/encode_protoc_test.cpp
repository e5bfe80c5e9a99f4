// SPDX-License-Identifier: Apache-2.0
// Spans drawn at random, judged by protoc: it reads and writes a batch again and must come to the same bytes.
#include "support/random_span.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace edgespan;

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

EDGESPAN_TEST(protoc_writes_random_spans_again_alike, "encode") {
  test::Random random{20'261'125};
  std::string batch;
  for (int i = 0; i < 2'000; ++i) {
    const test::RandomSpan want{random};
    const std::span<const std::byte> bytes = want.encoded();
    batch.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  char folder[] = "/tmp/edgespan-encode-XXXXXX";
  TEST_ASSERT_NOT_NULL(mkdtemp(folder));
  const std::string at = folder;
  std::ofstream{at + "/ours", std::ios::binary} << batch;
  const std::string protoc =
      std::string{"'" EDGESPAN_PROTOC "' -I '"} + EDGESPAN_TEST_DIR + "/../agent/core' zipkin.proto ";
  const std::string type = "=zipkin.proto3.ListOfSpans ";
  const std::string again = protoc + "--decode" + type + "<'" + at + "/ours' >'" + at + "/text' && " +
                            protoc + "--encode" + type + "<'" + at + "/text' >'" + at + "/theirs'";
  TEST_ASSERT_EQUAL_INT(0, std::system(again.c_str()));
  const bool same = read_file(at + "/theirs") == batch;
  TEST_ASSERT_EQUAL_INT(0, std::system(("rm -r '" + at + "'").c_str()));
  TEST_ASSERT_TRUE(same);
}

}  // namespace
