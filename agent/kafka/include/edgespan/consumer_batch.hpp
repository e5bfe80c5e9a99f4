// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <edgespan/consumer_record.hpp>
#include <utility>

namespace edgespan {

class TracingConsumer;

// The records of one poll; destroys them when it ends. One at a time for each consumer, in whose memory it
// lives; it ends before the consumer does. The record that an iterator shows lasts until its next step.
class ConsumerBatch {
 public:
  class Iterator {
   public:
    ConsumerRecord& operator*() noexcept { return record_; }
    ConsumerRecord* operator->() noexcept { return &record_; }
    Iterator& operator++() noexcept {
      if (++index_ < size_) load();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    friend class ConsumerBatch;
    Iterator(TracingConsumer* consumer, std::size_t index, std::size_t size) noexcept
        : consumer_{consumer}, index_{index}, size_{size} {
      if (index_ < size_) load();
    }
    void load() noexcept;

    TracingConsumer* consumer_;
    std::size_t index_;
    std::size_t size_;
    ConsumerRecord record_{};
  };

  ConsumerBatch(ConsumerBatch&& other) noexcept
      : consumer_{std::exchange(other.consumer_, nullptr)}, size_{std::exchange(other.size_, 0)} {}
  ConsumerBatch& operator=(ConsumerBatch&&) = delete;
  ~ConsumerBatch() { release(); }

  Iterator begin() noexcept { return {consumer_, 0, size_}; }
  Iterator end() noexcept { return {consumer_, size_, size_}; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  friend class TracingConsumer;
  ConsumerBatch(TracingConsumer* consumer, std::size_t size) noexcept : consumer_{consumer}, size_{size} {}
  void release() noexcept;

  TracingConsumer* consumer_;  // null: nothing to destroy
  std::size_t size_;
};

}  // namespace edgespan
