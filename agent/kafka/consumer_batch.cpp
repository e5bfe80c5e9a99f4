// SPDX-License-Identifier: Apache-2.0
#include <edgespan/consumer_batch.hpp>
#include <edgespan/tracing_consumer.hpp>

#include "core/assert.hpp"
#include "kafka/polled_record.hpp"

namespace edgespan {

void ConsumerBatch::Iterator::load() noexcept {
  EDGESPAN_ASSERT(detail::few_assertions || consumer_->batch_lives_);
  EDGESPAN_ASSERT(index_ < consumer_->memory_.records.size());
  const PolledRecord& polled = consumer_->memory_.records[index_];
  record_.message_ = kafka_detail::message_of(polled);
  record_.polled_ = kafka_detail::context_of(polled);
}

void ConsumerBatch::release() noexcept {
  if (consumer_ == nullptr) return;
  EDGESPAN_ASSERT(consumer_->batch_lives_ && size_ <= consumer_->memory_.records.size());
  for (const PolledRecord& polled : consumer_->memory_.records.first(size_)) {
    rd_kafka_message_destroy(kafka_detail::message_of(polled));
  }
  consumer_->batch_lives_ = false;
  consumer_ = nullptr;
  size_ = 0;
}

}  // namespace edgespan
