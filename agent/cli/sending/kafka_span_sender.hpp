// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/sending/span_url.hpp"

#include <edgespan/kafka_sender.hpp>

#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

// A sender over Kafka, with a producer of its own. Pinned. It must outlive the reporter that uses it; the
// KafkaTracing must outlive it.
class KafkaSpanSender {
 public:
  // `properties` are those of the command's client; those about security are taken. Throws UsageError for
  // properties that librdkafka does not accept, RunError if the system refuses something.
  KafkaSpanSender(const SpanUrl& url, const std::vector<Property>& properties, KafkaTracing& tracing);
  KafkaSpanSender(const KafkaSpanSender&) = delete;
  KafkaSpanSender& operator=(const KafkaSpanSender&) = delete;

  Sender sender() noexcept { return sender_.sender(); }
  rd_kafka_t* client() const noexcept { return client_.get(); }

  // Why no record gets through: the error of the last one that failed, or else what librdkafka last said of
  // the connection. One thread at a time.
  std::string problem() const;

 private:
  KafkaSender sender_;
  std::unique_ptr<std::string> last_error_ =
      std::make_unique<std::string>();  // written in problem(), which polls
  Client client_;                       // last, so that it ends before what its callbacks use
};

}  // namespace edgespan::cli
