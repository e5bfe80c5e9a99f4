// SPDX-License-Identifier: Apache-2.0
#include "kafka/trial_client.hpp"

#include <array>

#include "core/assert.hpp"

namespace edgespan::kafka_detail {
namespace {

constexpr int fixed_conf_destroy = 0x020d0000;  // 2.13

// What a trial's copy goes without, so that it connects to nobody; bootstrap.servers is another name for it.
// Its address tells the copy of a trial.
constexpr const char brokers[] = "metadata.broker.list";

}  // namespace

bool survives_failed_new() noexcept { return rd_kafka_version() >= fixed_conf_destroy; }

bool can_be_made(rd_kafka_type_t type, const rd_kafka_conf_t* conf, char* errstr,
                 std::size_t errstr_size) noexcept {
  EDGESPAN_ASSERT(conf != nullptr);
  const char* filter = brokers;
  rd_kafka_conf_t* const copy = rd_kafka_conf_dup_filter(conf, 1, &filter);
  rd_kafka_conf_set(copy, "log_level", "0", nullptr, 0);
  rd_kafka_t* const tried = rd_kafka_new(type, copy, errstr, errstr_size);
  if (tried == nullptr) return false;
  rd_kafka_destroy(tried);
  return true;
}

bool any_can_be_made(const rd_kafka_conf_t* conf) noexcept {
  std::array<char, 128> errstr;
  return can_be_made(RD_KAFKA_PRODUCER, conf, errstr.data(), errstr.size()) ||
         can_be_made(RD_KAFKA_CONSUMER, conf, errstr.data(), errstr.size());
}

bool is_for_trial(std::size_t filter_count, const char** filter) noexcept {
  return filter_count == 1 && filter[0] == brokers;
}

}  // namespace edgespan::kafka_detail
