// SPDX-License-Identifier: Apache-2.0
// What other tracers make of the trace headers of a record. The rules are those that Brave 6.3 and
// OpenTelemetry's propagators and Kafka instrumentations for Java 1.68, Python 1.45 and Go 1.47 were seen to
// follow; what Go's instrumentations do with doubles, and Go's B3, are read in their source.
#pragma once

#include "cli/headers/header_line.hpp"

#include <edgespan/b3_error.hpp>
#include <edgespan/context.hpp>
#include <edgespan/w3c_error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace edgespan::cli {

enum class Peer : std::uint8_t { brave, java, python, go };

struct PeerReading {
  enum class Kind : std::uint8_t {
    fresh,     // nothing usable; a new trace begins
    decision,  // a new trace begins, with this decision
    ids,       // the trace goes on
    raises,    // the program does not get the record
  };
  Kind kind = Kind::fresh;
  Context context{};          // of `ids`; of `decision` only that
  std::string_view header{};  // what said so: `b3`, `X-B3-*` or `traceparent`
  std::string cause{};        // of `fresh` and `raises`, in words
  bool new_trace_id = false;  // Brave makes a new id for this one
};

// With the propagators that a program has unless told otherwise: Brave's B3, OpenTelemetry's
// `tracecontext,baggage`.
PeerReading read_as(Peer peer, const HeaderTexts& headers);

// Of the three of OpenTelemetry, with `tracecontext,baggage,b3`: the last that finds something wins.
PeerReading read_with_b3_as(Peer peer, const HeaderTexts& headers);

// What is wrong with a header, as the end of a sentence about it. Empty for `ok`.
std::string_view fault_in_words(W3cError error);
std::string_view fault_in_words(B3Error error);

}  // namespace edgespan::cli
