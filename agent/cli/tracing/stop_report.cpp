// SPDX-License-Identifier: Apache-2.0
#include "cli/tracing/stop_report.hpp"

#include "cli/text/quantities.hpp"
#include "cli/tracing/books_line.hpp"

namespace edgespan::cli {
namespace {

// Long enough for a slow collector to answer twice.
constexpr std::uint32_t stop_deadline_ms = 5'000;

}  // namespace

bool stop_and_report(ToolAgent& agent, std::ostream& err) {
  const Books books = agent.stop(stop_deadline_ms);
  err << books_line(books) << std::endl;
  if (const std::string line = agent.gzip_line(); !line.empty()) err << line << std::endl;
  if (!books.balanced()) err << "edgespan: the books do not balance; please report this line" << std::endl;
  if (all_delivered(books)) return true;
  err << "edgespan: " << counted(books.finished - books.delivered, "span was lost", "spans were lost");
  const std::string problem = agent.delivery_problem();
  if (!problem.empty()) err << "; " << problem;
  err << std::endl;
  return false;
}

}  // namespace edgespan::cli
