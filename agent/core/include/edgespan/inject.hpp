// SPDX-License-Identifier: Apache-2.0
// A context into the headers of a message, whatever carries them. Needs no Tracing.
#pragma once

#include <edgespan/context.hpp>
#include <edgespan/propagation.hpp>
#include <memory>
#include <string_view>
#include <type_traits>

namespace edgespan {

// Takes one header: a name with static storage, followed by a NUL, and a value that lasts as long as the call
// and is not followed by one. False: it could not; no further header is offered.
using PutHeader = bool (*)(void* sink, std::string_view name, std::string_view value);

// Gives `put` the headers of `context` in the order of `propagation`. `tracestate`: what extract() found with
// the trace; it leaves behind a `traceparent` only. False if `put` said so, and, without a call of it, for a
// context that is not valid() or is undecided: who reads such a header decides for himself, and differently.
bool inject_into(const Context& context, const Propagation& propagation, std::string_view tracestate,
                 PutHeader put, void* sink) noexcept;

// The same with a function object: `sink(name, value)`, which returns nothing, or a bool as PutHeader does.
template <typename Sink>
bool inject(const Context& context, Sink&& sink, const Propagation& propagation = {},
            std::string_view tracestate = {}) noexcept {
  using Function = std::remove_reference_t<Sink>;
  Function* function = std::addressof(sink);
  const PutHeader put = [](void* to, std::string_view name, std::string_view value) {
    Function& called = **static_cast<Function**>(to);
    if constexpr (std::is_void_v<decltype(called(name, value))>) {
      called(name, value);
      return true;
    } else {
      return static_cast<bool>(called(name, value));
    }
  };
  return inject_into(context, propagation, tracestate, put, &function);
}

}  // namespace edgespan
