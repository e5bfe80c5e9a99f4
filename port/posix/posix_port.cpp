// SPDX-License-Identifier: Apache-2.0
#include <edgespan/posix_port.hpp>

#include "fork_listeners.hpp"
#include "no_cancellation.hpp"
#include "resolver.hpp"
#include "system_clock.hpp"
#include "tick_clock.hpp"

namespace edgespan::posix {
namespace {

// Every call of a table, on whatever thread, with cancellation put off.
template <typename Call>
auto call(Call call) noexcept {
  const NoCancellation guard;
  return call();
}
Stream& stream_at(void* ctx) noexcept { return *static_cast<Stream*>(ctx); }
Worker& worker_at(void* ctx) noexcept { return *static_cast<Worker*>(ctx); }

}  // namespace

Port::Port() noexcept : clock_(system_clock()) {
  stream_table_.ctx = &stream_;
  stream_table_.open = [](void* ctx, const char* host, std::uint16_t port) {
    return call([&] { return stream_at(ctx).open(host, port); });
  };
  stream_table_.send = [](void* ctx, const void* bytes, std::size_t n) {
    return call([&] { return stream_at(ctx).send(bytes, n); });
  };
  stream_table_.recv = [](void* ctx, void* bytes, std::size_t n) {
    return call([&] { return stream_at(ctx).recv(bytes, n); });
  };
  stream_table_.close = [](void* ctx) { call([&] { stream_at(ctx).close(); }); };
  worker_table_.ctx = &worker_;
  worker_table_.start = [](void* ctx, std::uint64_t (*step)(void*), void* arg) {
    return call([&] { return worker_at(ctx).start(step, arg); });
  };
  worker_table_.wake = [](void* ctx) { call([&] { worker_at(ctx).wake(); }); };
  worker_table_.stop = [](void* ctx, std::uint64_t timeout_us) {
    return call([&] { return worker_at(ctx).stop(timeout_us); });
  };
}

Port::~Port() { listen_for_fork(nullptr, &fork_listener_, false); }

bool Port::init(const Config& config) noexcept {
  if (config.clock == ClockKind::tick) clock_ = tick_clock();
  fork_listener_.ctx = this;
  fork_listener_.forked = [](void* self) {
    static_cast<Port*>(self)->stream_.forked();
    static_cast<Port*>(self)->worker_.forked();
  };
  listen_for_fork(nullptr, &fork_listener_, true);
  stream_.set_user_timeout(config.user_timeout_ms);
  prepare_lookups_for_fork();
  return prepare_listeners_for_fork() && worker_.init(config.stack_bytes);
}

}  // namespace edgespan::posix
