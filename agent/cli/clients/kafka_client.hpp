// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace edgespan::cli {

struct ClientDeleter {
  void operator()(rd_kafka_t* rk) const noexcept { rd_kafka_destroy(rk); }
};

// A producer or a consumer of librdkafka that is destroyed with its owner.
using Client = std::unique_ptr<rd_kafka_t, ClientDeleter>;

}  // namespace edgespan::cli
