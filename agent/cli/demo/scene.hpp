// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/demo/trace_difference.hpp"

#include <string>
#include <vector>

namespace edgespan::cli {

// One service that reads the scene's topic, in a consumer group of its own.
struct SceneConsumer {
  std::string service;
  bool processes = false;  // whether it makes a span for its work on the record
};

// A device's record on its way from the gateway to those who consume it.
struct Scene {
  std::string title;
  std::string gateway;  // the service that produces
  std::string topic;
  std::string key;
  std::string value;
  std::string value_tag;  // the tag in which a consumer that processes the record puts its value
  std::vector<SceneConsumer> consumers;
};

const std::vector<Scene>& demo_scenes();

// The trace that a scene must leave behind.
std::vector<ExpectedSpan> expected_trace(const Scene& scene);

}  // namespace edgespan::cli
