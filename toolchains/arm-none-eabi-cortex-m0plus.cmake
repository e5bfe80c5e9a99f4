# SPDX-License-Identifier: Apache-2.0
# Cortex-M0+, and any other core of ARMv6-M. Tests run on qemu's microbit, whose Cortex-M0 has the same instructions.
set(edgespan_core_flags "-mcpu=cortex-m0plus -mthumb")
set(edgespan_machine microbit)
include(${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake)
