# SPDX-License-Identifier: Apache-2.0
# Cortex-M4 with the single-precision FPU. Tests run on qemu's mps2-an386.
set(edgespan_core_flags "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
set(edgespan_machine mps2-an386)
include(${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake)
