// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/header_remarks.hpp"

#include "cli/headers/ids_text.hpp"
#include "cli/headers/peer_reading.hpp"
#include "cli/text/escape.hpp"

#include <edgespan/b3_headers.hpp>
#include <edgespan/w3c.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace edgespan::cli {
namespace {

using Kind = B3Extraction::Kind;

// A header that edgespan reads, in whatever case, by the name that is written.
struct Named {
  std::string_view written;
  std::size_t count = 0;  // in any spelling
  std::size_t exact = 0;  // in this one
  std::size_t last = 0;   // the place of the last one in the record

  bool respelled() const { return exact != count; }
};

bool same_name(std::string_view name, std::string_view written) {
  const auto folded = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(name, written, {}, folded, folded);
}

Named find(const HeaderTexts& headers, std::string_view written) {
  Named found{.written = written};
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!same_name(headers[i].name, written)) continue;
    ++found.count;
    found.last = i;
    if (headers[i].name == written) ++found.exact;
  }
  return found;
}

// All that a record says, each header by itself.
struct Said {
  std::array<Named, 6> b3{};  // by B3Key
  Named parent{.written = traceparent_name};
  Named state{.written = tracestate_name};
  B3Extraction single{}, set{}, both{};
  W3cExtraction w3c{};

  bool has_set() const {
    return std::any_of(b3.begin() + 1, b3.end(), [](const Named& name) { return name.count != 0; });
  }
  std::size_t last_b3() const {
    std::size_t last = 0;
    for (const Named& name : b3) last = std::max(last, name.count != 0 ? name.last : 0);
    return last;
  }
  bool parent_is_last() const { return parent.last > last_b3(); }
};

Said listen(const HeaderTexts& headers) {
  Said said;
  B3Headers set;
  B3Headers both;
  for (std::size_t i = 0; i < said.b3.size(); ++i) {
    said.b3[i] = find(headers, b3_key_names[i]);
    if (said.b3[i].count == 0) continue;
    const std::string& value = headers[said.b3[i].last].value;
    both.add(static_cast<B3Key>(i), value);
    if (i != 0) set.add(static_cast<B3Key>(i), value);
    if (i == 0) said.single = b3_parse(value);
  }
  said.set = set.extract();
  said.both = both.extract();
  said.parent = find(headers, traceparent_name);
  said.state = find(headers, tracestate_name);
  if (said.parent.count != 0) said.w3c = traceparent_parse(headers[said.parent.last].value);
  return said;
}

std::string what_b3_says(const B3Extraction& found) {
  if (found.kind == Kind::ids) return ids_in_words(found.context);
  if (found.kind == Kind::empty) return "cannot be read: it " + std::string{fault_in_words(found.error)};
  return "a decision without ids: " + std::string{decision_in_words(found.context.decision)};
}

std::string what_parent_says(const W3cExtraction& found, std::string_view value) {
  if (found.error != W3cError::ok) {
    return "cannot be read: it " + std::string{fault_in_words(found.error)};
  }
  std::string text = ids_in_words(found.context);
  if (!value.starts_with("00")) text += ", of version " + std::string{value.substr(0, 2)};
  const std::string_view flags = value.substr(traceparent_bytes - 2, 2);
  if (flags > "03") text += ", with flags " + std::string{flags} + " that nobody knows";
  return text;
}

std::string what_becomes_of_state(const Said& said, const Extraction& found, std::string_view value) {
  if (!found.tracestate_dropped) return "goes on with the trace";
  const std::string drops = "does not go on: ";
  if (said.w3c.error != W3cError::ok) return drops + "there is no traceparent that it could belong to";
  if (said.state.count > 1) return drops + "it stands there more than once";
  if (value.size() > tracestate_bytes_max) {
    return drops + "it is longer than " + std::to_string(tracestate_bytes_max) + " bytes";
  }
  if (!tracestate_valid(value)) return drops + "it is none that OpenTelemetry takes";
  return drops + "the trace of its traceparent is not the one that counts";
}

bool one_trace(const Context& left, const Context& right) {
  return left.trace_hi == right.trace_hi && left.trace_lo == right.trace_lo;
}

// Where B3 and `traceparent` disagree.
std::optional<std::string> conflict_of(const Said& said, const Extraction& found) {
  if (said.w3c.error != W3cError::ok || said.both.kind == Kind::empty) return std::nullopt;
  const Context& b3 = said.both.context;
  const Context& parent = said.w3c.context;
  const std::string newer = said.parent_is_last() ? "traceparent" : "B3";
  const std::string takes = "edgespan takes it for " + std::string{decision_in_words(found.context.decision)};
  if (said.both.kind == Kind::flags) return "B3 has a decision alone, and traceparent the ids; " + takes;
  if (!one_trace(b3, parent)) {
    return "B3 and traceparent are of different traces; " + newer + " stands last, so it is the newer one";
  }
  if (b3.span_id != parent.span_id) {
    return "B3 and traceparent are of one trace but of different spans; " + newer +
           " stands last, so its span is the newer one";
  }
  if (b3.decision == Decision::undecided || b3.sampled() == parent.sampled()) return std::nullopt;
  return "B3 says " + std::string{decision_in_words(b3.decision)} + ", traceparent " +
         std::string{decision_in_words(parent.decision)} + "; " + takes;
}

void add_spelling(std::vector<Remark>& remarks, const HeaderTexts& headers, const Named& name) {
  if (!name.respelled()) return;
  for (const HeaderText& header : headers) {
    if (!same_name(header.name, name.written) || header.name == name.written) continue;
    remarks.push_back({"note", "only edgespan finds '" + printable(header.name) + "'; all others look for '" +
                                   std::string{name.written} + "'"});
    return;
  }
}

void add_set_spelling(std::vector<Remark>& remarks, const HeaderTexts& headers, const Said& said) {
  if (!said.has_set()) return;
  bool all_mixed = true;
  bool all_lower = true;
  for (std::size_t i = 1; i < said.b3.size(); ++i) {
    for (const HeaderText& header : headers) {
      if (!same_name(header.name, b3_key_names[i])) continue;
      all_mixed = all_mixed && header.name == b3_key_names[i];
      all_lower = all_lower && std::ranges::none_of(header.name, [](char c) { return c >= 'A' && c <= 'Z'; });
    }
  }
  remarks.push_back(
      {"note", all_mixed   ? "X-B3-* is spelled as Brave and Java do; Python and Go do not find it"
               : all_lower ? "X-B3-* is in lower case, as Python and Go have it; Brave and Java do "
                             "not find it"
                           : "only edgespan finds all of X-B3-* in these spellings"});
}

void add_double(std::vector<Remark>& remarks, const Named& name, std::string_view takers) {
  if (name.exact < 2) return;
  remarks.push_back({"note", std::string{name.written} + " stands there " + std::to_string(name.exact) +
                                 " times: " + std::string{takers} +
                                 " take the last of it, Python and Go the first"});
}

}  // namespace

std::vector<Remark> remarks_on(const HeaderTexts& headers, const Extraction& found) {
  const Said said = listen(headers);
  std::vector<Remark> remarks;
  const auto value = [&](const Named& name) { return std::string_view{headers[name.last].value}; };
  if (said.b3[0].count != 0) remarks.push_back({"b3", what_b3_says(said.single)});
  if (said.has_set()) remarks.push_back({"X-B3-*", what_b3_says(said.set)});
  if (said.parent.count != 0) {
    remarks.push_back({"traceparent", what_parent_says(said.w3c, value(said.parent))});
  }
  if (said.state.count != 0) {
    remarks.push_back({"tracestate", what_becomes_of_state(said, found, value(said.state))});
  }
  if (find(headers, "baggage").count != 0) {
    remarks.push_back({"baggage", "goes on untouched; no trace begins or ends by it"});
  }
  if (auto conflict = conflict_of(said, found)) remarks.push_back({"conflict", std::move(*conflict)});
  if (said.single.kind == Kind::ids && said.set.kind == Kind::ids &&
      (!one_trace(said.single.context, said.set.context) ||
       said.single.context.span_id != said.set.context.span_id)) {
    remarks.push_back({"conflict", "b3 and X-B3-* differ; who finds both takes b3"});
  }
  if (said.both.kind == Kind::ids && said.both.context.decision == Decision::undecided) {
    remarks.push_back({"note",
                       "B3 has no decision: Brave decides, Python samples for b3 and not for X-B3-*, Java "
                       "and Go do not; edgespan decides before it passes it on"});
  }
  for (const Named& name : said.b3) add_double(remarks, name, "edgespan, Brave and Java");
  add_double(remarks, said.parent, "edgespan and Java");
  add_spelling(remarks, headers, said.b3[0]);
  add_set_spelling(remarks, headers, said);
  add_spelling(remarks, headers, said.parent);
  add_spelling(remarks, headers, said.state);
  return remarks;
}

}  // namespace edgespan::cli
