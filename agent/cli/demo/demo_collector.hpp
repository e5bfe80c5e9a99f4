// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/sender_options.hpp"
#include "cli/spans/collected_span.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

// A small Zipkin: takes posts of spans on a port of 127.0.0.1 that the system chooses, and keeps the decoded
// spans. It answers as Zipkin does: 202, or 400 and a sentence. It runs on threads of its own until it is
// destroyed. Any thread.
class DemoCollector {
 public:
  // If `zipkin` has a URL, each body is forwarded there, as it came, and the post is answered with that
  // Zipkin's status. So the agents' books count what Zipkin itself has accepted. Throws RunError if there is
  // no free port or that Zipkin cannot be reached, UsageError for a URL or certificates that cannot be used.
  explicit DemoCollector(const SenderOptions& zipkin = {});
  DemoCollector(const DemoCollector&) = delete;
  DemoCollector& operator=(const DemoCollector&) = delete;
  ~DemoCollector();

  // The URL to post to: http://127.0.0.1:PORT/api/v2/spans
  const std::string& url() const noexcept { return url_; }

  // The spans that came since the last call, in the order of their arrival.
  std::vector<CollectedSpan> take();

  // The posts that were accepted, and their bytes.
  std::uint64_t posts() const;
  std::uint64_t bytes() const;

  // Why a post was refused first, by this collector or the other Zipkin; empty if none was.
  std::string first_refusal() const;

 private:
  class State;
  std::unique_ptr<State> state_;
  std::string url_;
};

}  // namespace edgespan::cli
