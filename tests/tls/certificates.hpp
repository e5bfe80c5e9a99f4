// SPDX-License-Identifier: Apache-2.0
// Certificates as the tests need them, made by OpenSSL when they are needed.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

namespace edgespan::test {

enum class Key { p256, p384, rsa2048 };

inline constexpr std::int64_t day_s = 86'400;
inline constexpr std::int64_t now_s = 1'780'272'000;  // 2026-06-01, when the tests take place

struct Wanted {
  Key key = Key::p256;
  std::string name = "collector";
  std::string names = "DNS:collector.example,IP:127.0.0.1";  // subjectAltName; empty: none
  std::int64_t from_s = now_s - 30 * day_s;
  std::int64_t until_s = now_s + 300 * day_s;
  bool authority = false;
  std::string usage = "serverAuth";  // extendedKeyUsage; empty: none
  bool sha1 = false;                 // signed with SHA-1, which the client does not know
};

// A certificate and its key. The pointers live as long as this.
struct Identity {
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;

  std::string pem() const;
  std::string der() const;
  std::string key_pem() const;
};

// Signed by `issuer`, or by itself if there is none.
Identity issue(const Wanted& wanted, const Identity* issuer);

inline Identity root_authority(Key key = Key::p256, const std::string& name = "root") {
  return issue({.key = key, .name = name, .names = "", .authority = true, .usage = ""}, nullptr);
}

}  // namespace edgespan::test
