// SPDX-License-Identifier: Apache-2.0
// The spans of messages in flight, found by the address of the message. A fixed table of slots in buckets.
// Each address has one slot of its own. If that slot is taken, the span strays: it goes into another slot of
// the same bucket or of a second one, and its own slot counts it. So most look-ups read one slot, those that
// find nothing included.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <edgespan/inflight_bucket.hpp>
#include <new>
#include <span>

#include "core/assert.hpp"
#include "core/code.hpp"
#include "core/context_copy.hpp"
#include "core/prefetch.hpp"

namespace edgespan::kafka_detail {

// The span of a message in flight.
struct InflightSpan {
  Context context;         // sampled
  std::uint64_t start_us;  // monotonic
};

class InflightTable {
 public:
  // What insert() did. `replaced`: the table held an older span under this address, which had no delivery
  // report; `span` is now that older span.
  enum class Insert : std::uint8_t { stored, replaced, full };

  // The key of a slot that belongs to a thread, which copies a span in or out of it. Nobody waits for it.
  static constexpr std::uintptr_t busy = 1;

  // What InflightSlot::start holds of a time: units of 65,536 us, modulo 2^32. A unit of a second would ask a
  // 32-bit processor for a division of 64 bits.
  static constexpr std::uint64_t unit_us = 65'536;
  static constexpr std::uint32_t start_unit(std::uint64_t us) noexcept {
    return static_cast<std::uint32_t>(us / unit_us);
  }

  // The address of a message and its own slot, where its span mostly stands. Whoever calls several of the
  // next functions for a message looks the slot up once.
  class Own {
   private:
    friend InflightTable;
    Own(std::uintptr_t key, InflightSlot* slot) noexcept : key_{key}, slot_{slot} {}
    std::uintptr_t key_;
    InflightSlot* slot_;
  };

  void init(std::span<InflightBucket> buckets) noexcept;

  // `key` is an even address and not 0.
  Own own_slot(const void* key) const noexcept {
    const Place place = place_of(reinterpret_cast<std::uintptr_t>(key));
    return {place.key, place.own};
  }

  // Fetches the slot that the next insert() will write into this core's cache, and the slots of the
  // messages behind it: another core most likely took the last message out of them. Always inline: gcc 12
  // removes a call to this function, because a prefetch has no visible effect.
  [[gnu::always_inline]] static void expect(const Own& own) noexcept {
    // A slot may reach into a second cache line. Two messages of 500 bytes are two buckets apart.
    const std::byte* const lines = reinterpret_cast<const std::byte*>(own.slot_);
    constexpr std::size_t ahead = 2 * sizeof(InflightBucket);
    detail::prefetch_to_write(lines);
    detail::prefetch_to_write(lines + offsetof(InflightSlot, parent_id));
    detail::prefetch_to_write(lines + ahead);
    detail::prefetch_to_write(lines + ahead + offsetof(InflightSlot, parent_id));
  }

  // Any thread; lock-free. `client`: a number of the client that sends the message. take() is false if no
  // span stands under the key, or if a sweep has taken it.
  EDGESPAN_INLINE Insert insert(Own own, std::uint32_t client, InflightSpan& span) noexcept {
    return detail::wide_code ? insert_here(own, client, span) : insert_apart(own, client, span);
  }
  EDGESPAN_INLINE bool take(Own own, InflightSpan& out) noexcept {
    return detail::wide_code ? take_here(own, out) : take_apart(own, out);
  }
  // For a quick way that may turn out not to be one. claim(): whether the span stands in its own slot, which
  // is this thread's until take_claimed(), which empties it, or until put_back(), which leaves it as it was.
  static bool claim(Own own) noexcept { return claim(*own.slot_, own.key_); }
  EDGESPAN_INLINE static InflightSpan read_claimed(Own own) noexcept { return read(*own.slot_); }
  static void take_claimed(Own own) noexcept { give_back(*own.slot_, empty); }
  static void put_back(Own own) noexcept { give_back(*own.slot_, own.key_); }
  // False: take() would find nothing.
  static bool may_hold(Own own) noexcept {
    const std::uintptr_t seen = own.slot_->key.load(std::memory_order_relaxed) & ~asked_about;
    return seen == own.key_ || own.slot_->strays.load(std::memory_order_relaxed) != 0;
  }

  // The same for a key of which one thing alone is wanted.
  Insert insert(const void* key, std::uint32_t client, InflightSpan& span) noexcept {
    return insert(own_slot(key), client, span);
  }
  bool take(const void* key, InflightSpan& out) noexcept { return take(own_slot(key), out); }
  bool may_hold(const void* key) const noexcept { return may_hold(own_slot(key)); }

  // Says which spans a sweep takes: by when one began, in start_unit(), and by its client. It may be asked
  // about a slot whose message changes meanwhile; what it says then does not count.
  using Choice = bool (*)(const void* rule, std::uint32_t start, std::uint32_t client);

  // One walk through the table, which takes what `choice` says. One sweep walks at a time; the other calls
  // may run beside it. It misses a span that another thread copies in or out at that moment.
  class Sweep {
   public:
    Sweep(InflightTable& table, Choice choice, const void* rule) noexcept
        : table_{table}, choice_{choice}, rule_{rule} {}
    // False: the walk is at its end.
    bool next(InflightSpan& out) noexcept;

   private:
    bool chosen(const InflightSlot& slot) const noexcept {
      return choice_(rule_, slot.start.load(std::memory_order_relaxed),
                     slot.client.load(std::memory_order_relaxed));
    }

    InflightTable& table_;
    Choice choice_;
    const void* rule_;
    std::size_t at_ = 0;  // the slot to look at next
  };

 private:
  static constexpr std::uintptr_t empty = 0;        // the key of a free slot
  static constexpr std::uintptr_t unit_bytes = 16;  // addresses from a heap are multiples of it

  // In a slot's key beside the address: the sweep asks whether it takes this span. insert() and take() do not
  // wait for the answer: they take the span, and the sweep goes without.
  static constexpr std::uintptr_t asked_about = 1;

  // An address, its own slot, and the bucket that this stands in.
  struct Place {
    std::uintptr_t key;
    std::uint32_t position;  // of the table's length, in 2^-32
    InflightBucket* bucket;
    std::size_t first;  // the number of its own slot in there
    InflightSlot* own;
  };

  // Slots follow the order of addresses: one slot for 64 bytes of memory. Messages that are produced in a row
  // mostly lie in a row, so they take different slots, and the slots of the next messages are known. Every
  // round of the table begins elsewhere, so that no distance between messages brings them to one slot every
  // time.
  Place place_of(std::uintptr_t key) const noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || key > busy);
    const std::uint64_t rounds = std::uint64_t{key / unit_bytes} * round_per_unit_;
    const std::uint32_t position =
        static_cast<std::uint32_t>(rounds) + static_cast<std::uint32_t>(rounds >> 32) * 0x9E3779B1U;
    const std::size_t at = share(position, buckets_.size() * inflight_bucket_size);
    EDGESPAN_ASSERT(detail::few_assertions || at < buckets_.size() * inflight_bucket_size);
    // A bucket is nothing but its slots. Every message asks for its own slot, so that one is found by the
    // shortest way.
    std::byte* const own = reinterpret_cast<std::byte*>(buckets_.data()) + at * sizeof(InflightSlot);
    return {key, position, &buckets_[at / inflight_bucket_size], at % inflight_bucket_size,
            std::launder(reinterpret_cast<InflightSlot*>(own))};
  }
  // Keys that share a bucket have different second buckets.
  InflightBucket& second_bucket(const Place& place) const noexcept {
    const std::size_t at = share(place.position * 0x85EBCA77U, buckets_.size());
    EDGESPAN_ASSERT(detail::few_assertions || at < buckets_.size());
    return buckets_[at];
  }
  static std::size_t share(std::uint32_t position, std::size_t size) noexcept {
    return static_cast<std::size_t>(std::uint64_t{position} * size >> 32);
  }
  // Changes the slot's key from `from` to `to`. True: this thread did. With `to` as busy, the slot is its
  // own.
  static bool claim(InflightSlot& slot, std::uintptr_t from, std::uintptr_t to = busy) noexcept {
    return slot.key.compare_exchange_strong(from, to, std::memory_order_acquire, std::memory_order_relaxed);
  }
  static void give_back(InflightSlot& slot, std::uintptr_t key) noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || slot.key.load(std::memory_order_relaxed) == busy);
    slot.key.store(key, std::memory_order_release);
  }
  // This and the next one take a slot that this thread has claimed. write() gives it back.
  EDGESPAN_INLINE static InflightSpan read(const InflightSlot& slot) noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || slot.key.load(std::memory_order_relaxed) == busy);
    const std::uint32_t rest = slot.start_rest;
    const std::uint32_t start = slot.start.load(std::memory_order_relaxed);
    return {detail::context_of(slot),
            std::uint64_t{rest >> 16 << 16 | start >> 16} << 32 | (start << 16 | (rest & 0xFFFF))};
  }
  EDGESPAN_INLINE static void write(InflightSlot& slot, std::uintptr_t key, std::uint32_t client,
                                    const InflightSpan& span) noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || slot.key.load(std::memory_order_relaxed) == busy);
    EDGESPAN_ASSERT(detail::few_assertions || key > busy);
    detail::set_context(slot, span.context);
    slot.start.store(start_unit(span.start_us), std::memory_order_relaxed);
    slot.start_rest = static_cast<std::uint32_t>(span.start_us >> 48) << 16 |
                      (static_cast<std::uint32_t>(span.start_us) & 0xFFFF);
    slot.client.store(client, std::memory_order_relaxed);
    slot.key.store(key, std::memory_order_release);
  }

  // Claims the slot before reading it: to fetch its cache line for reading and again for writing would be two
  // waits.
  EDGESPAN_INLINE Insert insert_here(Own own, std::uint32_t client, InflightSpan& span) noexcept {
    EDGESPAN_ASSERT(detail::few_assertions || span.context.sampled());
    if (!claim(*own.slot_, empty)) [[unlikely]]
      return insert_slow(own.key_, client, span);
    if (own.slot_->strays.load(std::memory_order_relaxed) != 0) [[unlikely]] {
      give_back(*own.slot_, empty);
      return insert_slow(own.key_, client, span);
    }
    write(*own.slot_, own.key_, client, span);
    return Insert::stored;
  }
  EDGESPAN_INLINE bool take_here(Own own, InflightSpan& out) noexcept {
    if (!claim(own)) [[unlikely]]
      return take_slow(own.key_, out);
    out = read(*own.slot_);
    give_back(*own.slot_, empty);
    return true;
  }
  // The same out of line.
  Insert insert_apart(Own own, std::uint32_t client, InflightSpan& span) noexcept;
  bool take_apart(Own own, InflightSpan& out) noexcept;

  // Claims the slot that holds the key; null if none does.
  InflightSlot* find(const Place& place) const noexcept;
  static InflightSlot* find_in(InflightBucket& bucket, std::size_t first, std::uintptr_t key) noexcept;
  static InflightSlot* claim_of(InflightSlot* from, const InflightSlot* end) noexcept;
  static InflightSlot* claim_empty(InflightBucket& bucket, std::size_t first) noexcept;
  static void release(InflightSlot& slot, InflightSlot& own) noexcept;
  Insert insert_slow(std::uintptr_t key, std::uint32_t client, InflightSpan& span) noexcept;
  bool take_slow(std::uintptr_t key, InflightSpan& out) noexcept;

  std::span<InflightBucket> buckets_;
  std::uint32_t round_per_unit_ = 0;  // how far `unit_bytes` of memory lead around the table, in 2^-32
};

}  // namespace edgespan::kafka_detail
