// SPDX-License-Identifier: Apache-2.0
#include <edgespan/http_sender.hpp>

#include "http/verdict.hpp"

#include <algorithm>

namespace edgespan {
namespace {

// What one call of offer() may ask of the stream: a step of the reporter stays a bounded slice of work even
// if the stream takes a byte at a time, and a whole reply (HttpReply::bytes_max) still fits into one.
constexpr int turns_per_offer = 40;
constexpr std::size_t receive_bytes = 256;
static_assert(receive_bytes * static_cast<std::size_t>(turns_per_offer) > HttpReply::bytes_max);

// Some routers forget idle connections without a word; a new connection then costs less than a deadline.
// Zipkin itself closes after 15 s (3.5.1, observed), which is noticed.
constexpr std::uint64_t idle_reuse_us = 60'000'000;

// Zipkin compares the coding's name by case.
constexpr char packed_end[] = "\r\nContent-Encoding: gzip\r\n\r\n";

// The one way to ask for the time that has passed: unsigned, so that it holds whatever the clock started at.
constexpr std::uint64_t elapsed_us(std::uint64_t now_us, std::uint64_t started_us) noexcept {
  return now_us - started_us;
}

// Of a stream that could not be opened, or that ended.
constexpr SendReason reason_of(std::int32_t error, SendReason otherwise) noexcept {
  switch (error) {
    case EDGESPAN_STREAM_TLS:
      return SendReason::tls;
    case EDGESPAN_STREAM_UNKNOWN_ROOT:
      return SendReason::unknown_root;
    case EDGESPAN_STREAM_WRONG_HOST:
      return SendReason::wrong_host;
    case EDGESPAN_STREAM_EXPIRED:
      return SendReason::expired;
    case EDGESPAN_STREAM_NOT_YET_VALID:
      return SendReason::not_yet_valid;
    case EDGESPAN_STREAM_BAD_CERTIFICATE:
      return SendReason::bad_certificate;
    case EDGESPAN_STREAM_NO_CLOCK:
      return SendReason::no_clock;
    case EDGESPAN_STREAM_NO_ENTROPY:
      return SendReason::no_entropy;
    case EDGESPAN_STREAM_NO_MEMORY:
      return SendReason::no_memory;
    default:
      return otherwise;
  }
}

class Appender {
 public:
  explicit Appender(std::span<char> out) noexcept : out_(out) {}

  Appender& operator<<(std::string_view text) noexcept {
    std::copy(text.begin(), text.end(), out_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += text.size();
    return *this;
  }

  // std::to_chars brings a table of 200 bytes.
  Appender& operator<<(std::size_t number) noexcept {
    std::size_t digits = 1;
    for (std::size_t rest = number; rest > 9; rest /= 10) ++digits;
    size_ += digits;
    for (std::size_t at = size_; digits != 0; --digits, number /= 10) {
      out_[--at] = static_cast<char>('0' + number % 10);
    }
    return *this;
  }

  std::size_t size() const noexcept { return size_; }

 private:
  std::span<char> out_;
  std::size_t size_ = 0;
};

}  // namespace

Status HttpSender::init(const edgespan_stream& stream, std::string_view url,
                        const HttpConfig& config) noexcept {
  if (stream_ != nullptr) return Status::already_started;
  if (config.connect_ms == 0 || config.request_ms == 0 || config.progress_bytes_per_s == 0) {
    return Status::bad_config;
  }
  if (!stream.open || !stream.send || !stream.recv || !stream.close) return Status::bad_config;
  HttpUrl parsed;
  if (const Status status = parse_http_url(url, parsed); status != Status::ok) return status;
  if (parsed.secure && !stream.secure) return Status::not_secure;
  if (stream.secure && !parsed.secure) return Status::bad_config;
  *std::copy(parsed.host.begin(), parsed.host.end(), host_.begin()) = '\0';
  port_ = parsed.port;
  write_head(parsed);
  connect_us_ = std::uint64_t{config.connect_ms} * 1000;
  request_us_ = std::uint64_t{config.request_ms} * 1000;
  progress_bytes_per_s_ = config.progress_bytes_per_s;
  gzip_ = config.gzip;
  stream_ = &stream;
  return Status::ok;
}

// Everything but the length of the body is known now. `Expect` is never sent: it costs a round trip and saves
// nothing with batches of this size.
void HttpSender::write_head(const HttpUrl& url) noexcept {
  constexpr std::string_view before_path = "POST ";
  constexpr std::string_view before_host = " HTTP/1.1\r\nHost: ";
  constexpr std::string_view before_length =
      "\r\nContent-Type: application/x-protobuf\r\nb3: 0\r\nContent-Length: ";
  constexpr std::size_t brackets_and_port = 2 + 6;
  static_assert(before_path.size() + HttpUrl::path_bytes_max + before_host.size() + HttpUrl::host_bytes_max +
                    brackets_and_port + before_length.size() + length_digits_max + sizeof packed_end <=
                head_bytes_max);

  const bool is_ipv6 = url.host.find(':') != std::string_view::npos;
  Appender head(head_);
  head << before_path << url.path << before_host << (is_ipv6 ? "[" : "") << url.host << (is_ipv6 ? "]" : "");
  if (url.port != (url.secure ? HttpUrl::https_port : HttpUrl::http_port))
    head << ":" << std::size_t{url.port};
  head << before_length;
  head_fixed_bytes_ = static_cast<std::uint16_t>(head.size());
}

void HttpSender::write_length() noexcept {
  Appender tail(std::span<char>{head_}.subspan(head_fixed_bytes_));
  tail << body_.size() << (packed_ ? packed_end : "\r\n\r\n");
  head_bytes_ = static_cast<std::uint16_t>(head_fixed_bytes_ + tail.size());
}

Sender HttpSender::sender() noexcept {
  Sender table;
  table.ctx = this;
  table.offer = [](void* ctx, std::span<const std::byte> batch, std::uint64_t now_us) {
    return static_cast<HttpSender*>(ctx)->offer(batch, now_us);
  };
  table.cancel = [](void* ctx) { static_cast<HttpSender*>(ctx)->cancel(); };
  return table;
}

SendResult HttpSender::offer(std::span<const std::byte> batch, std::uint64_t now_us) noexcept {
  SendResult result;
  if (stream_ == nullptr) {
    result.state = SendState::retry;
    result.reason = SendReason::connect;
    return result;
  }
  newly_sent_bytes_ = newly_begun_ = 0;
  // Another batch in the middle of one would put foreign bytes behind an announced length.
  if (state_ != State::idle && batch.size() != batch_bytes_) cancel();
  if (state_ == State::idle) begin(batch, now_us);
  result = take_turns(now_us);
  result.begun = newly_begun_;
  result.sent_bytes = newly_sent_bytes_;
  return result;
}

SendResult HttpSender::take_turns(std::uint64_t now_us) noexcept {
  SendResult result;
  for (int turns = turns_per_offer; turns != 0; --turns) {
    const Turn turn = take_turn(now_us, result);
    if (turn == Turn::ended) return result;
    if (turn == Turn::wait) return wait_or_expire(false, now_us);
  }
  return wait_or_expire(true, now_us);
}

void HttpSender::cancel() noexcept {
  if (stream_ == nullptr) return;
  stream_->close(stream_->ctx);
  open_ = false;
  state_ = State::idle;
}

void HttpSender::begin(std::span<const std::byte> batch, std::uint64_t now_us) noexcept {
  batch_bytes_ = batch.size();
  choose_body(batch);
  sent_bytes_ = 0;
  reply_ = HttpReply{};
  write_length();
  if (!kept_connection_usable(now_us)) return connect(now_us);
  reused_ = true;
  started_us_ = now_us;
  state_ = State::sending;
}

void HttpSender::choose_body(std::span<const std::byte> batch) noexcept {
  std::size_t bytes = 0;
  const void* const body =
      gzip_ == nullptr ? nullptr : gzip_->pack(gzip_->ctx, batch.data(), batch.size(), &bytes);
  packed_ = body != nullptr;
  body_ = packed_ ? std::span(static_cast<const std::byte*>(body), bytes) : batch;
}

// A server that has closed meanwhile, or says something unasked, is noticed before the batch is sent to it.
bool HttpSender::kept_connection_usable(std::uint64_t now_us) noexcept {
  if (!open_ || elapsed_us(now_us, kept_since_us_) >= idle_reuse_us) return false;
  std::byte unexpected;
  return stream_->recv(stream_->ctx, &unexpected, 1) == 0;
}

void HttpSender::connect(std::uint64_t now_us) noexcept {
  if (open_) stream_->close(stream_->ctx);
  open_ = false;
  reused_ = false;
  sent_bytes_ = 0;
  started_us_ = now_us;
  state_ = State::connecting;
}

HttpSender::Turn HttpSender::take_turn(std::uint64_t now_us, SendResult& result) noexcept {
  switch (state_) {
    case State::connecting:
      return connect_turn(now_us, result);
    case State::sending:
      return send_turn(now_us, result);
    default:
      return receive_turn(now_us, result);
  }
}

HttpSender::Turn HttpSender::connect_turn(std::uint64_t now_us, SendResult& result) noexcept {
  const int opened = stream_->open(stream_->ctx, host_.data(), port_);
  if (opened < 0) return give_up(reason_of(opened, SendReason::connect), result);
  if (opened == 0) return Turn::wait;
  open_ = true;
  started_us_ = now_us;
  state_ = State::sending;
  return Turn::go_on;
}

HttpSender::Turn HttpSender::send_turn(std::uint64_t now_us, SendResult& result) noexcept {
  const auto head = std::as_bytes(std::span(head_).first(head_bytes_));
  const auto rest =
      sent_bytes_ < head.size() ? head.subspan(sent_bytes_) : body_.subspan(sent_bytes_ - head.size());
  const std::int32_t sent = stream_->send(stream_->ctx, rest.data(), rest.size());
  if (sent < 0) return stream_ended(sent, now_us, result);
  // A server that does not read on may be refusing already: 413, 429 and 503 can come early.
  if (sent == 0) return receive_turn(now_us, result);
  if (sent_bytes_ == 0) ++newly_begun_;
  newly_sent_bytes_ += static_cast<std::uint32_t>(sent);
  sent_bytes_ += static_cast<std::size_t>(sent);
  if (sent_bytes_ == head.size() + body_.size()) state_ = State::receiving;
  return Turn::go_on;
}

HttpSender::Turn HttpSender::receive_turn(std::uint64_t now_us, SendResult& result) noexcept {
  std::array<std::byte, receive_bytes> bytes;
  const std::size_t room = std::min(bytes.size(), reply_.bytes_left());
  const std::int32_t received = stream_->recv(stream_->ctx, bytes.data(), room);
  if (received == 0) return Turn::wait;
  if (received < 0) return stream_ended(received, now_us, result);
  const auto count = static_cast<std::size_t>(received);
  const std::size_t used = reply_.feed(std::span(bytes).first(count));
  if (reply_.phase() == HttpReply::Phase::garbage) {
    return reply_.status() == 0 ? give_up(SendReason::garbage, result) : conclude(false, now_us, result);
  }
  const bool complete = reply_.phase() == HttpReply::Phase::complete;
  if (complete) return conclude(reply_.keep_alive() && used == count && request_sent(), now_us, result);
  // With no connection to keep there is nothing to wait for: Zipkin announces the close and leaves it to the
  // client (3.5.1, observed).
  const bool worth_keeping = reply_.keep_alive() && request_sent();
  return reply_.meaning_known() && !worth_keeping ? conclude(false, now_us, result) : Turn::go_on;
}

// The stream is dead; `result` follows from how far things were.
HttpSender::Turn HttpSender::stream_ended(std::int32_t error, std::uint64_t now_us,
                                          SendResult& result) noexcept {
  if (reply_.status() != 0) return conclude(false, now_us, result);
  if (reused_ && !reply_.started()) {
    // The server closed an idle connection just as it was used again. That is nobody's failure, and a batch
    // is byte-identical when it is sent again, so a collector that did read it recognises it.
    connect(now_us);
    return Turn::go_on;
  }
  return give_up(reason_of(error, SendReason::broken), result);
}

// Ends the offer with what the reply means; its status is known.
HttpSender::Turn HttpSender::conclude(bool reusable, std::uint64_t now_us, SendResult& result) noexcept {
  const bool premature = !request_sent();
  result = http::verdict(reply_);
  if (packed_ && (result.status == 400 || result.status == 415)) {
    // Whatever is wrong with the batch shows when it comes again as it is: over another connection, since who
    // cannot unpack a body may have left it unread, and take it for the next request (cpp-httplib does).
    gzip_ = nullptr;
    result.state = SendState::retry;
    reusable = false;
  }
  if (premature && result.state == SendState::delivered) {
    // Nobody can have accepted spans that were not sent yet.
    return give_up(SendReason::garbage, result);
  }
  if (reusable) {
    kept_since_us_ = now_us;
    state_ = State::idle;
  } else {
    cancel();
  }
  return Turn::ended;
}

HttpSender::Turn HttpSender::give_up(SendReason reason, SendResult& result) noexcept {
  cancel();
  result = SendResult{};
  result.state = SendState::retry;
  result.reason = reason;
  return Turn::ended;
}

std::uint64_t HttpSender::limit_us() const noexcept {
  if (state_ == State::connecting) return connect_us_;
  return request_us_ + std::uint64_t{sent_bytes_} * 1'000'000 / progress_bytes_per_s_;
}

// I/O comes first and the deadline after it: what has arrived in time counts even if the caller was late.
// `busy`: the stream would take or give more at once.
SendResult HttpSender::wait_or_expire(bool busy, std::uint64_t now_us) noexcept {
  const bool connecting = state_ == State::connecting;
  const std::uint64_t waited_us = elapsed_us(now_us, started_us_);
  SendResult result;
  if (waited_us < limit_us()) {
    result.again_us = busy ? 0 : limit_us() - waited_us;
  } else if (reply_.status() != 0) {
    conclude(false, now_us, result);
  } else {
    give_up(connecting ? SendReason::connect : SendReason::deadline, result);
  }
  return result;
}

}  // namespace edgespan
