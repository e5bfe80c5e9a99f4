// SPDX-License-Identifier: Apache-2.0
#include <edgespan/none.hpp>

namespace edgespan::none {

// 1 and not 0: port.h reserves 0 for "unset". Since it never moves, no timer ever fires.
constinit const edgespan_clock clock = {
    .ctx = nullptr,
    .mono_us = [](void*) -> uint64_t { return 1; },
    .wall_us = [](void*) -> uint64_t { return 0; },
    .entropy = [](void*, void*, size_t) { return false; },
    .pause = [](void*, uint64_t) {},
    .listen_for_fork = nullptr,
    .fence_threads = nullptr,
};

constinit const edgespan_stream stream = {
    .ctx = nullptr,
    .open = [](void*, const char*, uint16_t) -> int { return EDGESPAN_STREAM_UNREACHABLE; },
    .send = [](void*, const void*, size_t) -> int32_t { return EDGESPAN_STREAM_UNREACHABLE; },
    .recv = [](void*, void*, size_t) -> int32_t { return EDGESPAN_STREAM_UNREACHABLE; },
    .close = [](void*) {},
    .secure = false,
};

constinit const edgespan_worker worker = {
    .ctx = nullptr,
    .start = [](void*, uint64_t (*)(void*), void*) { return false; },
    .wake = [](void*) {},
    .stop = [](void*, uint64_t) { return true; },
};

}  // namespace edgespan::none
