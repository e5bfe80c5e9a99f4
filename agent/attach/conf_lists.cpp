// SPDX-License-Identifier: Apache-2.0
#include "attach/conf_lists.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace edgespan::attach {
namespace {

constexpr std::string_view probe_property = "edgespan.probe";
constexpr std::size_t conf_bytes_most = 16'384;
constexpr std::size_t words_of_method = 8;

// Reads memory that may not be there: the kernel says so, where a load would end the process.
class SafeReader {
 public:
  SafeReader() noexcept {
    if (pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends_ = {-1, -1};
  }
  ~SafeReader() {
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  SafeReader(const SafeReader&) = delete;
  SafeReader& operator=(const SafeReader&) = delete;

  // Page by page; returns how many bytes there are.
  std::size_t read_some(const unsigned char* from, unsigned char* to, std::size_t size) noexcept {
    constexpr std::size_t page = 4'096;  // the least that is there as a whole or not at all
    std::size_t done = 0;
    while (done < size) {
      const std::size_t to_next_page = page - reinterpret_cast<std::uintptr_t>(from + done) % page;
      const std::size_t part = std::min(size - done, to_next_page);
      if (!read(from + done, to + done, part)) break;
      done += part;
    }
    return done;
  }

  bool read(const void* from, void* to, std::size_t size) noexcept {
    const ssize_t written = write(ends_[1], from, size);
    if (written <= 0) return false;
    const ssize_t got = ::read(ends_[0], to, size);
    return written == static_cast<ssize_t>(size) && got == written;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// librdkafka's list, as far as it matters.
struct ListHead {
  int size;
  int count;
  void** elements;
};
constexpr std::size_t before_elements = offsetof(ListHead, elements);

bool holds_word(std::span<const std::uintptr_t> words, const void* wanted) noexcept {
  for (const std::uintptr_t word : words) {
    if (word == reinterpret_cast<std::uintptr_t>(wanted)) return true;
  }
  return false;
}

// The only element of a list whose head would be these bytes; null if there is no such list.
const void* only_element(SafeReader& memory, const unsigned char* bytes) noexcept {
  ListHead head;
  const void* element = nullptr;
  std::memcpy(&head, bytes, sizeof head);
  const bool plausible = head.count == 1 && head.size >= 1 && head.size <= 1'024 &&
                         head.elements != nullptr &&
                         reinterpret_cast<std::uintptr_t>(head.elements) % sizeof(void*) == 0;
  if (!plausible || !memory.read(head.elements, &element, sizeof(void*))) return nullptr;
  return element;
}

// What learn() watches.
struct Probe {
  const RdkafkaFunctions* functions;
  const ConfLists* lists;
  rd_kafka_conf_t* conf;
  bool ended = false;
};

rd_kafka_resp_err_t probe_on_destroy(rd_kafka_t*, void* opaque) {
  Probe& probe = *static_cast<Probe*>(opaque);
  probe.lists->forget(probe.conf);
  probe.ended = true;
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t probe_on_new(rd_kafka_t* rk, const rd_kafka_conf_t*, void* opaque, char*, std::size_t) {
  const Probe& probe = *static_cast<Probe*>(opaque);
  return probe.functions->interceptor_add_on_destroy_(rk, "edgespan probe", probe_on_destroy, opaque);
}

rd_kafka_conf_res_t probe_on_conf_set(rd_kafka_conf_t*, const char* name, const char*, char*, std::size_t,
                                      void*) {
  return probe_property == name ? RD_KAFKA_CONF_OK : RD_KAFKA_CONF_UNKNOWN;
}

}  // namespace

bool ConfLists::find(const rd_kafka_conf_t* conf, const void* opaque) noexcept {
  SafeReader memory;
  std::array<bool, lists> found{};
  static constinit std::array<unsigned char, conf_bytes_most> bytes{};
  const std::size_t size =
      memory.read_some(reinterpret_cast<const unsigned char*>(conf), bytes.data(), bytes.size());
  const std::array<const void*, 2> methods{reinterpret_cast<const void*>(probe_on_new),
                                           reinterpret_cast<const void*>(probe_on_conf_set)};
  for (std::size_t at = sizeof(ListHead); at + sizeof(void*) <= size; at += sizeof(void*)) {
    const void* const element = only_element(memory, bytes.data() + at - before_elements);
    std::array<std::uintptr_t, words_of_method> words{};
    if (element == nullptr || !memory.read(element, words.data(), sizeof words)) continue;
    const std::string_view text{reinterpret_cast<const char*>(words.data()), sizeof words};
    if (text.find(probe_property) != std::string_view::npos) {
      offsets_[properties] = at;
      found[properties] = true;
    }
    if (!holds_word(words, opaque)) continue;
    for (std::size_t i = 0; i < methods.size(); ++i) {
      if (!holds_word(words, methods[i])) continue;
      offsets_[i] = at;
      found[i] = true;
    }
  }
  return found[on_new] && found[on_conf_set] && found[properties];
}

bool ConfLists::learn(const RdkafkaFunctions& functions) noexcept {
  rd_kafka_conf_t* const conf = functions.conf_new_();
  Probe probe{&functions, this, conf};
  const bool added = functions.conf_interceptor_add_on_conf_set_(conf, "edgespan probe", probe_on_conf_set,
                                                                 &probe) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                     functions.conf_interceptor_add_on_new_(conf, "edgespan probe", probe_on_new, &probe) ==
                         RD_KAFKA_RESP_ERR_NO_ERROR &&
                     functions.conf_set_(conf, probe_property.data(), "1", nullptr, 0) == RD_KAFKA_CONF_OK;
  // No client can be made of it, and that shows after on_new() and before anything is started.
  const bool fails = functions.conf_set_(conf, "partition.assignment.strategy", "edgespan-probe", nullptr,
                                         0) == RD_KAFKA_CONF_OK;
  if (!added || !fails || !find(conf, &probe)) {
    functions.conf_destroy_(conf);
    return false;
  }
  std::array<char, 256> errstr{};
  rd_kafka_t* const client = functions.new_(RD_KAFKA_CONSUMER, conf, errstr.data(), errstr.size());
  if (client != nullptr) {
    functions.destroy_(client);
    return false;
  }
  // Without on_destroy() the configuration cannot be destroyed: it is leaked.
  known_ = probe.ended && forgotten(conf);
  if (known_) functions.conf_destroy_(conf);
  return known_;
}

void ConfLists::forget(rd_kafka_conf_t* conf) const noexcept {
  auto* const bytes = reinterpret_cast<unsigned char*>(conf);
  for (const std::size_t offset : offsets_) {
    std::memset(bytes + offset - before_elements, 0, sizeof(ListHead));
  }
}

bool ConfLists::forgotten(const rd_kafka_conf_t* conf) const noexcept {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(conf);
  for (const std::size_t offset : offsets_) {
    ListHead head{};
    std::memcpy(&head, bytes + offset - before_elements, sizeof head);
    if (head.count != 0 || head.elements != nullptr) return false;
  }
  return true;
}

}  // namespace edgespan::attach
