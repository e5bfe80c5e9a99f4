// SPDX-License-Identifier: Apache-2.0
#include "http/http_exchange.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "http/http_outcome.hpp"
#include "http/zipkin_dialect.hpp"

namespace edgespan::http_detail {
namespace {

// What one call of offer() may ask of the stream. So a step of the reporter stays a bounded slice of work
// even if the stream takes a byte at a time, and a whole reply (HttpReply::bytes_max) still fits into one.
constexpr int turns_per_offer = 40;
constexpr std::size_t receive_bytes = 256;
static_assert(receive_bytes * static_cast<std::size_t>(turns_per_offer) > HttpReply::bytes_max);

// Some routers forget idle connections without a word; a new connection then costs less than a deadline.
// Zipkin itself closes after 15 s (3.5.1, observed), which is noticed.
constexpr std::uint64_t idle_reuse_us = 60'000'000;

// The one way to ask for the time that has passed: unsigned, so that it holds whatever the clock started at.
constexpr std::uint64_t elapsed_us(std::uint64_t now_us, std::uint64_t started_us) noexcept {
  return now_us - started_us;
}

SendResult result_of(Outcome outcome) noexcept {
  SendResult result;
  result.outcome = outcome;
  return result;
}

}  // namespace

HttpExchange::HttpExchange(const edgespan_stream& stream, const HttpUrl& url, const Dialect& dialect,
                           const HttpConfig& config) noexcept
    : stream_{stream},
      dialect_{dialect},
      connect_ms_{config.connect_ms},
      request_ms_{config.request_ms},
      progress_bytes_per_s_{config.progress_bytes_per_s},
      port_{url.port},
      headers_bytes_{static_cast<std::uint16_t>(config.headers.size())},
      headers_{config.headers.data()} {
  EDGESPAN_ASSERT(url.host.size() < host_.size() && dialect.meaning != nullptr);
  // HttpSender::init() refuses a zero.
  EDGESPAN_ASSERT(connect_ms_ != 0 && request_ms_ != 0 && progress_bytes_per_s_ != 0);
  EDGESPAN_ASSERT(headers_bytes_ == config.headers.size());
  if (config.gzip != nullptr) gzip_ = *config.gzip;
  std::copy(url.host.begin(), url.host.end(), host_.begin());
  head_.write(url);
}

SendResult HttpExchange::offer(std::span<const std::byte> portion, std::uint64_t now_us) noexcept {
  newly_sent_bytes_ = newly_begun_ = 0;
  // Another portion in the middle of one would put foreign bytes behind an announced length.
  if (state_ != State::idle && portion.size() != portion_.size()) cancel();
  if (state_ == State::idle && !begin(portion, now_us)) return result_of(Outcome::too_large);
  SendResult result = take_turns(now_us);
  result.begun = newly_begun_;
  result.sent_bytes = newly_sent_bytes_;
  EDGESPAN_ASSERT((result.outcome == Outcome::pending) == (state_ != State::idle));
  return result;
}

SendResult HttpExchange::take_turns(std::uint64_t now_us) noexcept {
  SendResult result;
  for (int turns = turns_per_offer; turns != 0; --turns) {
    const Turn turn = take_turn(now_us, result);
    if (turn == Turn::ended) return result;
    if (turn == Turn::wait) return wait_or_expire(false, now_us);
  }
  return wait_or_expire(true, now_us);
}

void HttpExchange::cancel() noexcept {
  stream_.close(stream_.ctx);
  open_ = false;
  state_ = State::idle;
}

// False: the dialect has no room for so many spans.
bool HttpExchange::begin(std::span<const std::byte> portion, std::uint64_t now_us) noexcept {
  EDGESPAN_ASSERT(state_ == State::idle);
  portion_ = portion;
  if (!choose_body()) return false;
  sent_bytes_ = 0;
  reply_ = HttpReply{};
  head_.set_body(widened_ ? wide_bytes(body_) : body_.size(), packed_, headers_bytes_ != 0);
  if (!kept_connection_usable(now_us)) {
    connect(now_us);
    return true;
  }
  reused_ = true;
  since_us_ = now_us;
  state_ = State::sending;
  return true;
}

bool HttpExchange::choose_body() noexcept {
  body_ = portion_;
  packed_ = false;
  widened_ = wide_ids_ && wide_bytes(portion_) != portion_.size();
  if (widened_) return true;  // packing needs all of a body in one piece
  if (dialect_.encode != nullptr && !portion_.empty()) {
    body_ = dialect_.encode(dialect_.ctx, portion_);
    if (body_.empty()) return false;
  }
  std::size_t bytes = 0;
  const void* const packed =
      gzip_.pack == nullptr ? nullptr : gzip_.pack(gzip_.ctx, body_.data(), body_.size(), &bytes);
  packed_ = packed != nullptr;
  if (packed_) body_ = std::span(static_cast<const std::byte*>(packed), bytes);
  return true;
}

// Notices a server that has closed meanwhile, or says something unasked, before the portion is sent to it.
bool HttpExchange::kept_connection_usable(std::uint64_t now_us) noexcept {
  if (!open_ || elapsed_us(now_us, since_us_) >= idle_reuse_us) return false;
  std::byte unexpected;
  return stream_.recv(stream_.ctx, &unexpected, 1) == 0;
}

void HttpExchange::connect(std::uint64_t now_us) noexcept {
  if (open_) stream_.close(stream_.ctx);
  open_ = false;
  reused_ = false;
  sent_bytes_ = 0;
  since_us_ = now_us;
  state_ = State::connecting;
}

HttpExchange::Turn HttpExchange::take_turn(std::uint64_t now_us, SendResult& result) noexcept {
  EDGESPAN_ASSERT(state_ != State::idle);
  switch (state_) {
    case State::connecting:
      return connect_turn(now_us, result);
    case State::sending:
      return send_turn(now_us, result);
    default:
      return receive_turn(now_us, result);
  }
}

HttpExchange::Turn HttpExchange::connect_turn(std::uint64_t now_us, SendResult& result) noexcept {
  EDGESPAN_ASSERT(!open_ && sent_bytes_ == 0);
  const int opened = stream_.open(stream_.ctx, host_.data(), port_);
  if (opened < 0) return fail(outcome_of_stream_error(opened, Outcome::unreachable), result);
  if (opened == 0) return Turn::wait;
  open_ = true;
  since_us_ = now_us;
  state_ = State::sending;
  return Turn::go_on;
}

HttpExchange::Turn HttpExchange::send_turn(std::uint64_t now_us, SendResult& result) noexcept {
  EDGESPAN_ASSERT(open_ && !request_sent());
  const std::span<const std::byte> rest = unsent();
  EDGESPAN_ASSERT(!rest.empty());
  const std::int32_t sent = stream_.send(stream_.ctx, rest.data(), rest.size());
  if (sent < 0) return stream_ended(sent, now_us, result);
  // A server that does not read on may be refusing already: 413, 429 and 503 can come early.
  if (sent == 0) return receive_turn(now_us, result);
  if (sent_bytes_ == 0) ++newly_begun_;
  newly_sent_bytes_ += static_cast<std::uint32_t>(sent);
  sent_bytes_ += static_cast<std::size_t>(sent);
  if (unsent().empty()) state_ = State::receiving;
  return Turn::go_on;
}

// The rest of the request's part that is under way; empty: all is sent.
std::span<const std::byte> HttpExchange::unsent() noexcept {
  std::size_t at = sent_bytes_;
  const std::span<const std::byte> headers{reinterpret_cast<const std::byte*>(headers_), headers_bytes_};
  for (const std::span<const std::byte> part : {head_.bytes(), headers}) {
    if (at < part.size()) return part.subspan(at);
    at -= part.size();
  }
  return widened_ ? wide_piece(body_, at, wide_head_) : body_.subspan(std::min(at, body_.size()));
}

HttpExchange::Turn HttpExchange::receive_turn(std::uint64_t now_us, SendResult& result) noexcept {
  EDGESPAN_ASSERT(open_ && state_ != State::connecting);
  std::array<std::byte, receive_bytes> bytes;
  const std::size_t room = std::min(bytes.size(), reply_.bytes_left());
  EDGESPAN_ASSERT(room != 0);
  const std::int32_t received = stream_.recv(stream_.ctx, bytes.data(), room);
  if (received == 0) return Turn::wait;
  if (received < 0) return stream_ended(received, now_us, result);
  const auto count = static_cast<std::size_t>(received);
  const std::size_t used = reply_.feed(std::span(bytes).first(count));
  EDGESPAN_ASSERT(used <= count);
  if (reply_.phase() == HttpReply::Phase::garbage) {
    if (reply_.status() != 0) return conclude(false, now_us, result);
    return fail(result_of(Outcome::garbled), result);
  }
  const bool complete = reply_.phase() == HttpReply::Phase::complete;
  if (complete) return conclude(reply_.keep_alive() && used == count && request_sent(), now_us, result);
  // With no connection to keep there is nothing to wait for: Zipkin announces the close and leaves it to the
  // client (3.5.1, observed).
  if (reply_.status() == 0 || (reply_.keep_alive() && request_sent())) return Turn::go_on;
  return meaning(false).outcome == Outcome::pending ? Turn::go_on : conclude(false, now_us, result);
}

// The stream is dead. What that means depends on how far the exchange had come.
HttpExchange::Turn HttpExchange::stream_ended(std::int32_t error, std::uint64_t now_us,
                                              SendResult& result) noexcept {
  EDGESPAN_ASSERT(open_);
  if (reply_.status() != 0) return conclude(false, now_us, result);
  if (reused_ && !reply_.started()) {
    // The server closed an idle connection just as it was used again. That is nobody's failure. The portion
    // has the same bytes when it is sent again, so a collector that did read it recognises it.
    connect(now_us);
    return Turn::go_on;
  }
  return fail(outcome_of_stream_error(error, Outcome::interrupted), result);
}

// What the reply means, as far as it was seen; `ended`: no more of it will come. Its status is known.
SendResult HttpExchange::meaning(bool ended) const noexcept {
  const Answer answer = reply_.answer(ended);
  SendResult result = dialect_.meaning(dialect_.ctx, answer);
  EDGESPAN_ASSERT(result.outcome != Outcome::pending || !answer.fully_seen());
  result.status = answer.status;
  if (result.outcome == Outcome::overloaded || result.outcome == Outcome::later) {
    result.asked_pause_us = reply_.retry_after_us();
    result.asked_until_us = reply_.retry_at_us();
  }
  return result;
}

// Whether the portion was refused for the length of its trace ids, and may be taken with longer ones. The
// bytes of another dialect are its own business.
bool HttpExchange::can_try_wide_ids() const noexcept {
  return !wide_ids_ && dialect_.encode == nullptr && wants_wide_ids(reply_.answer(true)) &&
         wide_bytes(portion_) != portion_.size();
}

// Ends the offer with what the reply means. Its status is known.
HttpExchange::Turn HttpExchange::conclude(bool reusable, std::uint64_t now_us, SendResult& result) noexcept {
  EDGESPAN_ASSERT(reply_.status() != 0 && (!reusable || request_sent()));
  const bool premature = !request_sent();
  result = meaning(true);
  if (result.outcome == Outcome::malformed && can_try_wide_ids()) {
    wide_ids_ = true;
    result.outcome = Outcome::later;
  } else if (packed_ && (result.outcome == Outcome::malformed || result.status == 415)) {
    // The packing may be what is wrong; what else is wrong shows when the portion comes again as it is. That
    // takes another connection: a server that cannot unpack a body may leave it unread, and take it for the
    // next request (cpp-httplib does).
    gzip_ = {};
    result.outcome = Outcome::later;
    reusable = false;
  }
  // Nobody can have accepted spans that were not sent yet.
  if (premature && result.outcome == Outcome::delivered) return fail(result_of(Outcome::garbled), result);
  if (reusable) {
    since_us_ = now_us;
    state_ = State::idle;
  } else {
    cancel();
  }
  return Turn::ended;
}

HttpExchange::Turn HttpExchange::fail(const SendResult& why, SendResult& result) noexcept {
  EDGESPAN_ASSERT(why.outcome != Outcome::pending);
  cancel();
  result = why;
  return Turn::ended;
}

std::uint64_t HttpExchange::limit_us() const noexcept {
  EDGESPAN_ASSERT(state_ != State::idle);
  if (state_ == State::connecting) return std::uint64_t{connect_ms_} * 1'000;
  return std::uint64_t{request_ms_} * 1'000 + std::uint64_t{sent_bytes_} * 1'000'000 / progress_bytes_per_s_;
}

// I/O comes first and the deadline after it: what has arrived in time counts even if the caller was late.
// `busy`: the stream would take or give more at once.
SendResult HttpExchange::wait_or_expire(bool busy, std::uint64_t now_us) noexcept {
  const bool connecting = state_ == State::connecting;
  const std::uint64_t waited_us = elapsed_us(now_us, since_us_);
  SendResult result;
  if (waited_us < limit_us()) {
    result.again_us = busy ? 0 : limit_us() - waited_us;
  } else if (reply_.status() != 0) {
    conclude(false, now_us, result);
  } else {
    fail(result_of(connecting ? Outcome::unreachable : Outcome::late), result);
  }
  return result;
}

}  // namespace edgespan::http_detail
