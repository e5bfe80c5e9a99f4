// SPDX-License-Identifier: Apache-2.0
// The whole agent as one object. A first program needs this header and no other of edgespan's.
#pragma once

#include <edgespan/agent_config.hpp>
#include <edgespan/agent_parts.hpp>
#include <edgespan/agent_status.hpp>
#include <edgespan/books.hpp>
#include <edgespan/kafka.hpp>
#include <edgespan/kafka_memory.hpp>
#include <edgespan/made_at_start.hpp>
#include <edgespan/memory.hpp>
#include <edgespan/memory_room.hpp>
#include <edgespan/posix_port.hpp>
#include <memory>

namespace edgespan {

// Memory, port, tracing, sender, reporter and Kafka tracing, wired. For static storage: it never allocates,
// but for what librdkafka does behind a kafka:// URL. Two agents of one process do not know each other.
//
// Its parts can be used without it: AgentConfig names them, and each has a header of its own. Pinned.
template <Limits L = Limits{}, KafkaLimits K = KafkaLimits{}, typename Port = posix::Port>
class Agent {
 public:
  Agent() noexcept = default;
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;
  ~Agent() = default;  // stop(0); without an earlier start it does nothing

  // Starts the agent, and with it the reporter's thread. `port_config` is what Port::init() takes, if
  // anything. On failure everything is stopped, the status names the setting, and start() may be called again
  // with a mended configuration. Status::already_started while the agent runs; that changes nothing.
  // Status::too_small, with the setting "memory_max_bytes": the process may not take as much memory as is
  // planned for it. Only a Port with a static memory_limit() tells how much it may take; posix::Port does.
  //
  // After stop() it may start again, with books of its own, once the clients, Spans and Scopes of before are
  // gone. Not while another thread uses the agent.
  template <typename... PortConfig>
  AgentStatus start(const AgentConfig& config, const PortConfig&... port_config) noexcept {
    AgentStatus status = parts_.claim();
    if (!status.ok()) return status;
    std::destroy_at(&port_);
    std::construct_at(&port_);
    if (!port_.init(port_config...)) {
      static_cast<void>(stop(0));
      return {Status::no_thread, "port", "the system has no descriptor or lock left; free resources"};
    }
    return parts_.start(config, memory_.make(), kafka_memory_.make().inflight, port_.clock(), port_.stream(),
                        port_.worker(), memory_room());
  }

  // Delivers what it can within `deadline_ms`; what is left then is dropped and counted. Tracing goes off,
  // the thread ends, the connection is closed, the producer behind a kafka:// URL is destroyed (which waits
  // for librdkafka's threads beyond the deadline). Status::timeout if anything was left; Status::ok else, and
  // whenever the agent is stopped already. Any thread; from an exit handler, too.
  //
  // Flush and destroy the application's clients before it, so that their last spans leave with the others.
  Status stop(std::uint32_t deadline_ms) noexcept { return parts_.stop(deadline_ms); }

  // Valid as long as the agent. While it is stopped, nothing is traced and messages pass as they are.
  Tracing& tracing() noexcept { return parts_.tracing(); }
  KafkaTracing& kafka() noexcept { return parts_.kafka(); }
  Reporter& reporter() noexcept { return parts_.reporter(); }
  Port& port() noexcept { return port_; }

  // Of one consumer, once the agent was started; a further one takes a ConsumerStore of its own.
  ConsumerMemory consumer_memory() noexcept { return kafka_memory_.get().consumer; }

  // Of the present run, or of the last one.
  Books books() noexcept { return parts_.tracing().books(); }

  // The producer behind a kafka:// URL: its client, for callbacks of span_producer_conf, and its last error.
  const SpanProducer& span_producer() const noexcept { return parts_.span_producer(); }

 private:
  static MemoryRoom memory_room() noexcept {
    MemoryRoom room{.agent_bytes = sizeof(Agent)};
    if constexpr (requires { Port::memory_limit(); }) {
      const auto limit = Port::memory_limit();
      room.limit_bytes = limit.bytes;
      room.limit_set_by = limit.set_by;
    }
    return room;
  }

  MadeAtStart<Memory<L>> memory_;
  MadeAtStart<KafkaMemory<K>> kafka_memory_;
  Port port_;
  AgentParts parts_;  // ends before memories and port
};

}  // namespace edgespan
