// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/doctor/doctor_report.hpp"

#include <edgespan/http_sender.hpp>
#include <edgespan/sender.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

// What a server sent, looked at by people's questions; HttpReply has read it already. A view.
class ReplyText {
 public:
  explicit ReplyText(std::string_view bytes) noexcept;

  // The value of a header, by its name in lower case; empty if there is none.
  std::string_view header(std::string_view name) const noexcept;
  std::string_view body() const noexcept { return body_; }

  bool begun() const noexcept { return !head_.empty() || !body_.empty(); }
  bool is_tls() const noexcept;   // a record of TLS, where HTTP was to be
  bool is_html() const noexcept;  // a page for people
  // The beginning of its body, for people; of everything that came, if it is not HTTP. Empty if nothing came.
  std::string excerpt() const;

 private:
  std::string_view head_;  // of the final reply, from its status line
  std::string_view body_;
};

// What the answer to a post of spans to `url` means to whoever set it up.
Finding judge_post(const SendResult& result, const ReplyText& answer, const HttpUrl& url,
                   std::uint64_t limit_us);

// What this machine's date is worth, in seconds since 1970. `server_s` is what the server said, 0 for
// nothing.
struct Dates {
  bool known = true;  // to the agent; false: it takes the date for one that was never set
  std::int64_t machine_s = 0;
  std::int64_t server_s = 0;
};
Finding judge_dates(const Dates& dates);

// 2026-11-24 09:20:11 UTC
std::string date_text(std::int64_t seconds);
// In its two largest units: 56 years, 3 h 2 min, 12 s.
std::string span_of_time(std::int64_t seconds);

}  // namespace edgespan::cli
