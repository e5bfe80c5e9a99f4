// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <edgespan/port.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace edgespan::cli {

// Compresses batches, in memory of its own.
class Packer {
 public:
  Packer() = default;
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  virtual ~Packer() = default;
  virtual const edgespan_gzip& table() const noexcept = 0;
  // What it has done: `gzip batches=N before_bytes=B after_bytes=A not_worth_it=N`. The last counts batches
  // that compression does not make smaller.
  virtual std::string line() const = 0;
};

// For batches of up to `batch_bytes`. Throws UsageError if this program was built without gzip.
std::unique_ptr<Packer> make_packer(std::size_t batch_bytes);

// The memory that a packer takes for batches of up to `batch_bytes`. Throws likewise.
std::uint64_t packer_bytes(std::size_t batch_bytes);

}  // namespace edgespan::cli
