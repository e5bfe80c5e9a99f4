// SPDX-License-Identifier: Apache-2.0
#include <edgespan/sim.hpp>

#include <algorithm>
#include <cstdlib>

namespace edgespan::sim {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view length_header = "\r\nContent-Length: ";

}  // namespace

int World::open(const char* host, std::uint16_t port) {
  if (host == nullptr || *host == '\0' || port == 0) violation("open without a host or a port");
  if (state_ == State::open) violation("open on an open stream");
  if (state_ == State::dead) violation("open on a dead stream that was not closed");
  if (fails_now(Call::open)) {
    state_ = State::closed;
    return failures_[index(Call::open)].error;
  }
  if (state_ != State::opening) {
    peer_ = peers_[std::min(next_peer_++, peers_.size() - 1)];
    waited_opens_ = taken_bytes_ = given_bytes_ = next_reply_ = request_from_ = body_bytes_ = 0;
    outbox_.clear();
    in_request_ = reply_released_ = send_gap_ = recv_gap_ = false;
    state_ = State::opening;
  }
  if (waited_opens_ < peer_.open_waits) {
    ++waited_opens_;
    return 0;
  }
  state_ = peer_.open > 0 ? State::open : State::closed;
  if (peer_.open > 0) ++connections_;
  return peer_.open;
}

std::int32_t World::send(const char* bytes, std::size_t n) {
  if (state_ != State::open) violation("send on a stream that is not open");
  if (n == 0) violation("send of no bytes");
  if (state_ != State::open || n == 0) return EDGESPAN_STREAM_FAILED;
  if (fails_now(Call::send)) return die(failures_[index(Call::send)].error);
  if (peer_.dies_after_taking != 0 && taken_bytes_ >= peer_.dies_after_taking) return die(peer_.end);
  if (peer_.send_gaps && (send_gap_ = !send_gap_)) return 0;
  std::size_t count = std::min(n, peer_.send_bytes);
  if (peer_.reads_until != 0) count = std::min(count, peer_.reads_until - taken_bytes_);
  if (peer_.dies_after_taking != 0) count = std::min(count, peer_.dies_after_taking - taken_bytes_);
  take(bytes, count);
  return static_cast<std::int32_t>(count);
}

std::int32_t World::recv(char* bytes, std::size_t n) {
  if (state_ != State::open) violation("recv on a stream that is not open");
  if (n == 0) violation("recv of no bytes");
  if (state_ != State::open || n == 0) return EDGESPAN_STREAM_FAILED;
  if (fails_now(Call::recv)) return die(failures_[index(Call::recv)].error);
  if (given_bytes_ >= peer_.dies_after_giving) return die(peer_.end);
  if (peer_.recv_gaps && (recv_gap_ = !recv_gap_)) return 0;
  const std::size_t count = giveable(n);
  if (count == 0) {
    const bool took_its_last = peer_.dies_after_taking != 0 && taken_bytes_ >= peer_.dies_after_taking;
    return took_its_last && outbox_.empty() ? die(peer_.end) : 0;
  }
  std::copy_n(outbox_.begin(), count, bytes);
  outbox_.erase(0, count);
  given_bytes_ += count;
  return static_cast<std::int32_t>(count);
}

void World::close() { state_ = State::closed; }

std::int32_t World::die(int error) {
  state_ = State::dead;
  return error;
}

std::size_t World::giveable(std::size_t n) const {
  if (mono_us_ < outbox_from_us_) return 0;
  return std::min({n, outbox_.size(), peer_.recv_bytes, peer_.dies_after_giving - given_bytes_});
}

void World::take(const char* bytes, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) take_byte(bytes[i]);
}

void World::take_byte(char byte) {
  if (!in_request_) {
    requests_.emplace_back();
    in_request_ = true;
    reply_released_ = false;
    request_from_ = taken_bytes_;
    body_bytes_ = 0;
  }
  ++taken_bytes_;
  Request& request = requests_.back();
  const bool in_head = !request.head.ends_with(head_end);
  (in_head ? request.head : request.body).push_back(byte);
  if (in_head && request.head.ends_with(head_end)) {
    const std::size_t at = request.head.find(length_header);
    if (at == std::string::npos) violation("a request without Content-Length");
    else body_bytes_ = std::strtoul(request.head.c_str() + at + length_header.size(), nullptr, 10);
  }
  const bool early = request_from_ == 0 && taken_bytes_ == peer_.replies_early_after;
  request.complete = request.head.ends_with(head_end) && request.body.size() == body_bytes_;
  if (early || request.complete) release_reply();
  if (request.complete) in_request_ = false;
}

void World::release_reply() {
  if (reply_released_ || next_reply_ >= peer_.replies.size()) return;
  reply_released_ = true;
  outbox_ += peer_.replies[next_reply_++];
  outbox_from_us_ = mono_us_ + peer_.reply_after_us;
}

}  // namespace edgespan::sim
