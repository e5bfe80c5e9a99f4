// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/peer_reading.hpp"

#include "cli/headers/peer_b3.hpp"
#include "cli/text/escape.hpp"

#include <edgespan/b3_headers.hpp>
#include <edgespan/w3c.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace edgespan::cli {
namespace {

using Kind = PeerReading::Kind;

constexpr std::array<std::string_view, 8> w3c_faults{
    "",
    "is not there",
    "has not the length of one: 55 characters, in version 00 nothing behind them",
    "has no '-' where one must stand",
    "holds something that is not a lower-case hexadecimal digit",
    "has version ff, which none may have",
    "has a trace id of zero",
    "has a span id of zero",
};
static_assert(w3c_faults.size() == static_cast<std::size_t>(W3cError::zero_span_id) + 1);

constexpr std::array<std::string_view, 11> b3_faults{
    "",
    "is not there",
    "is too long",
    "has an id of a length that no id has",
    "has an id that is not lower-case hexadecimal",
    "has a '-' too few or too many",
    "has a decision that is none",
    "has a trace id of zero",
    "has a span id of zero",
    "has a parent id of zero",
    "has a trace id without a span id",
};
static_assert(b3_faults.size() == static_cast<std::size_t>(B3Error::missing_span_id) + 1);

PeerReading fresh(std::string cause) { return {.kind = Kind::fresh, .cause = std::move(cause)}; }

// ---- Brave

PeerReading read_as_brave(const HeaderTexts& headers) {
  B3Headers all;
  B3Headers set;
  for (std::size_t i = 0; i < b3_key_names.size(); ++i) {
    const auto value = value_for(Peer::brave, headers, b3_key_names[i]);
    if (!value) continue;
    all.add(static_cast<B3Key>(i), *value);
    if (i != 0) set.add(static_cast<B3Key>(i), *value);
  }
  if (!all.any()) return fresh("it knows B3 alone, and finds none");
  const B3Extraction found = all.extract();
  if (found.kind == B3Extraction::Kind::empty) return fresh("B3 " + std::string{fault_in_words(found.error)});
  const auto single = value_for(Peer::brave, headers, b3_key_names[0]);
  PeerReading reading;
  reading.context = found.context;
  reading.header = single && b3_parse(*single).error == B3Error::ok ? "b3" : "X-B3-*";
  reading.kind = found.kind == B3Extraction::Kind::ids ? Kind::ids : Kind::decision;
  reading.new_trace_id = found.context.trace_hi != 0 && found.context.trace_lo == 0;
  return reading;
}

// ---- OpenTelemetry

// Python decodes every value that it asks for, and nobody catches what that throws.
std::optional<PeerReading> raised(Peer peer, const HeaderTexts& headers, std::string_view name) {
  const auto value = value_for(peer, headers, name);
  if (peer != Peer::python || !value || is_utf8(*value)) return std::nullopt;
  return PeerReading{.kind = Kind::raises, .cause = std::string{name} + " is not UTF-8"};
}

// As Python's pattern does: blanks on both sides, and one newline at the end.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  if (text.ends_with('\n')) text.remove_suffix(1);
  while (!text.empty() && blanks.find(text.front()) != blanks.npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != blanks.npos) text.remove_suffix(1);
  return text;
}

bool is_version_00(std::string_view text) { return text.substr(0, 3) == "00-"; }

// Go refuses version 00 with another flag than the two that are known; 55 characters, all checked.
bool has_other_flags(std::string_view text) {
  const char high = text[traceparent_bytes - 2];
  const char low = text[traceparent_bytes - 1];
  return high != '0' || low < '0' || low > '3';
}

PeerReading read_parent_as(Peer peer, const HeaderTexts& headers) {
  if (auto loss = raised(peer, headers, traceparent_name)) return *loss;
  const auto value = value_for(peer, headers, traceparent_name);
  if (!value) return fresh("it finds no traceparent");
  std::string_view text = peer == Peer::python ? trimmed(*value) : *value;
  const bool lone_dash = text.size() == traceparent_bytes + 1 && text.ends_with('-');
  if (peer == Peer::go && lone_dash && is_version_00(text)) text.remove_suffix(1);
  const W3cExtraction found = traceparent_parse(text);
  if (found.error != W3cError::ok) {
    return fresh("the traceparent that it takes " + std::string{fault_in_words(found.error)});
  }
  if (peer == Peer::go && is_version_00(text) && has_other_flags(text)) {
    return fresh("it refuses flags other than 00 to 03");
  }
  if (auto loss = raised(peer, headers, tracestate_name)) return *loss;
  return {.kind = Kind::ids, .context = found.context, .header = traceparent_name};
}

}  // namespace

std::string_view fault_in_words(W3cError error) { return w3c_faults[static_cast<std::size_t>(error)]; }

std::string_view fault_in_words(B3Error error) { return b3_faults[static_cast<std::size_t>(error)]; }

PeerReading read_as(Peer peer, const HeaderTexts& headers) {
  if (peer == Peer::brave) return read_as_brave(headers);
  PeerReading parent = read_parent_as(peer, headers);
  if (parent.kind == Kind::raises) return parent;
  return raised(peer, headers, "baggage").value_or(std::move(parent));
}

PeerReading read_with_b3_as(Peer peer, const HeaderTexts& headers) {
  PeerReading parent = read_as(peer, headers);
  if (parent.kind == Kind::raises) return parent;
  if (auto loss = raised(peer, headers, "b3")) return *loss;
  const PeerB3 b3 = read_b3_as(peer, headers);
  if (b3.emptied) return fresh("B3 has an id of zero, which takes the place of any traceparent");
  if (b3.found) return {.kind = Kind::ids, .context = b3.context, .header = b3.header};
  if (parent.kind == Kind::fresh) parent.cause += ", and no B3 that it could read";
  return parent;
}

}  // namespace edgespan::cli
