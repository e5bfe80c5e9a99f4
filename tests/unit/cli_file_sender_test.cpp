// SPDX-License-Identifier: Apache-2.0
// Batches in a file: each whole or not at all.
#include "cli/io/tool_errors.hpp"
#include "cli/sending/file_sender.hpp"
#include "support/test.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace {

using namespace edgespan;
using cli::FileSender;

class TemporaryFile {
 public:
  TemporaryFile() {
    const int descriptor = mkstemp(name_.data());
    TEST_ASSERT_TRUE(descriptor >= 0);
    close(descriptor);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { unlink(name_.c_str()); }

  const std::string& name() const { return name_; }
  std::string content() const {
    std::ifstream file{name_, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

 private:
  std::string name_ = "/tmp/edgespan_spans_XXXXXX";
};

SendResult offer(FileSender& sender, std::string_view bytes) {
  const Sender table = sender.sender();
  return table.offer(table.ctx, std::as_bytes(std::span{bytes}), 0);
}

EDGESPAN_TEST(cli_file_batches_are_appended_to_what_is_there, "cli") {
  const TemporaryFile file;
  {
    FileSender sender{file.name()};
    const SendResult result = offer(sender, "first");
    TEST_ASSERT_TRUE(result.outcome == Outcome::delivered);
    TEST_ASSERT_EQUAL_UINT32(5, result.sent_bytes);
    TEST_ASSERT_TRUE(offer(sender, "second").outcome == Outcome::delivered);
  }
  FileSender sender{file.name()};
  TEST_ASSERT_TRUE(offer(sender, "third").outcome == Outcome::delivered);
  TEST_ASSERT_EQUAL_STRING("firstsecondthird", file.content());
}

// A limit of the size of files stands for a full disk: part of a write goes in, then nothing more.
EDGESPAN_TEST(cli_file_a_full_disk_leaves_no_part_of_a_batch, "cli") {
  const TemporaryFile file;
  FileSender sender{file.name()};
  TEST_ASSERT_TRUE(offer(sender, "first").outcome == Outcome::delivered);
  rlimit before{};
  TEST_ASSERT_EQUAL_INT(0, getrlimit(RLIMIT_FSIZE, &before));
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{8, before.rlim_max};
  const bool limited = setrlimit(RLIMIT_FSIZE, &full) == 0;
  const SendResult result = offer(sender, "second");
  const SendResult again = offer(sender, "second");
  const bool restored = setrlimit(RLIMIT_FSIZE, &before) == 0;
  std::signal(SIGXFSZ, handler);
  TEST_ASSERT_TRUE(limited && restored);
  TEST_ASSERT_TRUE(result.outcome == Outcome::later);
  TEST_ASSERT_TRUE(again.outcome == Outcome::later);
  TEST_ASSERT_EQUAL_INT(EFBIG, sender.last_error());
  TEST_ASSERT_EQUAL_STRING("first", file.content());
  TEST_ASSERT_TRUE(offer(sender, "second").outcome == Outcome::delivered);
  TEST_ASSERT_EQUAL_STRING("firstsecond", file.content());
}

EDGESPAN_TEST(cli_file_what_cannot_be_written_is_bad_usage, "cli") {
  const TemporaryFile file;
  const FileSender writing{file.name()};
  for (const std::string& name :
       {file.name(), std::string{"/dev/null"}, std::string{"/tmp"}, std::string{"/no/such/directory/f"}}) {
    TEST_MESSAGE(name);
    bool refused = false;
    try {
      const FileSender sender{name};
    } catch (const cli::UsageError&) {
      refused = true;
    }
    TEST_ASSERT_TRUE(refused);
  }
}

}  // namespace
