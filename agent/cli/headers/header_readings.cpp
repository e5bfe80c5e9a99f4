// SPDX-License-Identifier: Apache-2.0
#include "cli/headers/header_readings.hpp"

#include "cli/headers/ids_text.hpp"
#include "cli/headers/peer_reading.hpp"

#include <edgespan/b3.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace edgespan::cli {
namespace {

using Kind = PeerReading::Kind;

constexpr std::array<std::pair<Peer, std::string_view>, 4> peers{
    {{Peer::brave, "Brave"}, {Peer::java, "Java"}, {Peer::python, "Python"}, {Peer::go, "Go"}}};

std::string goes_on(const Context& context) {
  const IdsText ids = ids_text(context);
  const bool undecided = context.decision == Decision::undecided;
  return "continues trace " + ids.trace + " under span " + ids.span + ", " +
         (undecided ? "and decides itself" : std::string{decision_in_words(context.decision)});
}

std::string begins(Decision decision) {
  if (decision == Decision::undecided) return "starts a new trace";
  return "starts a new trace, " + std::string{decision_in_words(decision)};
}

// How a trace that goes on differs from what edgespan makes of the record; empty if it does not.
std::string difference(const PeerReading& reading, const Extraction& ours) {
  const Context& theirs = reading.context;
  if (reading.new_trace_id) return "a new trace id, since the low half of this one is zero";
  if (ours.kind != B3Extraction::Kind::ids) return "edgespan starts a new one";
  if (theirs.trace_hi != ours.context.trace_hi || theirs.trace_lo != ours.context.trace_lo) {
    return "not edgespan's trace";
  }
  if (theirs.span_id != ours.context.span_id) return "not edgespan's span";
  const bool undecided = ours.context.decision == Decision::undecided;
  if (undecided && theirs.decision != Decision::undecided) return "edgespan decides itself";
  if (theirs.sampled() == ours.context.sampled()) return {};
  return "for edgespan it is " + std::string{decision_in_words(ours.context.decision)};
}

std::string in_words(const PeerReading& reading, const Extraction& ours) {
  const std::string by = ", by " + std::string{reading.header};
  switch (reading.kind) {
    case Kind::raises:
      return "does not get the record: " + reading.cause + ", so that poll() raises";
    case Kind::fresh:
      return "starts a new trace: " + reading.cause;
    case Kind::decision:
      return begins(reading.context.decision) + by;
    case Kind::ids:
      break;
  }
  const std::string differs = difference(reading, ours);
  if (differs.empty()) return "as edgespan" + by;
  return goes_on(reading.context) + by + ": " + differs;
}

bool has_b3(const HeaderTexts& headers) {
  for (const HeaderText& header : headers) {
    if (b3_key(header.name) != B3Key::none) return true;
  }
  return false;
}

}  // namespace

std::vector<Remark> readings_of(const HeaderTexts& headers, const Extraction& found) {
  std::vector<Remark> readings;
  const bool ids = found.kind == B3Extraction::Kind::ids;
  readings.push_back({"edgespan", ids ? goes_on(found.context) : begins(found.context.decision)});
  for (const auto& [peer, name] : peers) {
    readings.push_back({name, in_words(read_as(peer, headers), found)});
    if (peer == Peer::brave || !has_b3(headers)) continue;
    const PeerReading with_b3 = read_with_b3_as(peer, headers);
    readings.push_back({"", "with propagators tracecontext,b3: " + in_words(with_b3, found)});
  }
  return readings;
}

}  // namespace edgespan::cli
