// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/file_sender.hpp"
#include "cli/gzip.hpp"
#include "cli/http_uplink.hpp"
#include "cli/kafka_uplink.hpp"
#include "cli/target.hpp"
#include "cli/tls.hpp"

#include <edgespan/posix.hpp>

#include <memory>
#include <string>
#include <vector>

namespace edgespan::cli {

struct UplinkOptions {
  std::string url{};  // empty: as none:, the spans are counted as delivered and are gone
  TlsFiles tls{};
  bool gzip = false;  // http and https
  std::vector<Property>
      kafka_properties{};  // of the command's own client: what is about security counts here
};

// The sender that a URL asks for, with what it stands on. Pinned; ends after the reporter and before
// `tracing`.
class Uplink {
 public:
  // For batches of up to `batch_bytes`. Throws UsageError if the options cannot be, RunError if the system
  // refuses something.
  Uplink(const UplinkOptions& options, posix::Port& port, KafkaTracing& tracing, std::size_t batch_bytes);
  Uplink(const Uplink&) = delete;
  Uplink& operator=(const Uplink&) = delete;

  const Sender& sender() const noexcept { return sender_; }

  // What packing did, as a line; empty without it.
  std::string gzip_line() const { return packer_ ? packer_->line() : std::string{}; }

  // Why spans do not get through and what to look at, as a sentence without a full stop; empty if nothing is
  // known against it. `reason` and `status` are those of the last offer. Not from two threads.
  std::string complaint(SendReason reason, unsigned status) const;

 private:
  void use_http(const UplinkOptions& options, posix::Port& port, std::size_t batch_bytes);

  Target target_;
  std::string url_;
  std::string doctor_options_;  // that go with the URL
  std::unique_ptr<Packer> packer_;
  std::unique_ptr<HttpUplink> http_;
  std::unique_ptr<FileSender> file_;
  std::unique_ptr<KafkaUplink> kafka_;
  Sender sender_;
};

}  // namespace edgespan::cli
