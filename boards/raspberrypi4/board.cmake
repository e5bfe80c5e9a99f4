# SPDX-License-Identifier: Apache-2.0
# Raspberry Pi 4 and Compute Module 4: BCM2711, four Cortex-A72.
set(EDGESPAN_BOARD_TOOLCHAIN aarch64-linux-gnu)
set(EDGESPAN_BOARD_FLAGS -march=armv8-a+crc -mtune=cortex-a72 -mno-outline-atomics)
set(EDGESPAN_BOARD_CPU cortex-a72)
set(EDGESPAN_BOARD_PARTS core http kafka posix cli)
set(EDGESPAN_BOARD_ASSERTIONS FEW)  # a message costs a tenth less: agent/DESIGN.md
set(EDGESPAN_BOARD_CODE fast)  # flash is cheap enough for the hot path: boards/FOOTPRINT.md has each file
