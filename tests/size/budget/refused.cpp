// SPDX-License-Identifier: Apache-2.0
// Must not compile: LIMITS is a budget that cannot be.
#include <edgespan/limits.hpp>

edgespan::Memory<edgespan::Limits LIMITS> memory;
