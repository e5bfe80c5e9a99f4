# SPDX-License-Identifier: Apache-2.0
# BeagleBone Black: AM3358, one Cortex-A8.
set(EDGESPAN_BOARD_TOOLCHAIN arm-linux-gnueabihf)
set(EDGESPAN_BOARD_FLAGS -march=armv7-a+fp -mtune=cortex-a8)
set(EDGESPAN_BOARD_CPU cortex-a8)
set(EDGESPAN_BOARD_PARTS core http kafka posix cli)
set(EDGESPAN_BOARD_ASSERTIONS OFF)  # flash is dear: boards/FOOTPRINT.md has the size that is promised
set(EDGESPAN_BOARD_CODE fast)  # flash is cheap enough for the hot path: boards/FOOTPRINT.md has each file
