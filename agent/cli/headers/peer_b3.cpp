// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/peer_b3.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace edgespan::cli {
namespace {

constexpr std::size_t id_digits = 16;

std::optional<std::uint64_t> hex_id(std::string_view text, bool any_case) {
  if (text.size() != id_digits) return std::nullopt;
  std::uint64_t id = 0;
  for (const char digit : text) {
    const bool upper = digit >= 'A' && digit <= 'F';
    const bool lower = digit >= 'a' && digit <= 'f';
    if (!lower && !(upper && any_case) && !(digit >= '0' && digit <= '9')) return std::nullopt;
    const int letter_base = upper ? 'A' - 10 : 'a' - 10;
    id = id << 4 | static_cast<std::uint64_t>(digit - (upper || lower ? letter_base : '0'));
  }
  return id;
}

// Ids in full length; they may be zero.
std::optional<Context> ids_of(std::string_view trace, std::string_view span, bool any_case) {
  const bool is_long = trace.size() == 2 * id_digits;
  const auto high = is_long ? hex_id(trace.substr(0, id_digits), any_case) : std::uint64_t{0};
  const auto low = hex_id(is_long ? trace.substr(id_digits) : trace, any_case);
  const auto span_id = hex_id(span, any_case);
  if (!high || !low || !span_id) return std::nullopt;
  Context context;
  context.trace_hi = *high;
  context.trace_lo = *low;
  context.span_id = *span_id;
  return context;
}

std::vector<std::string_view> fields_of(std::string_view value) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = value.find('-');
    fields.push_back(value.substr(0, end));
    if (end == std::string_view::npos) return fields;
    value.remove_prefix(end + 1);
  }
}

bool equals_in_any_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

Decision sampled_if(bool sampled) { return sampled ? Decision::accept : Decision::deny; }

PeerB3 found(std::optional<Context> ids, Decision decision, std::string_view header) {
  if (!ids || !ids->valid()) return {};
  ids->decision = decision;
  return {.found = true, .context = *ids, .header = header};
}

// The names of the set as the peer looks for them: as Brave writes them, or in lower case.
struct SetNames {
  std::string_view trace, span, parent, sampled, flags;
};
constexpr SetNames mixed{"X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-Flags"};
constexpr SetNames lower{"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"};
constexpr std::string_view set_name = "X-B3-*";

std::string_view text_for(Peer peer, const HeaderTexts& headers, std::string_view name) {
  return value_for(peer, headers, name).value_or(std::string_view{});
}

// ---- Java. What is no decision is none that it samples for, and behind a broken `b3` it looks at the set.

Decision java_decision(std::string_view sampled) {
  return sampled_if(sampled == "1" || equals_in_any_case(sampled, "true"));
}

PeerB3 java_single(const HeaderTexts& headers) {
  auto fields = fields_of(text_for(Peer::java, headers, "b3"));
  while (!fields.empty() && fields.back().empty()) fields.pop_back();  // as Java's split()
  if (fields.size() < 2 || fields.size() > 4) return {};
  const std::string_view sampled = fields.size() > 2 ? fields[2] : std::string_view{};
  const Decision decision = sampled == "d" ? Decision::debug : java_decision(sampled);
  return found(ids_of(fields[0], fields[1], false), decision, "b3");
}

PeerB3 java_set(const HeaderTexts& headers) {
  const auto text = [&](std::string_view name) { return text_for(Peer::java, headers, name); };
  const Decision decision = text(mixed.flags) == "1" ? Decision::debug : java_decision(text(mixed.sampled));
  return found(ids_of(text(mixed.trace), text(mixed.span), false), decision, set_name);
}

// ---- Python. It looks at the set only if there is no `b3`, and samples for a `b3` without a decision.

PeerB3 python_b3(const HeaderTexts& headers) {
  const auto text = [&](std::string_view name) { return text_for(Peer::python, headers, name); };
  const auto is_true = [](std::string_view value) {
    return value == "1" || value == "True" || value == "true" || value == "d";
  };
  const std::string_view single = text("b3");
  std::optional<Context> ids;
  Decision decision = Decision::accept;
  if (!single.empty()) {
    const auto fields = fields_of(single);
    if (fields.size() < 2 || fields.size() > 4) return {};
    ids = ids_of(fields[0], fields[1], true);
    if (fields.size() > 2) decision = sampled_if(is_true(fields[2]));
  } else {
    ids = ids_of(text(lower.trace), text(lower.span), true);
    decision = sampled_if(is_true(text(lower.sampled)) || text(lower.flags) == "1");
  }
  if (ids && !ids->valid()) return {.emptied = true};
  return found(ids, decision, single.empty() ? set_name : "b3");
}

// ---- Go. As strict as Brave in `b3`, and behind a broken one it looks at the set.

bool is_parent(std::string_view text) { return hex_id(text, false).value_or(0) != 0; }

PeerB3 go_single(const HeaderTexts& headers) {
  const auto fields = fields_of(text_for(Peer::go, headers, "b3"));
  if (fields.size() < 2 || fields.size() > 4) return {};
  const std::string_view sampled = fields.size() > 2 ? fields[2] : "0";  // undecided is not sampled
  if (sampled != "0" && sampled != "1" && sampled != "d") return {};
  if (fields.size() == 4 && !is_parent(fields[3])) return {};
  const Decision decision = sampled == "d" ? Decision::debug : sampled_if(sampled == "1");
  return found(ids_of(fields[0], fields[1], false), decision, "b3");
}

PeerB3 go_set(const HeaderTexts& headers) {
  const auto text = [&](std::string_view name) { return text_for(Peer::go, headers, name); };
  const std::string_view sampled = text(lower.sampled);
  const bool yes = sampled == "1" || equals_in_any_case(sampled, "true");
  if (!yes && !sampled.empty() && sampled != "0" && !equals_in_any_case(sampled, "false")) return {};
  if (!text(lower.parent).empty() && !is_parent(text(lower.parent))) return {};
  const Decision decision = text(lower.flags) == "1" ? Decision::debug : sampled_if(yes);
  return found(ids_of(text(lower.trace), text(lower.span), false), decision, set_name);
}

}  // namespace

std::optional<std::string_view> value_for(Peer peer, const HeaderTexts& headers, std::string_view name) {
  const bool takes_last = peer == Peer::brave || peer == Peer::java;
  std::optional<std::string_view> value;
  for (const HeaderText& header : headers) {
    if (header.name != name) continue;
    value = header.value;
    if (!takes_last) break;
  }
  return value;
}

PeerB3 read_b3_as(Peer peer, const HeaderTexts& headers) {
  if (peer == Peer::python) return python_b3(headers);
  const bool is_go = peer == Peer::go;
  const PeerB3 single = is_go ? go_single(headers) : java_single(headers);
  if (single.found) return single;
  return is_go ? go_set(headers) : java_set(headers);
}

}  // namespace edgespan::cli
