// SPDX-License-Identifier: Apache-2.0
// What `edgespan budget` works out: from one number, a whole configuration.
#pragma once

#include <edgespan/consumer_limits.hpp>
#include <edgespan/kafka_limits.hpp>
#include <edgespan/limits.hpp>
#include <edgespan/producer_limits.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace edgespan::cli {

struct BudgetWish {
  std::optional<std::uint64_t> ram_bytes;  // that edgespan itself may take; or else the next two
  std::optional<double> spans_per_second;
  std::optional<double> offline_s;        // the longest time without an uplink
  std::uint32_t span_bytes = 135;         // of a typical span, encoded
  std::uint32_t message_bytes = 1'024;    // of the largest value that is sent
  std::uint32_t batch_bytes = 1'048'588;  // of the largest batch on the topics that are read
  std::uint32_t brokers = 1;
  bool gzip = false;                             // batches are compressed
  std::uint64_t program_bytes = 8U << 20;        // resident pages of the program and its libraries
  std::uint64_t thread_local_bytes = 16U << 10;  // of librdkafka, in each thread
};

// One line of a sum.
struct BudgetTerm {
  std::string name;
  std::uint64_t bytes = 0;
  std::string what;  // a few words
};

struct BudgetPlan {
  Limits limits;
  KafkaLimits kafka;
  ProducerLimits producer;
  ConsumerLimits consumer;
  std::uint64_t spans_held = 0;  // by the ring
  std::uint32_t threads = 0;     // librdkafka's and the reporter's
  std::uint32_t reporter_stack_bytes = 0;
  std::uint64_t gzip_bytes = 0;         // for compressed batches; 0 without
  std::uint32_t kafka_stack_bytes = 0;  // address space of each of librdkafka's threads

  std::vector<BudgetTerm> agent;    // edgespan's memory, fixed
  std::vector<BudgetTerm> process;  // the whole process; the agent is one line of it
  std::uint64_t agent_bytes = 0;    // sum of `agent`
  std::uint64_t process_bytes = 0;  // sum of `process`
  std::uint64_t memory_max_bytes = 0;
};

// Throws UsageError, with the nearest number that is possible, for a wish that no plan fulfils.
BudgetPlan plan_budget(const BudgetWish& wish);

// How many encoded spans of that size wait in the ring before one is dropped, if four threads or more record
// in turn. Spans in the batch are not counted, because it may hold a single span when the uplink fails.
std::uint64_t spans_held(std::uint32_t ring_bytes, std::uint32_t span_bytes);

}  // namespace edgespan::cli
