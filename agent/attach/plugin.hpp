// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "attach/plugin_agent.hpp"
#include "attach/plugin_settings.hpp"
#include "attach/problem_text.hpp"
#include "attach/rdkafka_copy.hpp"

namespace edgespan::attach {

// All that the plugin is in this process. One object, which lives as long as the process.
class Plugin {
 public:
  static Plugin& instance() noexcept;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  // Prepares a configuration of the copy of librdkafka that `address` lies in: a client that is made of it is
  // traced. Once more for the same configuration changes nothing. An error leaves it as it was, and `problem`
  // is a sentence for people.
  rd_kafka_resp_err_t add_to(rd_kafka_conf_t* conf, const void* address, ProblemText& problem) noexcept;

  // The copy of librdkafka that `address` lies in; null if it does not show its functions.
  RdkafkaCopy* copy_at(const void* address, ProblemText& problem) noexcept;

  // A client's property, without its "edgespan.".
  bool set_property(std::string_view name, std::string_view value, ProblemText& problem) noexcept;

  // Called for a new client by its copy: starts the agent. Null: this client is not traced; `problem` says
  // why unless the settings want it so.
  PluginAgent* agent_for_client(const RdkafkaCopy& copy, ProblemText& problem) noexcept;

  // The client is being destroyed.
  void client_ended(const rd_kafka_t* rk) noexcept;

  // For the interceptors of a client that agent_for_client() gave the agent.
  PluginAgent& agent() noexcept { return *agent_; }
  bool joins() const noexcept { return joins_; }

 private:
  Plugin() noexcept = default;

  PluginSettings settings_;
  PluginAgent* agent_ = nullptr;
  bool joins_ = false;
};

}  // namespace edgespan::attach
