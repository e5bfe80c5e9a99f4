# SPDX-License-Identifier: Apache-2.0
# 32-bit ARM Linux, ARMv7-A with a floating point unit: what Debian calls armhf.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(edgespan_triple arm-linux-gnueabihf)
set(edgespan_flags "-march=armv7-a+fp -mfloat-abi=hard -mthumb")
set(edgespan_qemu qemu-arm)
set(edgespan_cpu cortex-a7)
include(${CMAKE_CURRENT_LIST_DIR}/linux.cmake)
