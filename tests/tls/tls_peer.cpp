// SPDX-License-Identifier: Apache-2.0
#include "tls_peer.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace edgespan::test {
namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

int choose_http(SSL*, const unsigned char** out, unsigned char* out_bytes, const unsigned char* offered,
                unsigned int offered_bytes, void*) {
  static const unsigned char ours[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_bytes, ours, sizeof ours - 1, offered, offered_bytes) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void demand_certificate(SSL_CTX* context, const std::string& roots_pem) {
  BIO* in = BIO_new_mem_buf(roots_pem.data(), static_cast<int>(roots_pem.size()));
  while (X509* root = PEM_read_bio_X509(in, nullptr, nullptr, nullptr)) {
    check(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root) == 1, "no client root");
    X509_free(root);
  }
  BIO_free(in);
  ERR_clear_error();
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), now_s);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

FixedClock::FixedClock()
    : table{.ctx = this,
            .mono_us = [](void*) -> std::uint64_t { return 1; },
            .wall_us = [](void* self) -> std::uint64_t {
              return static_cast<std::uint64_t>(static_cast<FixedClock*>(self)->wall_s) * 1'000'000;
            },
            .entropy = [](void* self, void* out, std::size_t n) -> bool {
              auto& clock = *static_cast<FixedClock*>(self);
              if (!clock.has_entropy || n > 64) return false;
              std::generate_n(static_cast<unsigned char*>(out), n,
                              [&] { return static_cast<unsigned char>(clock.random()); });
              return true;
            },
            .pause = [](void*, std::uint64_t) {},
            .listen_for_fork = nullptr,
            .fence_threads = nullptr} {}

MemoryStream::MemoryStream()
    : table{.ctx = this,
            .open = [](void* self, const char*, std::uint16_t) -> int {
              return static_cast<MemoryStream*>(self)->open();
            },
            .send = [](void* self, const void* bytes, std::size_t n) -> std::int32_t {
              return static_cast<MemoryStream*>(self)->send(static_cast<const char*>(bytes), n);
            },
            .recv = [](void* self, void* bytes, std::size_t n) -> std::int32_t {
              return static_cast<MemoryStream*>(self)->recv(static_cast<char*>(bytes), n);
            },
            .close = [](void* self) { static_cast<MemoryStream*>(self)->close(); },
            .secure = false} {}

int MemoryStream::open() {
  if (is_open) return 1;
  if (waited_ < wire.open_waits) {
    ++waited_;
    return 0;
  }
  waited_ = 0;
  if (wire.open_result != 1) return wire.open_result;
  ++opens;
  is_open = true;
  given.clear();
  taken.clear();
  outbox_.clear();
  on_open();
  return 1;
}

std::int32_t MemoryStream::send(const char* bytes, std::size_t n) {
  check(is_open && n > 0, "send() on a closed stream or of nothing");
  if (wire.gaps && (send_gap_ = !send_gap_)) return 0;
  n = std::min(n, wire.send_bytes);
  taken.append(bytes, n);
  on_bytes(bytes, n);
  return static_cast<std::int32_t>(n);
}

std::int32_t MemoryStream::recv(char* bytes, std::size_t n) {
  check(is_open && n > 0, "recv() on a closed stream or of nothing");
  if (given.size() >= wire.cut_at) return wire.end;
  if (wire.gaps && (recv_gap_ = !recv_gap_)) return 0;
  n = std::min({n, wire.recv_bytes, outbox_.size(), wire.cut_at - given.size()});
  std::memcpy(bytes, outbox_.data(), n);
  if (wire.flip_at >= given.size() && wire.flip_at < given.size() + n) {
    bytes[wire.flip_at - given.size()] ^= static_cast<char>(1u << wire.flip_at % 8);
  }
  outbox_.erase(0, n);
  given.append(bytes, n);
  return static_cast<std::int32_t>(n);
}

void MemoryStream::close() {
  ++closes;
  is_open = false;
}

TlsPeer::TlsPeer(const Server& server) : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);  // a server of the past offers what OpenSSL of today would not
  SSL_CTX_set_dh_auto(context, 1);         // else no DHE, whoever offers it
  check(SSL_CTX_set_min_proto_version(context, server.version_min) == 1, "no lowest version");
  check(SSL_CTX_set_max_proto_version(context, server.version_max) == 1, "no highest version");
  check(SSL_CTX_use_certificate(context, server.chain.at(0).certificate.get()) == 1, "no certificate");
  check(SSL_CTX_use_PrivateKey(context, server.chain.at(0).key.get()) == 1, "no key");
  for (std::size_t i = 1; i < server.chain.size(); ++i) {
    check(SSL_CTX_add1_chain_cert(context, server.chain[i].certificate.get()) == 1, "no chain");
  }
  if (!server.ciphers.empty())
    check(SSL_CTX_set_cipher_list(context, server.ciphers.c_str()) == 1, "no ciphers");
  const unsigned char id[] = "edgespan";
  SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
  SSL_CTX_set_alpn_select_cb(context, choose_http, nullptr);
  if (!server.client_roots.empty()) demand_certificate(context, server.client_roots);
}

void TlsPeer::on_open() {
  heard.clear();
  ssl_.reset(SSL_new(context_.get()), SSL_free);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
}

void TlsPeer::on_bytes(const char* bytes, std::size_t n) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes, static_cast<int>(n));
  pump();
}

void TlsPeer::pump() {
  std::array<char, 4096> bytes;
  int count = 0;
  while ((count = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))) > 0) {
    heard.append(bytes.data(), static_cast<std::size_t>(count));
  }
  ERR_clear_error();  // the queue is the thread's, not the connection's
  while ((count = BIO_read(SSL_get_wbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()))) > 0) {
    outbox_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

void TlsPeer::say(const std::string& text) {
  check(SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()),
        "not said");
  pump();
}

void TlsPeer::close_notify() {
  SSL_shutdown(ssl_.get());
  pump();
}

std::string TlsPeer::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsPeer::server_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "";
}

std::string TlsPeer::client_name() const {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return "";
  std::array<char, 64> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

}  // namespace edgespan::test
