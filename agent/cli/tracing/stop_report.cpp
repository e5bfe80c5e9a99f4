// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/stop_report.hpp"

#include "cli/text/escape.hpp"
#include "cli/tracing/books_line.hpp"

namespace edgespan::cli {
namespace {

// A collector that answers at all has answered by then, twice if need be.
constexpr std::uint32_t stop_deadline_ms = 5'000;

}  // namespace

bool stop_and_report(ToolAgent& agent, std::ostream& err) {
  const Books books = agent.stop(stop_deadline_ms);
  err << books_line(books) << std::endl;
  if (const std::string line = agent.gzip_line(); !line.empty()) err << line << std::endl;
  if (!books.balanced()) err << "edgespan: the books do not balance; please report this line" << std::endl;
  if (all_delivered(books)) return true;
  err << "edgespan: " << counted(books.finished - books.delivered, "span was lost", "spans were lost");
  const std::string complaint = agent.complaint();
  if (!complaint.empty()) err << "; " << complaint;
  err << std::endl;
  return false;
}

}  // namespace edgespan::cli
