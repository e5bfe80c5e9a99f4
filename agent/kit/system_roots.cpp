// SPDX-License-Identifier: Apache-2.0
#include <edgespan/system_roots.hpp>

#include <array>
#include <edgespan/posix_text_file.hpp>

namespace edgespan {
namespace {

constexpr std::array<const char*, 4> places{"/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine, OpenWrt
                                            "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora
                                            "/etc/ssl/ca-bundle.pem",              // SUSE
                                            "/etc/ssl/cert.pem"};

}  // namespace

const char* system_roots_file() noexcept {
  posix::TextFile file;
  for (const char* const path : places) {
    if (file.open(path) == 0) return path;
  }
  return nullptr;
}

}  // namespace edgespan
