// SPDX-License-Identifier: Apache-2.0
#include "attach/plugin_agent.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <memory>

namespace edgespan::attach {
namespace {

constexpr std::uint32_t wait_slice_ms = 20;

// Cuts what `bytes` hold off the front of `memory`.
template <typename T>
std::span<T> cut(std::byte*& memory, std::size_t bytes) noexcept {
  T* const begin = reinterpret_cast<T*>(memory);
  memory += bytes;
  return {begin, bytes / sizeof(T)};
}

std::byte* map(std::size_t bytes) noexcept {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
}

}  // namespace

// Zero, and not touched before it is used.
bool PluginAgent::map_memory(const PluginMemory& sizes) noexcept {
  if (!inflight_.empty()) return true;
  std::byte* at = map(sizes.arrays());
  if (at == nullptr) return false;
  mapped_bytes_ += sizes.arrays();
  memory_.spans = cut<SpanSlot>(at, sizes.spans_open);
  memory_.ring = cut<std::byte>(at, sizes.ring);
  memory_.chunks = cut<RingChunk>(at, sizes.chunks).first(sizes.ring / ring_chunk_bytes);
  memory_.batch = cut<std::byte>(at, sizes.batch);
  inflight_ = cut<InflightBucket>(at, sizes.inflight);
  return true;
}

bool PluginAgent::map_otlp(std::size_t bytes) noexcept {
  if (otlp_) return true;
  std::byte* const room = map(bytes);
  if (room == nullptr) return false;
  mapped_bytes_ += bytes;
  otlp_.emplace(std::span{room, bytes});
  return true;
}

bool PluginAgent::map_gzip(std::size_t bytes) noexcept {
  if (!gzip_memory_.empty()) return true;
  std::byte* const room = map(bytes);
  if (room == nullptr) return false;
  mapped_bytes_ += bytes;
  gzip_memory_ = {room, bytes};
  return true;
}

bool PluginAgent::runs_here() const noexcept { return process_.load(std::memory_order_acquire) == getpid(); }

bool PluginAgent::start(PluginSettings& settings, ProblemText& problem) noexcept {
  if (runs_here()) return true;
  const CollectorUrl url = settings.collector();
  const bool secure = url.scheme == CollectorUrl::Scheme::https;
  const AgentStatus claimed = parts_.claim();
  if (!claimed.ok()) return problem.say({"edgespan: ", claimed.text()});
  std::destroy_at(&port_);
  std::construct_at(&port_);
  const Settings& made = settings.made();
  posix::Config port;
  made.apply(port);
  const PluginMemory sizes = plugin_memory(made);
  const bool mapped = map_memory(sizes) && (sizes.otlp == 0 || map_otlp(sizes.otlp)) &&
                      (sizes.gzip == 0 || map_gzip(sizes.gzip));
  if (!mapped || !port_.init(port)) {
    static_cast<void>(parts_.stop(0));
    return problem.say({"edgespan: the system has no memory, descriptor or lock left"});
  }
  if (secure && !settings.tls().prepare(made, problem)) {
    static_cast<void>(parts_.stop(0));
    return false;
  }
  AgentConfig config;
  made.apply(config);
  if (url.otlp) config.http.dialect = &otlp_->table();
  if (sizes.gzip != 0) config.http.gzip = gzip_.prepare(gzip_memory_);
  if (secure) config.tls = &settings.tls().table();
  const auto limit = posix::Port::memory_limit();
  const AgentStatus status =
      parts_.start(config, memory_, inflight_, port_.clock(), port_.stream(), port_.worker(),
                   {.agent_bytes = mapped_bytes_ + settings.tls().mapped_bytes(),
                    .limit_bytes = limit.bytes,
                    .limit_set_by = limit.set_by});
  if (!status.ok()) return problem.say({"edgespan: ", status.text()});
  wait_ms_ = static_cast<std::uint32_t>(made.number(SettingId::exit_wait));
  waited_ms_.store(0, std::memory_order_relaxed);
  clients_.store(0, std::memory_order_relaxed);
  process_.store(getpid(), std::memory_order_release);
  return true;
}

std::uint64_t PluginAgent::now_us() const noexcept {
  const edgespan_clock& clock = port_.clock();
  return clock.mono_us(clock.ctx);
}

void PluginAgent::client_made() noexcept { clients_.fetch_add(1, std::memory_order_relaxed); }

bool PluginAgent::may_wait() noexcept {
  const Outcome last = parts_.reporter().last_outcome();
  const bool failed = last != Outcome::pending && last != Outcome::delivered;
  return !failed && waited_ms_.load(std::memory_order_relaxed) < wait_ms_;
}

// Looks after the outcome while it waits: an offer that has failed is tried again long after exit_wait.
void PluginAgent::bring_out() noexcept {
  const Books books = parts_.tracing().books();
  if (books.in_ring + books.in_batch == 0) return;
  while (may_wait()) {
    const std::uint64_t began_us = now_us();
    const Status status = parts_.reporter().flush(wait_slice_ms);
    const auto waited_ms = static_cast<std::uint32_t>((now_us() - began_us) / 1'000);
    waited_ms_.fetch_add(waited_ms, std::memory_order_relaxed);
    if (status != Status::timeout) return;
  }
}

void PluginAgent::client_ended() noexcept {
  if (runs_here() && clients_.fetch_sub(1, std::memory_order_acq_rel) == 1) bring_out();
}

void PluginAgent::stop_at_exit() noexcept {
  if (!runs_here()) return;
  bring_out();
  static_cast<void>(parts_.stop(0));
}

}  // namespace edgespan::attach
