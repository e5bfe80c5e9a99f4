// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/sending/span_url.hpp"

#include <edgespan/kafka_sender.hpp>

#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

// A producer of the tool's own for spans, and the sender on it. Pinned; ends after the reporter and before
// `tracing`.
class KafkaSpanSender {
 public:
  // `properties` are the command's; what is about security counts here too. Throws UsageError if they cannot
  // be, RunError if the system refuses something.
  KafkaSpanSender(const SpanUrl& target, const std::vector<Property>& properties, KafkaTracing& tracing);
  KafkaSpanSender(const KafkaSpanSender&) = delete;
  KafkaSpanSender& operator=(const KafkaSpanSender&) = delete;

  Sender sender() noexcept { return sender_.sender(); }
  rd_kafka_t* client() const noexcept { return client_.get(); }

  // Why no record gets through: what became of the last one that failed, or else what librdkafka last said of
  // the connection. Not from two threads.
  std::string reason() const;

 private:
  KafkaSender sender_;
  std::unique_ptr<std::string> last_error_ = std::make_unique<std::string>();  // written by reason()'s poll
  Client client_;  // before what its interceptors and callbacks call
};

}  // namespace edgespan::cli
