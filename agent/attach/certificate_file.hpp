// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace edgespan::attach {

// The bytes of a file of certificates, or of a key, in memory of their own. One thread at a time.
class CertificateFile {
 public:
  CertificateFile() noexcept = default;
  ~CertificateFile() { forget(); }
  CertificateFile(const CertificateFile&) = delete;
  CertificateFile& operator=(const CertificateFile&) = delete;

  // Reads the file in place of the one before. Returns null; or what is wrong, as a static text.
  const char* read(const char* path) noexcept;
  void forget() noexcept;

  // As mbedtls::Config takes it: with a NUL behind PEM. Empty if nothing was read.
  std::span<const std::byte> encoded() const noexcept;
  std::size_t mapped_bytes() const noexcept { return memory_.size(); }

 private:
  void give_back_rest() noexcept;

  std::span<std::byte> memory_{};
  std::size_t size_ = 0;  // of the file
};

}  // namespace edgespan::attach
