// SPDX-License-Identifier: Apache-2.0
#include <edgespan/status.hpp>

namespace edgespan {

std::string_view status_text(Status status) noexcept {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::already_started:
      return "this object was initialised or started before; make a new one";
    case Status::not_started:
      return "an object that this one builds on has not been initialised; init it first";
    case Status::bad_config:
      return "a value of the configuration is outside the range that its comment gives";
    case Status::bad_url:
      return "not a URL that spans can be sent to; the contract of the sender says which it takes";
    case Status::not_secure:
      return "the URL asks for encryption, and the stream does not encrypt; give this sender a TLS stream";
    case Status::bad_text:
      return "a name is empty, longer than 63 bytes or not UTF-8";
    case Status::too_small:
      return "the memory cannot be used: shortfall() says which array and what would do; Memory<Limits{...}> "
             "fits";
    case Status::misaligned:
      return "an array of the memory does not begin where its type may lie; Memory<Limits{...}> does";
    case Status::no_thread:
      return "the port could not start the reporter's thread; call step() instead, or free resources";
    case Status::forked:
      return "this process was forked from the one that started the agent; start the agent anew here";
    case Status::timeout:
      return "the time given ran out before everything was delivered";
  }
  return "unknown status";
}

}  // namespace edgespan
