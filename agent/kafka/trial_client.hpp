// SPDX-License-Identifier: Apache-2.0
// Before librdkafka 2.13 a configuration with an interceptor cannot be destroyed after a failed
// rd_kafka_new(): that crashes. So a client is tried first, of a copy without tracing, and a configuration of
// which none can be made never gets an interceptor of ours.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstddef>

namespace edgespan::kafka_detail {

// This librdkafka needs no trial.
bool survives_failed_new() noexcept;

// Whether a client of this kind can be made of `conf`: makes one that neither connects nor logs, and destroys
// it, in less than a millisecond. `errstr`: librdkafka's reason if not. The copy is leaked then, since an
// application's own interceptors may have carried themselves to it.
bool can_be_made(rd_kafka_type_t type, const rd_kafka_conf_t* conf, char* errstr,
                 std::size_t errstr_size) noexcept;

// The same for a client of either kind: what is found too late to be harmless does not depend on the kind
// (2.0.2, read).
bool any_can_be_made(const rd_kafka_conf_t* conf) noexcept;

// In on_conf_dup: whether this copy is made for a trial.
bool is_for_trial(std::size_t filter_count, const char** filter) noexcept;

}  // namespace edgespan::kafka_detail
