// SPDX-License-Identifier: Apache-2.0
// What a server sent in reply, whole or in part.
#include "cli/doctor/reply_text.hpp"
#include "support/test.hpp"

#include <string>
#include <string_view>

namespace {

using edgespan::cli::ReplyText;

std::string reply(unsigned status, const std::string& headers = "", const std::string& body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Text\r\n" + headers + "\r\n" + body;
}

EDGESPAN_TEST(reply_headers_and_body_are_found, "cli") {
  const std::string bytes = "HTTP/1.1 100 Continue\r\n\r\n" +
                            reply(301, "Location:  http://there/ \r\nDATE: today\r\nEmpty:\r\n", "moved");
  const ReplyText reply_text{bytes};
  TEST_ASSERT_EQUAL_STRING("http://there/", std::string{reply_text.header("location")});
  TEST_ASSERT_EQUAL_STRING("today", std::string{reply_text.header("date")});
  TEST_ASSERT_EQUAL_STRING("", std::string{reply_text.header("empty")});
  TEST_ASSERT_EQUAL_STRING("", std::string{reply_text.header("retry-after")});
  TEST_ASSERT_EQUAL_STRING("moved", std::string{reply_text.body()});
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const ReplyText part{std::string_view{bytes}.substr(0, cut)};  // no byte beyond the cut is looked at
    TEST_ASSERT_TRUE(part.header("location").size() <= cut);
    TEST_ASSERT_TRUE(part.excerpt().size() <= cut);
  }
}

EDGESPAN_TEST(reply_an_excerpt_is_short_and_printable, "cli") {
  TEST_ASSERT_EQUAL_STRING("first line", ReplyText{reply(500, "", "\r\n first line\r\nsecond")}.excerpt());
  TEST_ASSERT_EQUAL_STRING("\\x1b[2J", ReplyText{reply(500, "", "\x1b[2J")}.excerpt());
  TEST_ASSERT_EQUAL_STRING(std::string(120, 'x') + "...",
                           ReplyText{reply(500, "", std::string(121, 'x'))}.excerpt());
  TEST_ASSERT_EQUAL_STRING("Log in", ReplyText{reply(200, "", "<html><title>Log in</title>")}.excerpt());
  TEST_ASSERT_EQUAL_STRING("SSH-2.0-x", ReplyText{"SSH-2.0-x\r\n"}.excerpt());
}

EDGESPAN_TEST(reply_status_and_end_are_those_of_the_final_reply, "cli") {
  const std::string bytes = "HTTP/1.1 100 Continue\r\n\r\n" + reply(404, "Content-Length: 3\r\n", "no!");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    TEST_ASSERT_FALSE(ReplyText{std::string_view{bytes}.substr(0, size)}.complete());
  }
  TEST_ASSERT_TRUE(ReplyText{bytes}.complete());
  TEST_ASSERT_EQUAL_UINT32(404, ReplyText{bytes}.status());
  TEST_ASSERT_FALSE(ReplyText{reply(200, "", "until the connection ends")}.complete());
  TEST_ASSERT_TRUE(ReplyText{reply(204, "Content-Length: 0\r\n")}.complete());
  TEST_ASSERT_EQUAL_UINT32(0, ReplyText{"HTTP/1.1 40"}.status());  // more digits may come
  TEST_ASSERT_EQUAL_UINT32(0, ReplyText{"SSH-2.0-OpenSSH_9.2\r\n"}.status());
}

}  // namespace
