// SPDX-License-Identifier: Apache-2.0
// What tests of OpenTelemetry's spelling share: its configuration, and the tags that every span of a message
// has.
#pragma once

#include <edgespan/kafka_config.hpp>
#include <edgespan/otel_semantics.hpp>

#include <map>
#include <string>

namespace edgespan::test {

using Tags = std::map<std::string, std::string>;

inline constexpr KafkaConfig otel{.semantics = Semantics::otel};
inline const bool linked = (link_otel_semantics(), true);

inline Tags tags_of(const std::string& operation, const std::string& type, const std::string& topic,
                    const Tags& more = {}) {
  Tags tags{{"messaging.system", "kafka"},
            {"messaging.operation.name", operation},
            {"messaging.operation.type", type},
            {"messaging.destination.name", topic}};
  tags.insert(more.begin(), more.end());
  return tags;
}

}  // namespace edgespan::test
