// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <string>

#include "support/test.hpp"

namespace edgespan::test {

// What was packed to this one whole gzip stream. Allocates.
inline std::string unpacked(const std::string& packed) {
  z_stream stream{};
  TEST_ASSERT_EQUAL(Z_OK, inflateInit2(&stream, 16 + 15));
  std::string out(1 << 20, '\0');
  std::string in = packed;
  stream.next_in = reinterpret_cast<unsigned char*>(in.data());
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  TEST_ASSERT_EQUAL(Z_STREAM_END, inflate(&stream, Z_FINISH));
  TEST_ASSERT_EQUAL(0, stream.avail_in);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

}  // namespace edgespan::test
