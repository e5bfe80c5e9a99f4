// SPDX-License-Identifier: Apache-2.0
// An image of a device that only marks its messages: it begins a trace and writes the headers. With
// EDGESPAN_SIZE_CONTINUES it continues the trace of what it was told. No Tracing, no memory for spans.
#include <edgespan/id_source.hpp>
#include <edgespan/inject.hpp>
#include <edgespan/trace_reader.hpp>

#include "target/semihosting.hpp"

using namespace edgespan;

static IdSource ids{{1, 2, 3, 4}};
static constexpr Propagation both{TraceFormat::b3, TraceFormat::w3c};

static void publish(std::string_view name, std::string_view value) {
  target::console(name);
  target::console(value);
}

#ifdef EDGESPAN_SIZE_CONTINUES
struct Property {
  std::string_view name;
  std::string_view value;
};

static bool mark(std::span<const Property> request) {
  const Extraction asked = extract(request);
  return inject(ids.child(asked.context), publish, both, asked.tracestate);
}

int main() {
  static constexpr Property request[] = {
      {"traceparent", "00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01"}, {"tracestate", "ot=th:8"}};
  return mark(request) && mark({}) ? 0 : 1;
}
#else
int main() { return inject(ids.root(), publish, both) ? 0 : 1; }
#endif
