// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace edgespan {

// The result of every start-up call. `ok` is the only success.
enum class [[nodiscard]] Status : std::uint8_t{
    ok,
    already_started,  // init or start was called before on this object
    not_started,      // the object it needs has not been initialised
    bad_config,       // a value of the configuration is outside its documented range
    bad_url,          // the URL is malformed or its scheme is not served
    not_secure,       // the URL asks for encryption and the stream does not encrypt
    bad_text,         // a name is empty, too long or not UTF-8
    too_small,        // the memory given cannot hold what the limits ask for
    misaligned,       // an array of the memory given does not begin at a multiple of its alignment
    no_thread,        // the port could not start the reporter's thread
    timeout,          // the time given ran out first
    forked,           // this process is a child of the one that started the object
};

// A sentence for people: what is wrong and what to do.
std::string_view status_text(Status status) noexcept;

}  // namespace edgespan
