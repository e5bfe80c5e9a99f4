// SPDX-License-Identifier: Apache-2.0
#include "certificates.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace edgespan::test {
namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

std::shared_ptr<EVP_PKEY> new_key(Key kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case Key::p256:
      key = EVP_EC_gen("P-256");
      break;
    case Key::p384:
      key = EVP_EC_gen("P-384");
      break;
    case Key::rsa2048:
      key = EVP_RSA_gen(2048);
      break;
  }
  check(key != nullptr, "no key");
  return {key, EVP_PKEY_free};
}

void set_time(ASN1_TIME* time, std::int64_t at_s) {
  check(ASN1_TIME_set(time, static_cast<time_t>(at_s)) != nullptr, "no time");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  check(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "no extension");
  X509_EXTENSION_free(extension);
}

template <typename Write>
std::string text_of(Write write) {
  BIO* out = BIO_new(BIO_s_mem());
  check(out != nullptr && write(out) == 1, "not encoded");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

}  // namespace

std::string Identity::pem() const {
  return text_of([this](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

std::string Identity::der() const {
  return text_of([this](BIO* out) { return i2d_X509_bio(out, certificate.get()); });
}

std::string Identity::key_pem() const {
  return text_of([this](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Identity issue(const Wanted& wanted, const Identity* issuer) {
  static long serial = 0;
  Identity made{{X509_new(), X509_free}, new_key(wanted.key)};
  X509* const certificate = made.certificate.get();
  X509* const by = issuer != nullptr ? issuer->certificate.get() : certificate;
  EVP_PKEY* const by_key = issuer != nullptr ? issuer->key.get() : made.key.get();

  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(wanted.name.c_str());
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "no name");
  check(X509_set_version(certificate, X509_VERSION_3) == 1, "no version");
  check(ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial) == 1, "no serial number");
  check(X509_set_issuer_name(certificate, X509_get_subject_name(by)) == 1, "no issuer");
  check(X509_set_pubkey(certificate, made.key.get()) == 1, "no public key");
  set_time(X509_getm_notBefore(certificate), wanted.from_s);
  set_time(X509_getm_notAfter(certificate), wanted.until_s);
  add_extension(certificate, by, NID_basic_constraints, wanted.authority ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(certificate, by, NID_key_usage,
                wanted.authority ? "critical,keyCertSign" : "digitalSignature");
  add_extension(certificate, by, NID_subject_alt_name, wanted.names);
  add_extension(certificate, by, NID_ext_key_usage, wanted.usage);
  check(X509_sign(certificate, by_key, wanted.sha1 ? EVP_sha1() : EVP_sha256()) > 0, "not signed");
  return made;
}

}  // namespace edgespan::test
