// SPDX-License-Identifier: Apache-2.0
// The parts that play in the demo: each is a program of its own in real life, with an agent of its own.
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/demo/scene.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/tracing/tool_agent.hpp"

#include <string>
#include <vector>

namespace edgespan::cli {

// Where everybody in the demo connects to.
struct DemoWorld {
  std::string brokers;
  std::string collector_url;
};

// Writes a service's log line, with the ids of the span that the thread is in.
std::string log_line(const std::string& service, const std::string& text);

class DemoGateway {
 public:
  DemoGateway(const DemoWorld& world, const Scene& scene);

  // Sends the scene's record and waits until it is delivered. Throws RunError.
  void send(CheckedOutput& out);

  ToolAgent& agent() noexcept { return agent_; }
  // Ends the client and then the agent; the final books. The last call.
  Books stop();

 private:
  struct Report {
    DemoGateway* gateway;
    std::vector<std::string> lines;
    std::string error;
  };
  void learn_topic();
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept;

  const Scene& scene_;
  ToolAgent agent_;
  Report report_{this, {}, {}};
  Client client_;
};

class DemoConsumer {
 public:
  // Joins its group; the record may be sent before wait_ready() has returned.
  DemoConsumer(const DemoWorld& world, const Scene& scene, const SceneConsumer& role);

  // Waits until the group has given it the topic. Throws RunError.
  void wait_ready() const;
  // Waits for the scene's record and does with it what its role says. Throws RunError.
  void receive(CheckedOutput& out);

  const std::string& topic() const noexcept { return scene_.topic; }
  ToolAgent& agent() noexcept { return agent_; }
  Books stop();

 private:
  void process(const ConsumerRecord& record, CheckedOutput& out);

  const Scene& scene_;
  const SceneConsumer& role_;
  ToolAgent agent_;
  Client client_;
};

}  // namespace edgespan::cli
