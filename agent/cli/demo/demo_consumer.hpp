// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/clients/client_conf.hpp"
#include "cli/demo/demo_world.hpp"
#include "cli/demo/scene.hpp"
#include "cli/io/checked_output.hpp"
#include "cli/tracing/tool_agent.hpp"

namespace edgespan::cli {

// A service that consumes a scene's record: in real life a program of its own, with an agent of its own.
// Pinned.
class DemoConsumer {
 public:
  // Begins to join its consumer group. The record can be sent before wait_until_ready() has returned. Keeps
  // references to `scene` and `role`. Throws RunError.
  DemoConsumer(const DemoWorld& world, const Scene& scene, const SceneConsumer& role);

  // Waits until the group has assigned the topic to it. Throws RunError.
  void wait_until_ready() const;
  // Waits for the scene's record, and processes it if its role says so. Throws RunError.
  void receive(CheckedOutput& out);

  ToolAgent& agent() noexcept { return agent_; }
  // Ends the client and then the agent; returns the final books. The last call.
  Books stop();

 private:
  bool is_assigned() const;
  bool poll_once(CheckedOutput& out);
  void process(const ConsumerRecord& record, CheckedOutput& out);

  const Scene& scene_;
  const SceneConsumer& role_;
  ToolAgent agent_;
  Client client_;
};

}  // namespace edgespan::cli
