# SPDX-License-Identifier: Apache-2.0
# 32-bit ARM Linux, ARMv6: the first Raspberry Pi and the Zero. Debian's armhf libraries are ARMv7 and die there, so
# this is armel, soft float; edgespan's own programs are static then: they ask nothing of the image, not even its ABI.
set(CMAKE_SYSTEM_PROCESSOR arm)
set(edgespan_triple arm-linux-gnueabi)
set(edgespan_flags "-mcpu=arm1176jzf-s -marm -mfloat-abi=soft")
set(edgespan_qemu qemu-arm)
set(edgespan_cpu arm1176)
set(EDGESPAN_STATIC_PROGRAMS ON)
include(${CMAKE_CURRENT_LIST_DIR}/linux.cmake)
