// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/sending/url_sender.hpp"
#include "cli/spans/collected_span.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

// A small Zipkin: takes posts of spans on a port of 127.0.0.1 that the system chooses, and keeps what it
// decodes. It answers as Zipkin does: 202, or 400 and a sentence. Any thread; runs on threads of its own
// until it is destroyed.
class DemoCollector {
 public:
  // With a URL in `relay` each body goes on to that Zipkin, as it came, before it is answered, and is
  // answered with that Zipkin's status: so the agents' books count what Zipkin itself has accepted, and each
  // span is encoded once. Throws RunError if no port can be had or that Zipkin cannot be reached, UsageError
  // for a URL or certificates that cannot be.
  explicit DemoCollector(const SenderOptions& relay = {});
  DemoCollector(const DemoCollector&) = delete;
  DemoCollector& operator=(const DemoCollector&) = delete;
  ~DemoCollector();

  // Where to post: http://127.0.0.1:PORT/api/v2/spans
  const std::string& url() const noexcept { return url_; }

  // The spans that came since the last call, in the order of their arrival.
  std::vector<CollectedSpan> take();

  // How many posts were accepted, and how many bytes they had.
  std::uint64_t posts() const;
  std::uint64_t bytes() const;

  // The first thing that was refused, by us or by the relay's Zipkin, as a sentence; empty if nothing was.
  std::string complaint() const;

 private:
  class State;
  std::unique_ptr<State> state_;
  std::string url_;
};

}  // namespace edgespan::cli
