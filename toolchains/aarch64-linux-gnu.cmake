# SPDX-License-Identifier: Apache-2.0
# 64-bit ARM Linux.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(edgespan_triple aarch64-linux-gnu)
set(edgespan_flags "-march=armv8-a")
set(edgespan_qemu qemu-aarch64)
set(edgespan_cpu cortex-a53)
include(${CMAKE_CURRENT_LIST_DIR}/linux.cmake)
