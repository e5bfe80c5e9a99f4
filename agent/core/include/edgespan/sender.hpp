// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace edgespan {

// What an offer led to, in words that hold for every protocol. Each sender translates the codes of its own
// server into them; the reporter decides on the outcome alone.
enum class Outcome : std::uint8_t {
  pending,    // not known yet: offer the same bytes again, at the latest after `again_us`
  delivered,  // the collector has accepted all of the bytes

  // The bytes stay and are offered again, after a pause:
  later,        // the sender wants it so, for a reason that no other word here names
  unreachable,  // no connection was made in time
  interrupted,  // the connection ended before the answer was complete
  late,         // no complete answer came in time
  garbled,      // the answer is not in the sender's protocol
  suspect,      // the answer is none of the collector's: a login page, or a server for something else
  overloaded,   // the collector, or a proxy before it, cannot take them now
  unprepared,   // this board lacks entropy or memory for a secure session
  no_date,      // this board does not know the date, which a secure session needs
  wrong_date,   // the certificate is expired or not yet valid, by this board's date; a long pause
  untrusted,    // the certificate was rejected for another cause; a long pause

  // The bytes are not offered again as they are:
  too_large,     // the collector takes no portion of this size: half of it is offered next
  malformed,     // a span in them is invalid: it is searched for and dropped
  unauthorized,  // the collector does not know this agent: they are dropped, and a long pause follows
  refused,       // the collector never takes them, for another reason: they are dropped
};

constexpr bool is_offered_again(Outcome outcome) noexcept {
  return outcome >= Outcome::later && outcome <= Outcome::untrusted;
}

// What exactly stood in the way of a secure session. For people; the reporter does not look at it.
enum class TlsCause : std::uint8_t {
  none,
  no_agreement,     // the two sides share no version or cipher, one sent an alert, or bytes were changed
  unknown_root,     // the certificate leads to none of the roots
  wrong_host,       // it is for another name
  expired,          // it is past its end
  not_yet_valid,    // it begins later than the date that the board's clock has
  bad_certificate,  // it is unreadable, too weak, or not for servers
  no_clock,         // the board does not know the date
  no_entropy,       // the board has no random bytes yet
  no_memory,        // the memory for the session is too small
};

struct SendResult {
  Outcome outcome = Outcome::pending;
  TlsCause cause = TlsCause::none;
  std::uint16_t status = 0;      // the number that the server answered with, for people; 0: none
  std::uint16_t begun = 0;       // how often, in this call, the bytes began to go out from the first one
  std::uint32_t sent_bytes = 0;  // given to the connection in this call, the protocol's own bytes included
  std::uint32_t rejected = 0;    // delivered: spans that the collector took notice of, and left out
  std::uint64_t again_us = 0;    // pending: call again after this at the latest; sooner when I/O is ready
  std::uint64_t asked_pause_us = 0;  // the pause that the collector asked for; 0: none
  std::uint64_t asked_until_us = 0;  // the moment it asked for, in microseconds since 1970; 0: none
};

// A sender of batches: a table, which the reporter copies. All calls come from inside Reporter::step and
// Reporter::stop, never two at a time. Nothing blocks or allocates, and none calls Reporter::stop, which
// would wait for it.
struct Sender {
  void* ctx = nullptr;

  // Offers a portion of a batch, never empty. While it is pending, every further call passes the same bytes,
  // unchanged and at the same place. After any other outcome the sender keeps no view of them.
  SendResult (*offer)(void* ctx, std::span<const std::byte> portion, std::uint64_t now_us) = nullptr;

  // Ends an offer that is pending, and the connection it was on. May be called at any time.
  void (*cancel)(void* ctx) = nullptr;
};

}  // namespace edgespan
