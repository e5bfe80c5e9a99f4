// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan::attach {

// Whether another file of this plugin was loaded into this process before this one. Two would trace every
// message twice: the later one stays away.
bool is_twin() noexcept;

}  // namespace edgespan::attach
