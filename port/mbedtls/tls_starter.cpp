// SPDX-License-Identifier: Apache-2.0
#include <edgespan/tls_starter.hpp>

namespace edgespan::mbedtls {
namespace {

const char* problem_text(Result result) noexcept {
  switch (result) {
    case Result::ok:
      return "";
    case Result::in_use:
      return "another Tls of this process is in use; stop it first";
    case Result::bad_table:
      return "a function of the port's stream or clock is missing";
    case Result::bad_roots:
      return "the roots cannot be read, or there are none; give one or more certificates, PEM or DER";
    case Result::bad_certificate:
      return "the client's certificate cannot be read; give it as PEM or DER";
    case Result::bad_key:
      return "the key cannot be read, is encrypted, or belongs to another certificate";
    case Result::no_entropy:
      return "the client's key cannot be checked before the platform has entropy; start again later";
    case Result::no_memory:
      return "the arena is too small; give mbedtls::arena_bytes, or more for longer keys";
  }
  return "unknown";
}

}  // namespace

TlsStarter::TlsStarter(std::span<std::byte> arena) noexcept : arena_{arena} {
  table_.ctx = this;
  table_.start = [](void* self, const edgespan_stream* inner, const edgespan_clock* clock,
                    const char** problem) {
    return static_cast<TlsStarter*>(self)->start(*inner, *clock, *problem);
  };
  table_.stop = [](void* self) { static_cast<TlsStarter*>(self)->tls_.stop(); };
}

const edgespan_stream* TlsStarter::start(const edgespan_stream& inner, const edgespan_clock& clock,
                                         const char*& problem) noexcept {
  const Result result = tls_.init(arena_, inner, clock, config_);
  problem = problem_text(result);
  return result == Result::ok ? &tls_.stream() : nullptr;
}

}  // namespace edgespan::mbedtls
