// SPDX-License-Identifier: Apache-2.0
// Starts an agent with the settings that need parts of their own, and prints how that ended.
#include <edgespan/agent.hpp>

#include <cstdio>

#ifdef EDGESPAN_LINK_ASKS
#include <edgespan/otel_semantics.hpp>
#include <edgespan/otlp_dialect.hpp>

static edgespan::OtlpRoom<edgespan::Limits{}.batch_bytes> room;
static edgespan::OtlpDialect otlp{room.bytes};
#endif

static edgespan::Agent<> agent;

namespace {

// True: the agent has run.
bool try_start(const edgespan::AgentConfig& config) {
  const edgespan::AgentStatus started = agent.start(config);
  std::puts(started.text());
  return agent.stop(0) == edgespan::Status::ok && started.ok();
}

}  // namespace

int main() {
  edgespan::AgentConfig spelling{.url = "none:", .kafka = {.semantics = edgespan::Semantics::otel}};
  edgespan::AgentConfig dialect{.url = "otlp://127.0.0.1"};
#ifdef EDGESPAN_LINK_ASKS
  edgespan::link_otel_semantics();
  dialect.http.dialect = &otlp.table();
#endif
  const bool spelled = try_start(spelling);
  const bool spoken = try_start(dialect);
  return spelled && spoken ? 0 : 1;
}
