// SPDX-License-Identifier: Apache-2.0
#include "kafka/sweep_messages.hpp"

#include "core/assert.hpp"
#include "core/house_lock.hpp"
#include "kafka/send_span.hpp"

namespace edgespan::kafka_detail {
namespace {

struct Age {
  const KafkaState& state;
  std::uint32_t now;  // in InflightTable::start_unit()
};

// Whether so many units are `s` seconds at the least, however the two moments lay in their units.
bool reaches(std::uint32_t elapsed, std::uint32_t s) noexcept {
  return elapsed > std::uint64_t{s} * 1'000'000 / InflightTable::unit_us;
}

bool too_old(const void* rule, std::uint32_t start, std::uint32_t client) noexcept {
  const auto& [state, now] = *static_cast<const Age*>(rule);
  const std::uint32_t usual_s = state.config.inflight_deadline_s;
  const std::uint32_t elapsed = now - start;
  if (elapsed > UINT32_MAX / 2 || !reaches(elapsed, usual_s)) return false;  // the first: sent after `now`
  const std::uint32_t deadline_s = state.deadlines.of(client, usual_s);
  return deadline_s != ClientDeadlines::never && reaches(elapsed, deadline_s);
}

bool any(const void*, std::uint32_t, std::uint32_t) noexcept { return true; }

bool sent_by(const void* rule, std::uint32_t, std::uint32_t client) noexcept {
  return client == *static_cast<const std::uint32_t*>(rule);
}

void end_chosen(KafkaState& state, InflightTable::Choice choice, const void* rule,
                std::uint64_t now_us) noexcept {
  InflightTable::Sweep sweep{state.inflight, choice, rule};
  for (InflightSpan span; sweep.next(span);) expire_send(state, span, now_us);
}

}  // namespace

void sweep_messages(KafkaState& state, std::uint64_t now_us, bool all) noexcept {
  EDGESPAN_ASSERT(state.config.inflight_deadline_s != 0);
  const Age age{state, InflightTable::start_unit(now_us)};
  end_chosen(state, all ? any : too_old, &age, now_us);
}

void end_messages_of(KafkaState& state, const rd_kafka_t* client) noexcept {
  EDGESPAN_ASSERT(client != nullptr);
  detail::TracingState& core = state.core();
  if (core.in_child()) return;  // the thread that holds the lock may not exist here
  const detail::HouseLock lock{core};
  const std::uint32_t number = client_number(client);
  end_chosen(state, sent_by, &number, core.now_us());
  state.deadlines.remove(number);
}

}  // namespace edgespan::kafka_detail
