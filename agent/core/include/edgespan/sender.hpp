// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace edgespan {

// How the offer of one batch stands.
enum class SendState : std::uint8_t {
  pending,    // not known yet: offer the same bytes again, at the latest after `again_us`
  delivered,  // the collector has accepted the whole batch
  retry,      // it has not, but may later: a broken or refused connection, a deadline, a busy server
  refused,    // it never will: drop the batch and count it under `reason`
};

// Why a batch failed, for the books and for the one line that an operator reads.
enum class SendReason : std::uint8_t {
  none,
  connect,   // no connection: refused, unreachable, name unknown, or the connect deadline passed
  broken,    // the connection ended before the reply was complete
  deadline,  // the request deadline passed
  garbage,   // the reply is not HTTP, or longer than its bound
  tls,       // no agreement on TLS, an alert, bytes that are not TLS or were changed
  // The collector was reached and not believed:
  unknown_root,     // its certificate leads to none of the roots
  wrong_host,       // it is for another name
  expired,          // it is past its end
  not_yet_valid,    // it begins later than the board's clock says it is
  bad_certificate,  // it is unreadable, too weak, or not for servers
  // What this board lacks for TLS:
  no_clock,    // the date
  no_entropy,  // chance
  no_memory,   // room in the arena
  http_3xx,
  http_4xx,
  http_413,  // the batch is too large: the reporter cuts it
  http_429,
  http_5xx,
  kafka,  // the broker refused or lost the record
};

struct SendResult {
  SendState state = SendState::pending;
  SendReason reason = SendReason::none;
  std::uint16_t status = 0;          // of the last reply: an HTTP status, or 0
  std::uint16_t begun = 0;           // how often, in this call, the batch began to go out from its first byte
  std::uint32_t sent_bytes = 0;      // given to the connection in this call, heads included
  std::uint64_t again_us = 0;        // pending: call again after this at the latest; sooner when I/O is ready
  std::uint64_t retry_after_us = 0;  // retry: the pause that the collector asked for, 0 if none
  std::uint64_t retry_at_us = 0;     // retry: the moment it asked for, in microseconds since 1970, 0 if none
};

// A sender of batches: a table, kept by the reporter that uses it. All calls come from inside Reporter::step,
// never two at a time; nothing blocks or allocates.
struct Sender {
  void* ctx = nullptr;

  // Offers a batch (never empty). While it is pending, every further call passes the same bytes, unchanged
  // and at the same place; after any other answer the sender keeps no view of them.
  SendResult (*offer)(void* ctx, std::span<const std::byte> batch, std::uint64_t now_us) = nullptr;

  // Gives up a pending batch and the connection it was on. May be called at any time.
  void (*cancel)(void* ctx) = nullptr;
};

}  // namespace edgespan
