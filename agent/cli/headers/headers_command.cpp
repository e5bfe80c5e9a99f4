// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/headers_command.hpp"

#include "cli/headers/header_line.hpp"
#include "cli/headers/header_readings.hpp"
#include "cli/headers/header_remarks.hpp"
#include "cli/headers/ids_text.hpp"
#include "cli/text/columns.hpp"

#include <edgespan/trace_reader.hpp>

#include <CLI/App.hpp>

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace edgespan::cli {
namespace {

Extraction extract_from(const HeaderTexts& headers) {
  TraceReader reader;
  for (const HeaderText& header : headers) reader.add(header.name, header.value);
  return reader.extract();
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

void print_answer(std::ostream& out, const Extraction& found) {
  switch (found.kind) {
    case B3Extraction::Kind::ids: {
      const IdsText ids = ids_text(found.context);
      out << "ids trace=" << ids.trace << " span=" << ids.span;
      if (!ids.parent.empty()) out << " parent=" << ids.parent;
      break;
    }
    case B3Extraction::Kind::flags:
      out << "flags";
      break;
    case B3Extraction::Kind::empty:
      // The reason that says more: a header that is there and broken.
      out << "empty reason="
          << (found.b3_error != B3Error::absent ? b3_error_name(found.b3_error)
                                                : w3c_error_name(found.w3c_error))
          << '\n';
      return;
  }
  out << " decision=" << decision_name(found.context.decision) << '\n';
}

void print_words(std::ostream& out, const HeaderTexts& headers, const Extraction& found) {
  constexpr std::size_t width = 13;
  for (const auto& remarks : {remarks_on(headers, found), readings_of(headers, found)}) {
    for (const Remark& remark : remarks)
      out << "  " << left_aligned(remark.subject, width) << remark.text << '\n';
  }
  out << '\n';
}

}  // namespace

int run_headers(const HeadersOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  bool all_read = true;
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    const HeaderLine line = read_header_line(text);
    if (!line.fault.empty()) {
      all_read = false;
      out << "empty reason=bad_line\n";
      err << "edgespan headers: line " << number << ": " << line.fault << '\n';
      continue;
    }
    const Extraction found = extract_from(line.headers);
    print_answer(out, found);
    if (!options.brief) print_words(out, line.headers, found);
  }
  if (in.bad()) {
    all_read = false;
    err << "edgespan headers: the input failed before its end; the answers so far are valid\n";
  }
  out.flush();
  if (!out) {
    all_read = false;
    err << "edgespan headers: the answers could not be written; check the disk or the reader of the pipe\n";
  }
  return all_read ? 0 : 1;
}

void add_headers(CLI::App& app, HeadersOptions& options) {
  CLI::App* const headers = app.add_subcommand(
      "headers",
      "explain trace headers: each line of standard input holds those of a message, as name=value, "
      "separated by tabs");
  headers->add_flag("--brief", options.brief, "one line a message: what edgespan finds");
  headers->callback([&options] { options.asked = true; });
  app.add_subcommand("b3", "headers --brief, by its old name")->callback([&options] {
    options.asked = options.brief = true;
  });
}

}  // namespace edgespan::cli
