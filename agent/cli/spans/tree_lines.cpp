// SPDX-License-Identifier: Apache-2.0
#include "cli/spans/tree_lines.hpp"

#include "cli/spans/trace_tree.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/escape.hpp"
#include "cli/text/quantities.hpp"

#include <algorithm>
#include <array>

namespace edgespan::cli {
namespace {

constexpr std::string_view bold = "\x1b[1m", dim = "\x1b[2m", red = "\x1b[31m", green = "\x1b[32m",
                           cyan = "\x1b[36m", plain = "\x1b[0m";

enum Column { service_column, name_column, kind_column, duration_column, columns_count };

struct Row {
  std::string branch;  // the lines of the tree that stand before the service
  std::array<std::string, columns_count> cells;
  std::string rest;  // remote service, tags, annotations and note: with their colours, not aligned
};

class Painter {
 public:
  explicit Painter(const TreeStyle& style) noexcept : colour_{style.colour} {}
  std::string operator()(std::string_view colour, std::string_view text) const {
    return colour_ ? std::string{colour} + std::string{text} + std::string{plain} : std::string{text};
  }

 private:
  bool colour_;
};

std::string rest_of(const CollectedSpan& span, const std::string& note, const Painter& paint) {
  std::string rest;
  if (!span.remote_service.empty()) rest.append("  → ").append(printable(span.remote_service));
  for (const auto& [key, value] : span.tags) {
    const std::string tag = printable(key) + "=" + printable(value);
    rest.append("  ").append(key == "error" ? paint(red, tag) : paint(dim, tag));
  }
  for (const auto& [timestamp_us, value] : span.annotations) {
    const std::uint64_t after_us = timestamp_us > span.timestamp_us ? timestamp_us - span.timestamp_us : 0;
    std::string event{"@"};
    event.append(duration_text(after_us)).append(" ").append(printable(value));
    rest.append("  ").append(paint(dim, event));
  }
  if (!note.empty()) rest.append("  ").append(paint(red, "(" + note + ")"));
  return rest;
}

std::vector<Row> rows_of(std::span<const CollectedSpan> spans, const Painter& paint) {
  std::vector<Row> rows;
  std::vector<std::string> indents{""};  // what stands before a node, by its depth
  for (const TreeNode& node : build_tree(spans)) {
    const CollectedSpan& span = spans[node.span];
    indents.resize(node.depth + 1);
    Row& row = rows.emplace_back();
    row.branch = indents.back() + (node.last ? "└─ " : "├─ ");
    indents.push_back(indents.back() + (node.last ? "   " : "│  "));
    row.cells[service_column] = printable(span.service.empty() ? "-" : span.service);
    row.cells[name_column] = printable(span.name.empty() ? "-" : span.name);
    row.cells[kind_column] = kind_text(span.kind);
    row.cells[duration_column] = duration_text(span.duration_us);
    row.rest = rest_of(span, node.note, paint);
  }
  return rows;
}

std::size_t width(const Row& row, std::size_t column) {
  return columns(row.cells[column]) + (column == service_column ? columns(row.branch) : 0);
}

std::string line_of(const Row& row, const std::array<std::size_t, columns_count>& widths,
                    const Painter& paint) {
  constexpr std::array<std::string_view, columns_count> colours{bold, green, cyan, plain};
  std::string line = paint(dim, row.branch);
  for (std::size_t column = 0; column < columns_count; ++column) {
    const std::string padding(widths[column] - width(row, column), ' ');
    const std::string cell = paint(colours[column], row.cells[column]);
    if (column != 0) line += "  ";
    line.append(column == duration_column ? padding : cell)
        .append(column == duration_column ? cell : padding);
  }
  return line + row.rest;
}

void append_trace(std::vector<std::string>& lines, std::span<const CollectedSpan> spans,
                  const Painter& paint) {
  const std::vector<Row> rows = rows_of(spans, paint);
  std::array<std::size_t, columns_count> widths{};
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < columns_count; ++column) {
      widths[column] = std::max(widths[column], width(row, column));
    }
  }
  lines.push_back("trace " + spans.front().trace_id);
  for (const Row& row : rows) lines.push_back(line_of(row, widths, paint));
}

}  // namespace

std::vector<std::string> tree_lines(std::span<const CollectedSpan> spans, const TreeStyle& style) {
  std::vector<std::vector<CollectedSpan>> traces;
  for (const CollectedSpan& span : spans) {
    const auto same = [&](const std::vector<CollectedSpan>& trace) {
      return trace.front().trace_id == span.trace_id;
    };
    auto trace = std::ranges::find_if(traces, same);
    if (trace == traces.end()) trace = traces.emplace(trace);
    trace->push_back(span);
  }
  std::vector<std::string> lines;
  for (const auto& trace : traces) append_trace(lines, trace, Painter{style});
  return lines;
}

}  // namespace edgespan::cli
