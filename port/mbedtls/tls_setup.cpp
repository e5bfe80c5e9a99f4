// SPDX-License-Identifier: Apache-2.0
#include "tls_setup.hpp"

#include "arena.h"
#include "chain_check.hpp"
#include "platform.hpp"

#if EDGESPAN_TLS13
#include <psa/crypto.h>
#endif

#include <algorithm>
#include <cstddef>

namespace edgespan::mbedtls {
namespace {

constexpr const char* alpn[] = {"http/1.1", nullptr};

const unsigned char* data(Encoded encoded) noexcept {
  return reinterpret_cast<const unsigned char*>(encoded.data());
}

// How a certificate begins in DER: a SEQUENCE of 128 bytes or more. No text does, since 0x80 to 0xBF begin no
// character of UTF-8. Its end tells nothing: DER, too, may end with a zero.
bool is_der(Encoded encoded) noexcept {
  return encoded.size() >= 2 && encoded[0] == std::byte{0x30} &&
         (encoded[1] & std::byte{0xC0}) == std::byte{0x80};
}

// The size of the element of DER that `encoded` begins with; 0 if that is no SEQUENCE, or not whole.
std::size_t der_bytes(Encoded encoded) noexcept {
  auto* at = const_cast<unsigned char*>(data(encoded));  // only read
  const unsigned char* const begin = at;
  std::size_t body = 0;
  constexpr int sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
  if (mbedtls_asn1_get_tag(&at, begin + encoded.size(), &body, sequence) != 0) return 0;
  return static_cast<std::size_t>(at - begin) + body;
}

// Adds the certificates to `chain`. Returns how many of them cannot be read; below 0 if none can, or if it
// cannot be told where one ends.
int read_certificates(mbedtls_x509_crt& chain, Encoded encoded) noexcept {
  if (!is_der(encoded)) return mbedtls_x509_crt_parse(&chain, data(encoded), encoded.size());
  int unreadable = 0;
  while (!encoded.empty()) {
    const std::size_t bytes = der_bytes(encoded);
    if (bytes == 0) return -1;
    if (mbedtls_x509_crt_parse_der_nocopy(&chain, data(encoded), bytes) != 0) ++unreadable;
    encoded = encoded.subspan(bytes);
  }
  return chain.raw.len != 0 ? unreadable : -1;
}

// A bundle such as a system's own holds roots of kinds that this TLS does not know: signed with SHA-1, keys
// of other curves. They are not trusted, and the others are.
Result read_roots(Tls::State& state, Encoded roots) noexcept {
  const int unreadable = roots.empty() ? -1 : read_certificates(state.roots, roots);
  if (edgespan_arena_now().failed != 0)
    return Result::no_memory;  // what lacked memory is not of another kind
  if (unreadable < 0) return Result::bad_roots;
  state.roots_skipped = static_cast<std::uint32_t>(unreadable);
  mbedtls_ssl_conf_ca_chain(&state.config, &state.roots, nullptr);
  return Result::ok;
}

Result read_own(Tls::State& state, const Config& config) noexcept {
  if (config.certificate.empty()) return config.key.empty() ? Result::ok : Result::bad_certificate;
  auto* clock = const_cast<edgespan_clock*>(state.clock);
  unsigned char probe = 0;
  if (random_bytes(clock, &probe, 1) != 0) return Result::no_entropy;
  if (read_certificates(state.certificate, config.certificate) != 0) return Result::bad_certificate;
  const bool good_key = !config.key.empty() &&
                        mbedtls_pk_parse_key(&state.key, data(config.key), config.key.size(), nullptr, 0,
                                             random_bytes, clock) == 0 &&
                        mbedtls_pk_check_pair(&state.certificate.pk, &state.key, random_bytes, clock) == 0;
  if (!good_key) return Result::bad_key;
  const int taken = mbedtls_ssl_conf_own_cert(&state.config, &state.certificate, &state.key);
  return taken == 0 ? Result::ok : Result::no_memory;
}

#if EDGESPAN_TLS_IN_BYTES < 16384
// The largest record that a peer may be asked to keep to.
constexpr unsigned char fragment_code() noexcept {
  constexpr std::size_t limit = std::min(in_bytes, out_bytes);
  if (limit >= 4096) return MBEDTLS_SSL_MAX_FRAG_LEN_4096;
  if (limit >= 2048) return MBEDTLS_SSL_MAX_FRAG_LEN_2048;
  return limit >= 1024 ? MBEDTLS_SSL_MAX_FRAG_LEN_1024 : MBEDTLS_SSL_MAX_FRAG_LEN_512;
}
#endif

}  // namespace

Result configure(Tls::State& state, const Config& config) noexcept {
#if EDGESPAN_TLS13
  if (psa_crypto_init() != PSA_SUCCESS) return Result::no_memory;
#endif
  mbedtls_ssl_config& ssl = state.config;
  if (mbedtls_ssl_config_defaults(&ssl, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
    return Result::no_memory;
  }
#if EDGESPAN_TLS13
  mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
      &ssl, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
  mbedtls_ssl_conf_authmode(&ssl, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_min_tls_version(&ssl, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_rng(&ssl, random_bytes, const_cast<edgespan_clock*>(state.clock));
  mbedtls_ssl_conf_verify(&ssl, on_certificate, &state);
  mbedtls_ssl_conf_alpn_protocols(&ssl, const_cast<const char**>(alpn));  // only read
#if EDGESPAN_TLS_IN_BYTES < 16384
  mbedtls_ssl_conf_max_frag_len(&ssl, fragment_code());
#endif
  if (const Result result = read_roots(state, config.roots); result != Result::ok) return result;
  return read_own(state, config);
}

}  // namespace edgespan::mbedtls
