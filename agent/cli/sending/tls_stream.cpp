// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/tls_stream.hpp"

#include "cli/io/tool_errors.hpp"

#if EDGESPAN_CLI_TLS
#include <edgespan/tls.hpp>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>
#endif

namespace edgespan::cli {

std::string tls_options(const TlsFiles& files) {
  std::string text;
  if (!files.ca.empty()) text += " --ca " + files.ca;
  if (!files.certificate.empty()) text += " --cert " + files.certificate;
  if (!files.key.empty()) text += " --key " + files.key;
  return text;
}

void check_tls_files(const TlsFiles& files, const SpanUrl& url) {
  const std::string given = tls_options(files);
  if (given.empty() || url.kind == SpanUrl::Kind::https) return;
  const bool kafka = url.kind == SpanUrl::Kind::kafka;
  throw UsageError{"'" + given.substr(1) + "' is for https:// alone; leave it out" +
                   (kafka ? ", and give librdkafka its own: -X security.protocol=ssl -X ssl.ca.location=FILE"
                          : ", or name the port on which the server speaks TLS with https://")};
}

#if EDGESPAN_CLI_TLS
namespace {

constexpr std::size_t client_key_bytes = 16'384;  // of arena, for this machine's certificate and key

// With a NUL behind PEM, which mbedTLS asks for.
std::string read_file(const char* option, const std::string& name) {
  if (name.empty()) return {};
  errno = 0;
  std::ifstream file{name, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  if (!file || bytes.empty()) {
    throw UsageError{std::string{option} + " '" + name +
                     "': " + (errno != 0 ? std::generic_category().message(errno) : "the file is empty")};
  }
  if (bytes.find("-----BEGIN ") != bytes.npos) bytes.push_back('\0');
  return bytes;
}

mbedtls::Encoded encoded(const std::string& bytes) { return std::as_bytes(std::span{bytes}); }

std::string result_text(mbedtls::Result result, const TlsFiles& files) {
  switch (result) {
    case mbedtls::Result::bad_roots:
      return "--ca '" + files.ca +
             "': no certificate, or one of a kind that this TLS does not know; give it your collector's root "
             "alone, as PEM or DER";
    case mbedtls::Result::bad_certificate:
      return "--cert '" + files.certificate + "': the certificate cannot be read; give it PEM or DER";
    case mbedtls::Result::bad_key:
      return "--key '" + files.key +
             "': cannot be read, is encrypted, or belongs to another certificate than " + files.certificate;
    case mbedtls::Result::no_entropy:
      return "this machine has no random numbers yet to make keys from";
    case mbedtls::Result::no_memory:
      return "the memory for TLS is too small for these certificates";
    default:
      return "TLS could not be set up";
  }
}

class MbedTlsStream : public TlsStream {
 public:
  MbedTlsStream(const TlsFiles& files, const edgespan_stream& inner, const edgespan_clock& clock)
      : roots_{read_file("--ca", files.ca)},
        certificate_{read_file("--cert", files.certificate)},
        key_{read_file("--key", files.key)},
        // Parsed roots take less than twice their PEM text.
        arena_(mbedtls::arena_bytes + client_key_bytes + 2 * roots_.size()) {
    const mbedtls::Result result =
        tls_.init(arena_, inner, clock, {encoded(roots_), encoded(certificate_), encoded(key_)});
    if (result != mbedtls::Result::ok) throw UsageError{result_text(result, files)};
  }
  const edgespan_stream& stream() const noexcept override { return tls_.stream(); }
  TlsFailure failure() const noexcept override { return {tls_.report().alert, tls_.report().depth}; }

 private:
  std::string roots_;
  std::string certificate_;
  std::string key_;
  std::vector<std::byte> arena_;
  mbedtls::Tls tls_;
};

}  // namespace

std::unique_ptr<TlsStream> make_tls_stream(const TlsFiles& files, const edgespan_stream& inner,
                                           const edgespan_clock& clock) {
  if (files.ca.empty()) {
    throw UsageError{"https needs --ca FILE: the certificates of the roots that are trusted, as PEM or DER"};
  }
  if (files.certificate.empty() != files.key.empty()) throw UsageError{"--cert and --key go together"};
  return std::make_unique<MbedTlsStream>(files, inner, clock);
}
#else
std::unique_ptr<TlsStream> make_tls_stream(const TlsFiles&, const edgespan_stream&, const edgespan_clock&) {
  throw UsageError{
      "https: this edgespan was built without TLS; configure it with -DEDGESPAN_TLS=ON (./dev does so by "
      "itself "
      "for an argument that begins with https://)"};
}
#endif

}  // namespace edgespan::cli
