// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/client.hpp"

#include <cstddef>
#include <vector>

namespace edgespan::bench {

// Messages of a producer that never reaches a broker: they wait, whole, until it is destroyed.
class QueuedMessages {
 public:
  static constexpr std::size_t count = 64;

  static QueuedMessages& shared() {
    static QueuedMessages messages;
    return messages;
  }
  QueuedMessages(const QueuedMessages&) = delete;
  QueuedMessages& operator=(const QueuedMessages&) = delete;

  rd_kafka_t* producer() const noexcept { return producer_; }
  rd_kafka_message_t* next() noexcept { return messages_[next_++ % count]; }

 private:
  QueuedMessages() {
    rd_kafka_conf_t* conf = make_conf({{"bootstrap.servers", "127.0.0.1:1"}, {"message.timeout.ms", "0"}});
    rd_kafka_conf_interceptor_add_on_new(conf, "bench", on_new, this);
    char errstr[256];
    producer_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    must(producer_ != nullptr, "rd_kafka_new");
    std::vector<char> value(value_bytes, 'v');
    for (std::size_t i = 0; i < count; ++i) {
      must(rd_kafka_producev(producer_, RD_KAFKA_V_TOPIC(topic.data()),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
                             RD_KAFKA_V_VALUE(value.data(), value.size()),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR,
           "rd_kafka_producev");
    }
    must(messages_.size() == count, "the interceptor");
  }
  ~QueuedMessages() { rd_kafka_destroy(producer_); }

  static rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t*, void* self, char*, std::size_t) {
    return rd_kafka_interceptor_add_on_send(rk, "bench", on_send, self);
  }
  static rd_kafka_resp_err_t on_send(rd_kafka_t*, rd_kafka_message_t* message, void* self) {
    static_cast<QueuedMessages*>(self)->messages_.push_back(message);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  std::vector<rd_kafka_message_t*> messages_;
  rd_kafka_t* producer_ = nullptr;
  std::size_t next_ = 0;
};

}  // namespace edgespan::bench
