// SPDX-License-Identifier: Apache-2.0
// Whatever a server for OTLP answers: it has an outcome, which more bytes change only while it is pending,
// and nothing beyond the answer is read. The first two bytes of the input are status and type.
#include <cstdlib>
#include <memory>

#include "fuzz/fuzz.hpp"
#include "otlp/otlp_answer.hpp"

namespace {

using edgespan::Answer;
using edgespan::AnswerType;
using edgespan::Outcome;
using edgespan::fuzz::require;
using edgespan::otlp_detail::OtlpAnswer;
using edgespan::otlp_detail::read_answer;

bool lies_within(std::string_view text, std::string_view whole) {
  return text.empty() ||
         (text.data() >= whole.data() && text.data() + text.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr std::uint16_t statuses[] = {200, 400, 500, 503};
  const std::size_t opening = std::min(size - 2, Answer::opening_bytes_max);
  // A block of its own, so that a look beyond its end is seen.
  const auto bytes = std::make_unique<char[]>(opening);
  std::copy_n(data + 2, opening, bytes.get());
  Answer answer;
  answer.status = statuses[data[0] % 4];
  answer.type = static_cast<AnswerType>(data[1] % 4);
  answer.opening = {bytes.get(), opening};
  const OtlpAnswer early = read_answer(answer);
  answer.whole = opening < Answer::opening_bytes_max;
  const OtlpAnswer late = read_answer(answer);
  require(late.outcome != Outcome::pending);
  require(early.outcome == Outcome::pending || early.outcome == late.outcome);
  require(late.rejected == 0 || late.outcome == Outcome::delivered || late.outcome == Outcome::suspect);
  require(late.outcome != Outcome::delivered ||
          (answer.status == 200 && answer.type == AnswerType::protobuf));
  require(lies_within(late.text, answer.opening) && lies_within(early.text, answer.opening));
  return 0;
}
