// SPDX-License-Identifier: Apache-2.0
#include "attach/client_interceptors.hpp"

#include <edgespan/client_events.hpp>
#include <edgespan/scope.hpp>

#include <string_view>

#include "attach/last_record.hpp"
#include "attach/plugin.hpp"
#include "attach/use_copy.hpp"
#include "attach/use_copy_of_client.hpp"

namespace edgespan::attach {
namespace {

constexpr const char* interceptor_name = "edgespan";
constexpr std::string_view property_prefix = "edgespan.";

RdkafkaCopy& copy_at(void* opaque) noexcept { return *static_cast<RdkafkaCopy*>(opaque); }
PluginAgent& agent() noexcept { return Plugin::instance().agent(); }

// The client that this thread is making: until rd_kafka_new() returns it may still fail.
struct Making {
  const rd_kafka_t* client;
  rd_kafka_conf_t* conf;  // the application's
};
constinit thread_local Making making{};

rd_kafka_resp_err_t on_send(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  const UseCopyOfClient use{copy_at(opaque)};
  Plugin& plugin = Plugin::instance();
  if (!plugin.joins()) {
    client_events::message_sent(plugin.agent().kafka(), rk, message);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  const Scope scope{plugin.agent().tracing(), last_record(plugin.agent().now_us())};
  client_events::message_sent(plugin.agent().kafka(), rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  const UseCopyOfClient use{copy_at(opaque)};
  client_events::message_ended(agent().kafka(), rk, message);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_response_received(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api_key,
                                         std::int16_t, std::int32_t, std::size_t, std::int64_t,
                                         rd_kafka_resp_err_t error, void*) {
  client_events::response_received(agent().kafka(), api_key, error);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_consume(rd_kafka_t* rk, rd_kafka_message_t* message, void* opaque) {
  const UseCopyOfClient use{copy_at(opaque)};
  Plugin& plugin = Plugin::instance();
  const Context context = client_events::message_consumed(plugin.agent().kafka(), rk, message);
  if (plugin.joins()) keep_last_record(context, plugin.agent().now_us());
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// On librdkafka's main thread while rd_kafka_destroy() waits for it; or, if the client cannot be made, on the
// thread that makes it.
template <std::size_t I>
rd_kafka_resp_err_t on_destroy(rd_kafka_t* rk, void* opaque);

rd_kafka_resp_err_t add_to_producer(rd_kafka_t* rk, RdkafkaCopy& copy) noexcept {
  rd_kafka_resp_err_t error = copy.functions().interceptor_add_on_send_(rk, interceptor_name, on_send, &copy);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  error = copy.functions().interceptor_add_on_response_received_(rk, interceptor_name, on_response_received,
                                                                 &copy);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  return copy.functions().interceptor_add_on_acknowledgement_(rk, interceptor_name, on_acknowledgement,
                                                              &copy);
}

// A function for each copy of librdkafka, so that the opaque is free for the application's configuration.
template <std::size_t I>
rd_kafka_resp_err_t on_new(rd_kafka_t* rk, const rd_kafka_conf_t* conf, void* opaque, char* errstr,
                           std::size_t errstr_size) {
  RdkafkaCopy& copy = RdkafkaCopy::of_index(I);
  const UseCopy use{copy};
  const RdkafkaFunctions& functions = copy.functions();
  making = {rk, static_cast<rd_kafka_conf_t*>(opaque)};
  // First of all, and even if nothing is traced: it mends what a failure leaves behind.
  rd_kafka_resp_err_t error =
      functions.interceptor_add_on_destroy_(rk, interceptor_name, on_destroy<I>, nullptr);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  ProblemText problem{errstr, errstr_size};
  PluginAgent* const agent = Plugin::instance().agent_for_client(copy, problem);
  if (agent == nullptr) {
    const bool wanted = errstr == nullptr || errstr[0] == '\0';
    return wanted ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR__FAIL;
  }
  agent->client_made();
  if (functions.type_(rk) == RD_KAFKA_CONSUMER) {
    return functions.interceptor_add_on_consume_(rk, interceptor_name, on_consume, &copy);
  }
  client_events::producer_made(agent->kafka(), rk, conf);
  return add_to_producer(rk, copy);
}

template <std::size_t I>
rd_kafka_resp_err_t on_destroy(rd_kafka_t* rk, void*) {
  RdkafkaCopy& copy = RdkafkaCopy::of_index(I);
  const UseCopy use{copy};
  if (making.client == rk) {
    if (copy.conf_lists().known()) {
      copy.conf_lists().forget(making.conf);
      static_cast<void>(add_interceptors(making.conf, copy));
    }
    making = {};
  }
  Plugin::instance().client_ended(rk);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_conf_res_t on_conf_set(rd_kafka_conf_t*, const char* name, const char* value, char* errstr,
                                std::size_t errstr_size, void*) {
  std::string_view property{name};
  if (!property.starts_with(property_prefix)) return RD_KAFKA_CONF_UNKNOWN;
  property.remove_prefix(property_prefix.size());
  ProblemText problem{errstr, errstr_size};
  const bool good = Plugin::instance().set_property(property, value != nullptr ? value : "", problem);
  return good ? RD_KAFKA_CONF_OK : RD_KAFKA_CONF_INVALID;
}

using OnNew = rd_kafka_interceptor_f_on_new_t*;
constexpr std::array<OnNew, RdkafkaCopy::copies_max> on_new_of_copy{on_new<0>, on_new<1>, on_new<2>,
                                                                    on_new<3>};

}  // namespace

rd_kafka_resp_err_t add_interceptors(rd_kafka_conf_t* conf, RdkafkaCopy& copy) noexcept {
  const RdkafkaFunctions& functions = copy.functions();
  const rd_kafka_resp_err_t added =
      functions.conf_interceptor_add_on_new_(conf, interceptor_name, on_new_of_copy[copy.index()], conf);
  if (added == RD_KAFKA_RESP_ERR__CONFLICT) return RD_KAFKA_RESP_ERR_NO_ERROR;
  if (added != RD_KAFKA_RESP_ERR_NO_ERROR) return added;
  return functions.conf_interceptor_add_on_conf_set_(conf, interceptor_name, on_conf_set, nullptr);
}

}  // namespace edgespan::attach
