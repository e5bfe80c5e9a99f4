# SPDX-License-Identifier: Apache-2.0
# i.MX 6ULL: one Cortex-A7.
set(EDGESPAN_BOARD_TOOLCHAIN arm-linux-gnueabihf)
set(EDGESPAN_BOARD_FLAGS -march=armv7ve+fp -mtune=cortex-a7)
set(EDGESPAN_BOARD_CPU cortex-a7)
set(EDGESPAN_BOARD_PARTS core http kafka posix cli)
set(EDGESPAN_BOARD_TESTED_AS beaglebone-black)
set(EDGESPAN_BOARD_ASSERTIONS OFF)  # flash is dear: boards/FOOTPRINT.md has the size that is promised
set(EDGESPAN_BOARD_CODE fast)  # flash is cheap enough for the hot path: boards/FOOTPRINT.md has each file
