// SPDX-License-Identifier: Apache-2.0
#pragma once

// Traces one span and prints the versions. 0: all was well.
int trace_once();
