# SPDX-License-Identifier: Apache-2.0
# Any Cortex-M0+ with 32 KiB of RAM. Tests run on qemu's microbit, whose Cortex-M0 has the same instructions.
set(EDGESPAN_BOARD_TOOLCHAIN arm-none-eabi-cortex-m0plus)
set(EDGESPAN_BOARD_PARTS core http bare)
set(EDGESPAN_BOARD_ASSERTIONS OFF)  # flash is scarce: boards/FOOTPRINT.md says what they would take
