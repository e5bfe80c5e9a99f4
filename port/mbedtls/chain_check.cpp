// SPDX-License-Identifier: Apache-2.0
#include "chain_check.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace edgespan::mbedtls {
namespace {

struct Reason {
  std::uint32_t flags;
  int error;
};

// The first that applies is reported: if the root is unknown, the dates and names of the chain say nothing.
constexpr Reason reasons[] = {
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, EDGESPAN_STREAM_UNKNOWN_ROOT},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, EDGESPAN_STREAM_WRONG_HOST},
    {MBEDTLS_X509_BADCERT_FUTURE, EDGESPAN_STREAM_NOT_YET_VALID},
    {MBEDTLS_X509_BADCERT_EXPIRED, EDGESPAN_STREAM_EXPIRED},
    {~std::uint32_t{0}, EDGESPAN_STREAM_BAD_CERTIFICATE},
};

constexpr std::size_t rank(int error) noexcept {
  std::size_t at = 0;
  while (at < std::size(reasons) && reasons[at].error != error) ++at;
  return at;
}

bool has_address(const mbedtls_x509_crt& certificate, std::span<const unsigned char> address) noexcept {
  for (const mbedtls_x509_sequence* name = &certificate.subject_alt_names; name != nullptr;
       name = name->next) {
    const bool is_address = (name->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == MBEDTLS_X509_SAN_IP_ADDRESS;
    if (!is_address || name->buf.len != address.size()) continue;
    if (std::equal(address.begin(), address.end(), name->buf.p)) return true;
  }
  return false;
}

// A host that is an address is named by an iPAddress among the alternative names, and by nothing else (RFC
// 9110, 4.3.5). mbedTLS takes it from a DNS name, and from the common name, too: names that an authority need
// not have checked as an address.
bool names_host(const mbedtls_x509_crt& certificate, const char* host) noexcept {
  std::array<unsigned char, 16> address{};
  const std::size_t bytes = mbedtls_x509_crt_parse_cn_inet_pton(host, address.data());
  return bytes == 0 || has_address(certificate, std::span(address).first(bytes));
}

}  // namespace

void add_flags(ChainFault& fault, std::uint32_t flags, int depth) noexcept {
  fault.flags |= flags;
  for (const Reason& reason : reasons) {
    if ((flags & reason.flags) == 0) continue;
    if (rank(reason.error) < rank(fault.error)) {
      fault.error = reason.error;
      fault.depth = depth;
    }
    return;
  }
}

int on_certificate(void* context, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) noexcept {
  auto& state = *static_cast<Tls::State*>(context);
  Validity& validity = state.validity;
  if (!state.chain_seen || mbedtls_x509_time_cmp(&certificate->valid_from, &validity.from) > 0) {
    validity.from = certificate->valid_from;
  }
  if (!state.chain_seen || mbedtls_x509_time_cmp(&certificate->valid_to, &validity.until) < 0) {
    validity.until = certificate->valid_to;
  }
  state.chain_seen = true;
  if (depth == 0 && !names_host(*certificate, state.kept.host.data())) {
    *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }
  add_flags(state.fault, *flags, depth);
  return 0;
}

bool peer_proved(const Tls::State& state) noexcept {
  return mbedtls_ssl_get_verify_result(&state.ssl) == 0 && state.fault.flags == 0 &&
         (state.chain_seen || state.offered);
}

}  // namespace edgespan::mbedtls
