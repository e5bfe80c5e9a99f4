// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/tls_from_files.hpp"

#include "cli/io/tool_errors.hpp"

#if EDGESPAN_CLI_TLS
#include <edgespan/tls.hpp>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <span>
#include <system_error>
#include <vector>
#endif

namespace edgespan::cli {

const edgespan_stream& TlsFromFiles::start(const edgespan_stream& inner, const edgespan_clock& clock) {
  const char* unused = nullptr;
  const edgespan_stream* const stream = table().start(table().ctx, &inner, &clock, &unused);
  if (stream == nullptr) throw UsageError{problem()};
  return *stream;
}

#if EDGESPAN_CLI_TLS
namespace {

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
    case mbedtls::Result::ok:
      return {};
    case mbedtls::Result::bad_roots:
      return "--ca '" + files.ca +
             "': no certificate of a kind that this TLS knows; give it your collector's root, or a bundle "
             "that has "
             "it, as PEM or DER";
    case mbedtls::Result::bad_certificate:
      return "--cert '" + files.certificate + "': the certificate cannot be read; give it PEM or DER";
    case mbedtls::Result::bad_key:
      return "--key '" + files.key +
             "': cannot be read, is encrypted, or belongs to another certificate than " + files.certificate;
    case mbedtls::Result::no_entropy:
      return "this machine has no random numbers yet to make keys from; try again later";
    case mbedtls::Result::no_memory:
      return "the memory for TLS is too small for these certificates";
    default:
      return "TLS could not be set up";
  }
}

class MbedTlsFromFiles : public TlsFromFiles {
 public:
  explicit MbedTlsFromFiles(const TlsFiles& files)
      : files_{files},
        roots_{read_file("--ca", files.ca)},
        certificate_{read_file("--cert", files.certificate)},
        key_{read_file("--key", files.key)},
        arena_(mbedtls::arena_bytes_for(roots_.size())) {
    table_.ctx = this;
    table_.start = [](void* self, const edgespan_stream* inner, const edgespan_clock* clock,
                      const char** problem) {
      return static_cast<MbedTlsFromFiles*>(self)->start_over(*inner, *clock, *problem);
    };
    table_.stop = [](void* self) { static_cast<MbedTlsFromFiles*>(self)->tls_.stop(); };
  }

  const edgespan_tls& table() const noexcept override { return table_; }
  std::uint32_t roots_skipped() const noexcept override { return tls_.counters().roots_skipped; }
  TlsFailure failure() const noexcept override { return {tls_.report().alert, tls_.report().depth}; }
  const std::string& problem() const noexcept override { return problem_; }

 private:
  const edgespan_stream* start_over(const edgespan_stream& inner, const edgespan_clock& clock,
                                    const char*& problem) {
    const mbedtls::Result result =
        tls_.init(arena_, inner, clock, {encoded(roots_), encoded(certificate_), encoded(key_)});
    problem_ = result_text(result, files_);
    problem = problem_.c_str();
    return result == mbedtls::Result::ok ? &tls_.stream() : nullptr;
  }

  TlsFiles files_;
  std::string roots_;
  std::string certificate_;
  std::string key_;
  std::vector<std::byte> arena_;
  edgespan_tls table_{};
  std::string problem_;
  mbedtls::Tls tls_;
};

}  // namespace

std::unique_ptr<TlsFromFiles> read_tls_files(const TlsFiles& files) {
  if (files.ca.empty()) {
    throw UsageError{"https needs --ca FILE: the certificates of the roots that are trusted, as PEM or DER"};
  }
  if (files.certificate.empty() != files.key.empty()) throw UsageError{"--cert and --key go together"};
  return std::make_unique<MbedTlsFromFiles>(files);
}
#else
std::unique_ptr<TlsFromFiles> read_tls_files(const TlsFiles&) {
  throw UsageError{
      "https: this edgespan was built without TLS; configure it with -DEDGESPAN_TLS=ON (./dev does so by "
      "itself for an argument that begins with https://)"};
}
#endif

}  // namespace edgespan::cli
