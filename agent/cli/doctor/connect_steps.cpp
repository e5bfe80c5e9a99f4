// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/connect_steps.hpp"

#include "cli/sending/span_url.hpp"
#include "cli/text/quantities.hpp"

namespace edgespan::cli {
namespace {

Finding diagnose_name(int result, const TimedConnection& connection, const std::string& host) {
  if (result > 0) {
    const std::string address = connection.address();
    return {true, address.empty() || address == host ? host : host + " is " + address, {}};
  }
  if (result < 0) {
    return {false, "no address is known for " + host,
            "check the name, and this machine's name server (/etc/resolv.conf, getent hosts " + host + ")"};
  }
  return {false, "no answer about " + host + " within " + duration_text(connection.limit_us()),
          "the name server does not answer: check /etc/resolv.conf and the network to it"};
}

Finding diagnose_connection(int result, const TimedConnection& connection, const std::string& place,
                            const std::string& usual_port) {
  if (result > 0) return {true, place, {}};
  switch (result) {
    case 0:
      return {
          false, place + " does not answer within " + duration_text(connection.limit_us()),
          "check the host; a firewall that drops packets looks like this, and so does a machine that is off"};
    case EDGESPAN_STREAM_REFUSED:
      return {false, "nobody listens on " + place,
              "start the collector there, or correct host and port; " + usual_port};
    case EDGESPAN_STREAM_UNREACHABLE:
      return {false, "this machine's network has no route to " + place,
              "check this machine's address, its routes (ip route), the modem"};
    default:
      return {false, "the connection to " + place + " broke while it was made",
              "check the host, and whether a firewall or a proxy between resets connections"};
  }
}

}  // namespace

bool resolve_and_connect(TimedConnection& connection, DoctorReport& report, const std::string& host,
                         std::uint16_t port, const std::string& usual_port) {
  const Finding name = diagnose_name(connection.resolve(host, port), connection, host);
  if (!report.step("resolve", name, name.good ? connection.resolved_us() : 0)) return false;
  const int connected = connection.connect(host, port);
  return report.step("connect",
                     diagnose_connection(connected, connection, host_and_port(host, port), usual_port));
}

}  // namespace edgespan::cli
