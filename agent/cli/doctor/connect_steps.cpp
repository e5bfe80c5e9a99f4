// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/connect_steps.hpp"

#include "cli/spans/trace_tree.hpp"

namespace edgespan::cli {
namespace {

Finding judge_name(int result, const TimedConnection& wire, const std::string& host) {
  if (result > 0) {
    const std::string address = wire.address();
    return {true, address.empty() || address == host ? host : host + " is " + address, {}};
  }
  if (result < 0) {
    return {false, "no address is known for " + host,
            "check the name, and this machine's name server (/etc/resolv.conf, getent hosts " + host + ")"};
  }
  return {false, "no answer about " + host + " within " + duration_text(wire.limit_us()),
          "the name server does not answer: check /etc/resolv.conf and the way to it"};
}

Finding judge_connection(int result, const TimedConnection& wire, const std::string& place,
                         const std::string& usual) {
  if (result > 0) return {true, place, {}};
  switch (result) {
    case 0:
      return {
          false, place + " does not answer within " + duration_text(wire.limit_us()),
          "check the host; a firewall that drops packets looks like this, and so does a machine that is off"};
    case EDGESPAN_STREAM_REFUSED:
      return {false, "nobody listens on " + place,
              "start the collector there, or correct host and port; " + usual};
    case EDGESPAN_STREAM_UNREACHABLE:
      return {false, "there is no way to " + place,
              "check this machine's network: its address, its routes (ip route), the modem"};
    default:
      return {false, "the connection to " + place + " broke while it was made",
              "check the host, and whether a firewall or a proxy between resets connections"};
  }
}

}  // namespace

bool resolve_and_connect(TimedConnection& wire, DoctorReport& checkup, const std::string& host,
                         std::uint16_t port, const std::string& usual) {
  const bool ipv6 = host.find(':') != host.npos;
  const std::string place = (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  const Finding name = judge_name(wire.resolve(host, port), wire, host);
  if (!checkup.step("resolve", name, name.good ? wire.resolved_us() : 0)) return false;
  return checkup.step("connect", judge_connection(wire.connect(host, port), wire, place, usual));
}

}  // namespace edgespan::cli
