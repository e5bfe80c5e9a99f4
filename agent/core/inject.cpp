// SPDX-License-Identifier: Apache-2.0
#include <edgespan/b3.hpp>
#include <edgespan/inject.hpp>
#include <edgespan/w3c.hpp>

#include "core/assert.hpp"
#include "core/b3_impl.hpp"
#include "core/hex_fast.hpp"

#include <array>

namespace edgespan {
namespace {

// Gives each header away as soon as its value is made: one buffer serves them all.
struct Headers {
  PutHeader put;
  void* sink;
  bool ok;
  std::array<char, b3_single_max> value;

  void give(std::string_view name, std::size_t size) noexcept {
    EDGESPAN_ASSERT(size != 0 && size <= value.size());
    ok = ok && put(sink, name, {value.data(), size});
  }
  // What b3_impl::inject_set() asks for.
  char* place() noexcept { return value.data(); }
  void append(B3Key key, std::size_t size) noexcept {
    give(b3_key_names[static_cast<std::size_t>(key)], size);
  }
};

void give_w3c(Headers& headers, const Context& context, std::string_view tracestate) noexcept {
  const std::span<char, traceparent_bytes> text{headers.value.data(), traceparent_bytes};
  headers.give(traceparent_name, traceparent_format(context, text));
  if (!tracestate.empty()) headers.ok = headers.ok && headers.put(headers.sink, tracestate_name, tracestate);
}

}  // namespace

bool inject_into(const Context& context, const Propagation& propagation, std::string_view tracestate,
                 PutHeader put, void* sink) noexcept {
  if (!context.valid() || context.decision == Decision::undecided) return false;
  Headers headers;
  headers.put = put;
  headers.sink = sink;
  headers.ok = true;
  for (const TraceFormat format : propagation) {
    if (format <= TraceFormat::b3_parent) {
      const bool parent = format == TraceFormat::b3_parent;
      const B3Format form = parent ? B3Format::single : B3Format::single_no_parent;
      headers.append(B3Key::b3, b3_format(context, form, headers.value));
    } else if (format == TraceFormat::b3_multi) {
      b3_impl::inject_set<b3_impl::HexFast>(context, headers);
    } else if (format == TraceFormat::w3c || (context.w3c & came_with_traceparent) != 0) {
      give_w3c(headers, context, tracestate);
    }
  }
  return headers.ok;
}

}  // namespace edgespan
