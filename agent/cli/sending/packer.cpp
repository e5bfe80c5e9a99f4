// SPDX-License-Identifier: Apache-2.0
#include "cli/sending/packer.hpp"

#include "cli/io/tool_errors.hpp"

#if EDGESPAN_CLI_GZIP
#include <edgespan/gzip.hpp>

#include <vector>
#endif

namespace edgespan::cli {

#if EDGESPAN_CLI_GZIP
namespace {

class ZlibPacker : public Packer {
 public:
  explicit ZlibPacker(std::size_t batch_bytes) : memory_(gzip::memory_bytes(batch_bytes)) {
    if (!gzip_.init(memory_)) throw RunError{"--gzip: this zlib needs more memory than edgespan gives it"};
  }
  const edgespan_gzip& table() const noexcept override { return gzip_.table(); }
  std::string line() const override {
    const gzip::Counters counters = gzip_.counters();
    return "gzip batches=" + std::to_string(counters.packed) +
           " before_bytes=" + std::to_string(counters.before_bytes) +
           " after_bytes=" + std::to_string(counters.after_bytes) +
           " not_worth_it=" + std::to_string(counters.not_worth_it);
  }

 private:
  std::vector<std::byte> memory_;
  gzip::Gzip gzip_;
};

}  // namespace

std::unique_ptr<Packer> make_packer(std::size_t batch_bytes) {
  return std::make_unique<ZlibPacker>(batch_bytes);
}

std::uint64_t packer_bytes(std::size_t batch_bytes) {
  return gzip::memory_bytes(batch_bytes) + sizeof(gzip::Gzip);
}
#else
namespace {

[[noreturn]] void refuse() {
  throw UsageError{"--gzip: this edgespan was built without zlib; configure it with -DEDGESPAN_GZIP=ON"};
}

}  // namespace

std::unique_ptr<Packer> make_packer(std::size_t) { refuse(); }
std::uint64_t packer_bytes(std::size_t) { refuse(); }
#endif

}  // namespace edgespan::cli
