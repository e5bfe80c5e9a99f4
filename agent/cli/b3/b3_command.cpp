// SPDX-License-Identifier: Apache-2.0
#include "cli/b3/b3_command.hpp"

#include <edgespan/b3.hpp>
#include <edgespan/b3_headers.hpp>

#include <cstddef>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgespan::cli {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// The bytes that `text` stands for; none if an escape in it is unknown or incomplete.
std::optional<std::string> unescape(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
    } else if (text.substr(i, 2) == "\\\\") {
      bytes += '\\';
      i += 1;
    } else {
      if (text.substr(i, 2) != "\\x" || text.size() < i + 4) return std::nullopt;
      const int high = hex_value(text[i + 2]);
      const int low = hex_value(text[i + 3]);
      if (high < 0 || low < 0) return std::nullopt;
      bytes += static_cast<char>(high * 16 + low);
      i += 3;
    }
  }
  return bytes;
}

struct HeaderText {
  std::string name;
  std::string value;
};

// The headers of a line, or what is wrong with it.
struct Line {
  std::vector<HeaderText> headers;
  std::string fault;  // empty: none
};

Line read_line(std::string_view text) {
  Line line;
  if (text.empty()) return line;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = text.find('\t');
    const std::string_view field = text.substr(0, end);
    const std::string header = "header " + std::to_string(number);
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      line.fault = header + " has no '='; write name=value and separate headers by one tab";
      return line;
    }
    auto name = unescape(field.substr(0, equals));
    auto value = unescape(field.substr(equals + 1));
    if (!name || !value) {
      line.fault = header + " has an unknown escape; write \\xHH for a byte and \\\\ for a backslash";
      return line;
    }
    line.headers.push_back({std::move(*name), std::move(*value)});
    if (end == std::string_view::npos) return line;
    text.remove_prefix(end + 1);
  }
}

B3Extraction extract(const Line& line) {
  B3Headers headers;
  for (const HeaderText& header : line.headers) headers.add(header.name, header.value);
  return headers.extract();
}

std::string_view decision_name(Decision decision) {
  switch (decision) {
    case Decision::deny:
      return "deny";
    case Decision::accept:
      return "accept";
    case Decision::debug:
      return "debug";
    case Decision::undecided:
      break;
  }
  return "undecided";
}

// Prints the ids as the library would write them on a message.
void print_ids(std::ostream& out, const Context& context) {
  B3Buffer buffer;
  out << "ids";
  for (const B3Header& header : b3_inject(context, B3Format::multi, buffer)) {
    const B3Key key = b3_key(header.name);
    if (key == B3Key::trace_id) out << " trace=" << header.value;
    if (key == B3Key::span_id) out << " span=" << header.value;
    if (key == B3Key::parent_span_id) out << " parent=" << header.value;
  }
  out << " decision=" << decision_name(context.decision) << '\n';
}

void print(std::ostream& out, const B3Extraction& found) {
  switch (found.kind) {
    case B3Extraction::Kind::ids:
      print_ids(out, found.context);
      break;
    case B3Extraction::Kind::flags:
      out << "flags decision=" << decision_name(found.context.decision) << '\n';
      break;
    case B3Extraction::Kind::empty:
      out << "empty reason=" << b3_error_name(found.error) << '\n';
      break;
  }
}

}  // namespace

int run_b3(std::istream& in, std::ostream& out, std::ostream& err) {
  bool all_read = true;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    const Line line = read_line(text);
    if (line.fault.empty()) {
      print(out, extract(line));
    } else {
      all_read = false;
      out << "empty reason=bad_line\n";
      err << "edgespan b3: line " << number << ": " << line.fault << '\n';
    }
  }
  if (in.bad()) {
    all_read = false;
    err << "edgespan b3: the input failed before its end; the answers so far are valid\n";
  }
  out.flush();
  if (!out) {
    all_read = false;
    err << "edgespan b3: the answers could not be written; check the disk or the reader of the pipe\n";
  }
  return all_read ? 0 : 1;
}

}  // namespace edgespan::cli
