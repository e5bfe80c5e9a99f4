// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/demo/demo_world.hpp"
#include "cli/demo/scene.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/tracing/tool_agent.hpp"

#include <string>
#include <vector>

namespace edgespan::cli {

// The gateway of a scene: in real life a program of its own, with an agent of its own. Pinned.
class DemoGateway {
 public:
  // Connects to the broker. Keeps a reference to `scene`. Throws RunError.
  DemoGateway(const DemoWorld& world, const Scene& scene);

  // Sends the scene's record and waits until it is delivered. Throws RunError.
  void send(CheckedOutput& out);

  ToolAgent& agent() noexcept { return agent_; }
  // Ends the client and then the agent; returns the final books. The last call.
  Books stop();

 private:
  struct DeliveryReport {
    DemoGateway* gateway;
    std::vector<std::string> log;
    std::string error;
  };
  void learn_topic();
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) noexcept;

  const Scene& scene_;
  ToolAgent agent_;
  DeliveryReport report_{this, {}, {}};
  Client client_;  // last, so that it ends before what its callbacks use
};

}  // namespace edgespan::cli
