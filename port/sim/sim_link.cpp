// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim_link.hpp>

#include <algorithm>
#include <cstring>

namespace edgespan::sim {
namespace {

// Never a digit, never a blank: a changed byte cannot turn a refusal into a success.
constexpr char changed_byte(char byte) { return static_cast<char>(byte ^ 0x80); }

Link& link(void* ctx) { return *static_cast<Link*>(ctx); }

}  // namespace

Link::Link(const Clock& clock, Calls& calls) : clock_(clock), calls_(calls) {
  table_.ctx = this;
  table_.open = [](void* ctx, const char* host, std::uint16_t port) { return link(ctx).open(host, port); };
  table_.send = [](void* ctx, const void* bytes, std::size_t n) {
    return link(ctx).send({static_cast<const char*>(bytes), n});
  };
  table_.recv = [](void* ctx, void* bytes, std::size_t n) {
    return link(ctx).recv(static_cast<char*>(bytes), n);
  };
  table_.close = [](void* ctx) { link(ctx).close(); };
}

int Link::open(const char* host, std::uint16_t port) {
  if (host == nullptr || *host == '\0' || port == 0) calls_.violation("open without a host or a port");
  if (state_ == State::open) calls_.violation("open on an open stream");
  if (state_ == State::dead) calls_.violation("open on a dead stream that was not closed");
  if (calls_.fails_now(Call::open)) {
    state_ = State::closed;
    return calls_.error(Call::open);
  }
  if (state_ != State::opening) start();
  if (waited_opens_ < conduct_.open_waits || clock_.now_us() - since_us_ < conduct_.open_after_us) {
    ++waited_opens_;
    return 0;
  }
  state_ = conduct_.open > 0 ? State::open : State::closed;
  active_us_ = clock_.now_us();
  if (conduct_.open > 0) ++connections_;
  return conduct_.open;
}

void Link::start() {
  conduct_ = far_.accept(far_.ctx);
  state_ = State::opening;
  since_us_ = clock_.now_us();
  waited_opens_ = taken_bytes_ = given_bytes_ = sends_from_us_ = gives_from_us_ = 0;
  outbox_.clear();
  outbox_at_ = 0;
  ends_ = 0;
  lost_ = corrupted_ = gave_corrupted_ = send_gap_ = recv_gap_ = wants_send_ = wants_recv_ = false;
}

bool Link::usable(Call call, std::size_t n) {
  const std::string name = call == Call::send ? "send" : "recv";
  if (state_ != State::open) calls_.violation(name + " on a stream that is not open");
  if (n == 0) calls_.violation(name + " of no bytes");
  return state_ == State::open && n != 0;
}

std::int32_t Link::send(std::string_view bytes) {
  if (state_ != State::open || bytes.empty())
    return usable(Call::send, bytes.size()) ? 0 : EDGESPAN_STREAM_FAILED;
  if (calls_.fails_now(Call::send)) return die(calls_.error(Call::send));
  wants_send_ = false;
  if (took_its_last()) return die(conduct_.end);
  if (into_the_void()) return static_cast<std::int32_t>(bytes.size());
  const bool gap = conduct_.send_gaps && (send_gap_ = !send_gap_);
  const bool early = conduct_.send_every_us != 0 && clock_.now_us() - since_us_ < sends_from_us_;
  wants_send_ = gap || early || stalled();
  if (wants_send_) return 0;
  std::uint64_t count = std::min<std::uint64_t>(bytes.size(), conduct_.send_bytes);
  if (conduct_.reads_until != 0) count = std::min(count, conduct_.reads_until - taken_bytes_);
  if (conduct_.dies_after_taking != 0) count = std::min(count, conduct_.dies_after_taking - taken_bytes_);
  sends_from_us_ = clock_.now_us() - since_us_ + conduct_.send_every_us;
  deliver(bytes.substr(0, static_cast<std::size_t>(count)));
  return static_cast<std::int32_t>(count);
}

// Whether bytes that are sent now go where nobody is: the system takes them all the same. A peer that has
// closed answers with a reset; a forgotten connection answers with silence.
bool Link::into_the_void() {
  if (forgotten()) {
    lost_ = true;
    return true;
  }
  if (ends_ == 0 && idle_us() < conduct_.closes_after_us) return false;
  ends_ = EDGESPAN_STREAM_RESET;
  return true;
}

// A corrupted byte and the point of an early reply are met exactly, however the bytes are cut.
void Link::deliver(std::string_view bytes) {
  active_us_ = clock_.now_us();
  while (!bytes.empty()) {
    std::uint64_t count = bytes.size();
    const std::uint64_t to_corrupt = conduct_.corrupts_taken - taken_bytes_;
    const char changed = changed_byte(bytes.front());
    if (to_corrupt < count) count = std::max<std::uint64_t>(to_corrupt, 1);
    if (taken_bytes_ < conduct_.replies_early_after) {
      count = std::min(count, conduct_.replies_early_after - taken_bytes_);
    }
    const std::string_view part = bytes.substr(0, static_cast<std::size_t>(count));
    taken_bytes_ += count;
    corrupted_ = corrupted_ || to_corrupt == 0;
    far_.take(far_.ctx, to_corrupt == 0 ? std::string_view{&changed, 1} : part);
    bytes.remove_prefix(part.size());
  }
}

std::int32_t Link::recv(char* bytes, std::size_t n) {
  if (state_ != State::open || n == 0) return usable(Call::recv, n) ? 0 : EDGESPAN_STREAM_FAILED;
  if (calls_.fails_now(Call::recv)) return die(calls_.error(Call::recv));
  wants_recv_ = false;
  if (given_bytes_ >= conduct_.dies_after_giving) return die(conduct_.end);
  if (conduct_.recv_gaps && (recv_gap_ = !recv_gap_)) {
    wants_recv_ = true;
    return 0;
  }
  const std::uint64_t count = giveable(n);
  if (count == 0) {
    if (over()) return die(ends_ != 0 ? ends_ : conduct_.end);
    wants_recv_ = true;
    return 0;
  }
  give(bytes, static_cast<std::size_t>(count));
  return static_cast<std::int32_t>(count);
}

// Nothing more will be given, and the peer has ended the connection.
bool Link::over() const {
  if (outbox_at_ != outbox_.size() || forgotten()) return false;
  return ends_ != 0 || took_its_last() || idle_us() >= conduct_.closes_after_us;
}

std::uint64_t Link::giveable(std::uint64_t n) const {
  if (lost_ || outbox_at_ == outbox_.size() || clock_.now_us() - since_us_ < gives_from_us_) return 0;
  return std::min({n, static_cast<std::uint64_t>(outbox_.size() - outbox_at_), conduct_.recv_bytes,
                   conduct_.dies_after_giving - given_bytes_});
}

void Link::give(char* bytes, std::size_t n) {
  std::memcpy(bytes, outbox_.data() + outbox_at_, n);
  if (conduct_.corrupts_given - given_bytes_ < n) {
    char& byte = bytes[conduct_.corrupts_given - given_bytes_];
    byte = changed_byte(byte);
    gave_corrupted_ = true;
  }
  given_bytes_ += n;
  outbox_at_ += n;
  active_us_ = clock_.now_us();
  gives_from_us_ = active_us_ - since_us_ + conduct_.recv_every_us;
  if (outbox_at_ != outbox_.size()) return;
  outbox_.clear();
  outbox_at_ = 0;
}

void Link::close() {
  state_ = State::closed;
  wants_send_ = wants_recv_ = false;
}

std::int32_t Link::die(int error) {
  state_ = State::dead;
  return error;
}

void Link::reply(std::string_view bytes, std::uint64_t after_us) {
  gives_from_us_ = clock_.now_us() - since_us_ + after_us + conduct_.reply_after_us;
  outbox_.append(bytes);
}

void Link::end_after_replies(int error) { ends_ = error; }

void Link::heal() { conduct_ = Conduct{}; }

std::uint64_t Link::ready_us() const {
  const std::uint64_t now_us = clock_.now_us();
  if (state_ == State::opening) {
    if (conduct_.open_waits == unlimited || conduct_.open_after_us == never) return never;
    return std::max(now_us, since_us_ + conduct_.open_after_us);
  }
  std::uint64_t at_us = never;
  if (state_ != State::open) return at_us;
  if (wants_send_ && !stalled()) at_us = std::max(now_us, since_us_ + sends_from_us_);
  if (!wants_recv_ || lost_) return at_us;
  if (outbox_at_ != outbox_.size()) return std::min(at_us, std::max(now_us, since_us_ + gives_from_us_));
  if (over()) return now_us;
  if (conduct_.closes_after_us >= conduct_.forgotten_after_us) return at_us;
  return std::min(at_us, active_us_ + conduct_.closes_after_us);
}

}  // namespace edgespan::sim
