// SPDX-License-Identifier: Apache-2.0
// Must not compile: LIMITS are limits that cannot be.
#ifdef EDGESPAN_REFUSED_KAFKA
#include <edgespan/kafka_memory.hpp>
edgespan::KafkaMemory<edgespan::KafkaLimits LIMITS> memory;
#else
#include <edgespan/memory.hpp>
edgespan::Memory<edgespan::Limits LIMITS> memory;
#endif
