# SPDX-License-Identifier: Apache-2.0
# Arm's MPS2 board with the image AN386: one Cortex-M4 with an FPU. qemu runs it.
set(EDGESPAN_BOARD_TOOLCHAIN arm-none-eabi-cortex-m4)
set(EDGESPAN_BOARD_PARTS core http bare)
set(EDGESPAN_BOARD_ASSERTIONS OFF)  # flash is scarce: boards/FOOTPRINT.md says what they would take
