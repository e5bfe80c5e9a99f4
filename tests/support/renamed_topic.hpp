// SPDX-License-Identifier: Apache-2.0
// Gives the handles of topics another name, as if the client had freed one and used it for another topic. The
// function is replaced at link time (tests/unit/CMakeLists.txt).
#pragma once

namespace edgespan::test {

// The name of every topic; null: each has its own.
extern constinit const char* renamed_topic;

}  // namespace edgespan::test
