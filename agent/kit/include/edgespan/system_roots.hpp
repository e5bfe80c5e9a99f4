// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace edgespan {

// The file of roots that this system trusts, PEM; null if none can be opened where distributions keep it.
const char* system_roots_file() noexcept;

}  // namespace edgespan
