# SPDX-License-Identifier: Apache-2.0
# EDGESPAN_BOARD chooses a board: its toolchain, its processor, its budget. Read before project(), which is when CMake
# asks for the compiler; a project that adds edgespan includes this file there. What the caller chose stays: a toolchain
# file (also by the environment, as in the SDK of Yocto), a budget. Of the board's flags only those of the toolchain
# file reach the targets of that project: instruction set and float ABI, without which nothing links. All others are for
# edgespan's own targets.
#
# A board.cmake sets
#   EDGESPAN_BOARD_TOOLCHAIN  the file in toolchains/
#   EDGESPAN_BOARD_FLAGS      the processor, for gcc, after the toolchain file's flags; for the agent and its ports.
#                             Libraries and tests are built without, and so are alike on boards of one toolchain
#   EDGESPAN_BOARD_CPU        the processor, for qemu
#   EDGESPAN_BOARD_PARTS      what is built: core, http, kafka, and posix or bare; cli is the tool. Tests under
#                             Linux want all of these
#   EDGESPAN_BOARD_CODE       fast: the hot path is compiled for speed, as flash is cheap; small, which is what
#                             agent/code.cmake takes by default where all is compiled for size
#   EDGESPAN_BOARD_ASSERTIONS OFF: without the agent's own assertions; FEW: with those that guard a handover
#   EDGESPAN_BOARD_TESTED_AS  the board of the same instructions in whose build the simulator runs, if it is another one
set(EDGESPAN_BOARD "" CACHE STRING "A folder of boards/; empty: whatever the compiler builds for")
set(EDGESPAN_BUDGET "" CACHE FILEPATH "A header like boards/*/budget.hpp, instead of the board's own")
if(EDGESPAN_BOARD)
  if(NOT EXISTS ${CMAKE_CURRENT_LIST_DIR}/${EDGESPAN_BOARD}/board.cmake)
    file(GLOB boards RELATIVE ${CMAKE_CURRENT_LIST_DIR} ${CMAKE_CURRENT_LIST_DIR}/*/board.cmake)
    string(REPLACE "/board.cmake" "" boards "${boards}")
    message(FATAL_ERROR "EDGESPAN_BOARD=${EDGESPAN_BOARD}: there is ${boards}")
  endif()
  include(${CMAKE_CURRENT_LIST_DIR}/${EDGESPAN_BOARD}/board.cmake)
  get_filename_component(toolchain ${CMAKE_CURRENT_LIST_DIR}/../toolchains/${EDGESPAN_BOARD_TOOLCHAIN}.cmake ABSOLUTE)
  if(NOT CMAKE_TOOLCHAIN_FILE AND NOT DEFINED ENV{CMAKE_TOOLCHAIN_FILE} AND NOT DEFINED ENV{OECORE_TARGET_SYSROOT})
    set(CMAKE_TOOLCHAIN_FILE ${toolchain} CACHE FILEPATH "What CMake knows of the compiler and its target")
    set(EDGESPAN_DEPS source CACHE STRING "Where libraries come from: system, or source (dependencies.txt)")
  endif()
  if(CMAKE_TOOLCHAIN_FILE STREQUAL toolchain)
    set(EDGESPAN_STATIC_PROGRAMS ON)
  else()
    set(EDGESPAN_BOARD_FLAGS "")  # another compiler's flags are the caller's
  endif()
endif()
