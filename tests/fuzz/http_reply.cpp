// SPDX-License-Identifier: Apache-2.0
// Whatever a collector answers: the reader ends, stays inside its bound, reads the same however the bytes are
// cut, and what it made of them has an outcome. The first byte of the input says how they are cut.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "http/http_reply.hpp"
#include "http/zipkin_dialect.hpp"

namespace {

using edgespan::Outcome;
using edgespan::fuzz::require;
using edgespan::http_detail::HttpReply;

constexpr std::uint64_t second_us = 1'000'000;
constexpr std::uint64_t year_10000_us = 253'402'300'801 * second_us;

Outcome meaning(const edgespan::Answer& answer) {
  return edgespan::http_detail::zipkin_dialect.meaning(nullptr, answer).outcome;
}

void check_sound(const HttpReply& reply, std::size_t used) {
  require(used <= HttpReply::bytes_max);
  require(reply.status() == 0 || (reply.status() >= 200 && reply.status() <= 599));
  require(reply.phase() != HttpReply::Phase::complete || reply.status() != 0);
  require(reply.retry_after_us() == 0 ||
          (reply.retry_after_us() >= second_us && reply.retry_after_us() <= 3'600 * second_us));
  require(reply.retry_at_us() < year_10000_us);
  if (reply.status() == 0) return;
  const Outcome early = meaning(reply.answer(false));
  const Outcome late = meaning(reply.answer(true));
  require(late != Outcome::pending && (early == Outcome::pending || early == late));
  const bool success = late == Outcome::delivered || late == Outcome::suspect;
  require(success || reply.status() >= 300);
}

bool same(const HttpReply& a, const HttpReply& b) {
  return a.phase() == b.phase() && a.status() == b.status() && a.keep_alive() == b.keep_alive() &&
         (a.status() == 0 || a.answer(false).opening == b.answer(false).opening) &&
         a.retry_after_us() == b.retry_after_us() && a.retry_at_us() == b.retry_at_us();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} % 31 + 1;
  const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
  HttpReply whole;
  const std::size_t used = whole.feed(bytes);
  check_sound(whole, used);

  HttpReply cut;
  std::size_t used_cut = 0;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    used_cut += cut.feed(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  }
  require(used_cut == used && same(whole, cut));
  return 0;
}
