// SPDX-License-Identifier: Apache-2.0
// One number in, a whole configuration out: what `edgespan budget` works out.
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
  std::optional<std::uint64_t> ram_bytes;  // what edgespan itself may take; or else the next two
  std::optional<double> spans_per_second;
  std::optional<double> offline_s;        // the longest time without an uplink
  std::uint32_t span_bytes = 135;         // of a typical span, encoded
  std::uint32_t message_bytes = 1'024;    // of the largest payload that is sent
  std::uint32_t batch_bytes = 1'048'588;  // of the largest batch on the topics that are read
  std::uint32_t brokers = 1;
  bool gzip = false;                             // batches go out packed
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
  std::uint64_t spans_held = 0;  // by the ring, counted with a real one
  std::uint32_t threads = 0;     // librdkafka's and the reporter's
  std::uint32_t reporter_stack_bytes = 0;
  std::uint64_t gzip_bytes = 0;         // of the packer and its memory; 0 without it
  std::uint32_t kafka_stack_bytes = 0;  // address space of each of librdkafka's threads

  std::vector<BudgetTerm> agent;    // edgespan's own, fixed
  std::vector<BudgetTerm> process;  // everything of the process, the agent as one line of it
  std::uint64_t agent_bytes = 0;    // sum of `agent`
  std::uint64_t process_bytes = 0;  // sum of `process`
  std::uint64_t memory_max_bytes = 0;
};

// Throws UsageError, with the number that would do, for a wish that cannot be.
BudgetPlan plan_budget(const BudgetWish& wish);

// How many encoded spans of that size wait in the ring before one is dropped, while as many threads as it has
// stripes record in turn. The batch is not counted: it may have left for the collector with one span in it.
std::uint64_t spans_held(const Limits& limits, std::uint32_t span_bytes);

}  // namespace edgespan::cli
