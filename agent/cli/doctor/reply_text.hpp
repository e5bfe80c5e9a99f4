// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace edgespan::cli {

// The bytes that a server has sent in reply to a request, complete or not, HTTP or not. A view of `bytes`.
class ReplyText {
 public:
  explicit ReplyText(std::string_view bytes) noexcept;

  // Of the final reply; 0 if its status line has not come.
  unsigned status() const noexcept;
  // The value of a header, by its name in lower case; empty if there is none.
  std::string_view header(std::string_view name) const noexcept;
  std::string_view body() const noexcept { return body_; }
  // Whether all came that the header content-length announces. A body without one ends with the connection.
  bool complete() const noexcept;

  bool begun() const noexcept { return !head_.empty() || !body_.empty(); }
  bool is_tls() const noexcept;   // a record of TLS instead of HTTP
  bool is_html() const noexcept;  // a page for people
  // The first line of the body, or the title of a page, for people. The first line of everything if it is not
  // HTTP. Empty if nothing came.
  std::string excerpt() const;

 private:
  std::string_view head_;  // of the final reply, from its status line to the empty line
  std::string_view body_;
};

// Whether `text` has `lower_case` in it, in letters of any case.
bool contains_word(std::string_view text, std::string_view lower_case) noexcept;

}  // namespace edgespan::cli
