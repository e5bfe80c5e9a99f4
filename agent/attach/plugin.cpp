// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin.hpp"

#include <edgespan/client_events.hpp>

#include <cstdlib>
#include <new>

#include "attach/client_interceptors.hpp"
#include "attach/plugin_lock.hpp"
#include "attach/twin.hpp"

namespace edgespan::attach {
namespace {

// Both are never destroyed: threads of librdkafka call interceptors until the process is gone.
alignas(Plugin) std::array<std::byte, sizeof(Plugin)> plugin_storage;
alignas(PluginAgent) std::array<std::byte, sizeof(PluginAgent)> agent_storage;
constinit Plugin* the_plugin = nullptr;

void at_exit() { Plugin::instance().agent().stop_at_exit(); }

// Whether a client that cannot be made leaves the program alive.
bool survives_failure(RdkafkaCopy& copy) noexcept {
  return copy.is_safe() || copy.conf_lists().known() || copy.conf_lists().learn(copy.functions());
}

}  // namespace

Plugin& Plugin::instance() noexcept {
  if (the_plugin == nullptr) {
    const PluginLock lock;
    if (the_plugin == nullptr) the_plugin = new (plugin_storage.data()) Plugin;
  }
  return *the_plugin;
}

rd_kafka_resp_err_t Plugin::add_to(rd_kafka_conf_t* conf, const void* address,
                                   ProblemText& problem) noexcept {
  const PluginLock lock;
  if (is_twin()) return RD_KAFKA_RESP_ERR_NO_ERROR;
  const bool runs = agent_ != nullptr && agent_->runs_here();
  if (!runs && !settings_.load(problem)) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  RdkafkaCopy* const copy = RdkafkaCopy::at(address, problem);
  if (copy == nullptr) return RD_KAFKA_RESP_ERR__INVALID_ARG;
  if (!settings_.made().flag(SettingId::accept_crash_on_failed_client) && !survives_failure(*copy)) {
    problem.say(
        {"edgespan: with this librdkafka, which is older than 2.13, a client that cannot be made would end "
         "the program; set edgespan.accept_crash_on_failed_client to on if you accept that"});
    return RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED;
  }
  return add_interceptors(conf, *copy);
}

RdkafkaCopy* Plugin::copy_at(const void* address, ProblemText& problem) noexcept {
  const PluginLock lock;
  return RdkafkaCopy::at(address, problem);
}

void Plugin::client_ended(const rd_kafka_t* rk) noexcept {
  if (agent_ == nullptr || !agent_->runs_here()) return;
  client_events::producer_ended(agent_->kafka(), rk);
  agent_->client_ended();
}

bool Plugin::set_property(std::string_view name, std::string_view value, ProblemText& problem) noexcept {
  const PluginLock lock;
  if (agent_ != nullptr && agent_->runs_here()) return settings_.agree(name, value, problem);
  return settings_.set(name, value, problem);
}

PluginAgent* Plugin::agent_for_client(const RdkafkaCopy& copy, ProblemText& problem) noexcept {
  const PluginLock lock;
  const bool runs = agent_ != nullptr && agent_->runs_here();
  if (!runs && !settings_.judge_together(problem)) return nullptr;
  if (!settings_.made().flag(SettingId::enabled)) return nullptr;
  const bool first = agent_ == nullptr;
  if (first) agent_ = new (agent_storage.data()) PluginAgent;
  if (!runs) {
    agents_functions = &copy.functions();
    joins_ = settings_.made().text(SettingId::join) == "last_record";
  }
  if (first) std::atexit(at_exit);
  return agent_->start(settings_, problem) ? agent_ : nullptr;
}

}  // namespace edgespan::attach
