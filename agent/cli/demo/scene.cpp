// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/scene.hpp"

namespace edgespan::cli {

const std::vector<Scene>& demo_scenes() {
  static const std::vector<Scene> scenes{
      {.title = "a record is produced and polled",
       .gateway = "meter-gateway",
       .topic = "meter.readings",
       .key = "meter-17",
       .value = "231.4",
       .value_tag = "volts",
       .consumers = {{.service = "meter-archive", .processes = false}}},
      {.title = "the consumer traces its own work",
       .gateway = "pump-gateway",
       .topic = "pump.pressure",
       .key = "pump-3",
       .value = "6.8",
       .value_tag = "bar",
       .consumers = {{.service = "pump-alarms", .processes = true}}},
      {.title = "two services consume the same record",
       .gateway = "truck-gateway",
       .topic = "truck.cargo",
       .key = "truck-9",
       .value = "-18.2",
       .value_tag = "celsius",
       .consumers = {{.service = "cold-chain-audit", .processes = true},
                     {.service = "fleet-map", .processes = true}}},
  };
  return scenes;
}

std::vector<ExpectedSpan> expected_trace(const Scene& scene) {
  const std::string broker = "kafka";
  const Tag key{"kafka.key", scene.key};
  const Tag topic{"kafka.topic", scene.topic};
  std::vector<ExpectedSpan> spans;
  spans.push_back({scene.gateway, "send", Kind::producer, broker, {key, topic}, {}});
  for (const SceneConsumer& consumer : scene.consumers) {
    spans.push_back({consumer.service, "poll", Kind::consumer, broker, {topic}, 0});
    if (!consumer.processes) continue;
    const Tag value{scene.value_tag, scene.value};
    spans.push_back({consumer.service, "process", Kind::none, "", {key, topic, value}, spans.size() - 1});
  }
  return spans;
}

}  // namespace edgespan::cli
