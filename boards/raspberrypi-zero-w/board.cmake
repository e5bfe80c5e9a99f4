# SPDX-License-Identifier: Apache-2.0
# Raspberry Pi Zero W, and the first Raspberry Pi: BCM2835, one ARM1176JZF-S, which is ARMv6.
set(EDGESPAN_BOARD_TOOLCHAIN arm-linux-gnueabi)
set(EDGESPAN_BOARD_CPU arm1176)
set(EDGESPAN_BOARD_PARTS core http kafka posix cli)
set(EDGESPAN_BOARD_ASSERTIONS FEW)  # a message costs a tenth less: agent/DESIGN.md
set(EDGESPAN_BOARD_CODE fast)  # flash is cheap enough for the hot path: boards/FOOTPRINT.md has each file
