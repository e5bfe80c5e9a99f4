// SPDX-License-Identifier: Apache-2.0
#include "chain_check.hpp"

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
  add_flags(state.fault, *flags, depth);
  return 0;
}

bool peer_proved(const Tls::State& state) noexcept {
  return mbedtls_ssl_get_verify_result(&state.ssl) == 0 && state.fault.flags == 0 &&
         (state.chain_seen || state.offered);
}

}  // namespace edgespan::mbedtls
