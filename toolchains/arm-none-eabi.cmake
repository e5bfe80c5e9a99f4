# SPDX-License-Identifier: Apache-2.0
# A microcontroller without an operating system, by gcc-arm-none-eabi. Not a toolchain file by itself: the files
# beside it include it and say what core it is (edgespan_core_flags).
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # a program needs the board's linker script

set(CMAKE_C_FLAGS_INIT "${edgespan_core_flags}")
set(CMAKE_CXX_FLAGS_INIT "${edgespan_core_flags}")

# Programs come from this machine, everything else from the compiler's own tree.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-libgcc-file-name OUTPUT_VARIABLE libgcc
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT libgcc)
  message(FATAL_ERROR "${CMAKE_C_COMPILER} is not here; Debian has it in gcc-arm-none-eabi")
endif()
get_filename_component(libgcc_root ${libgcc} DIRECTORY)
set(CMAKE_FIND_ROOT_PATH ${libgcc_root})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} "")

# One tick of virtual time an instruction (-icount): a run does not depend on how busy this machine is. What the
# image says by semihosting comes out on stdout, and its exit status becomes qemu's.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-system-arm -M ${edgespan_machine} -icount shift=5,align=off,sleep=off
    -display none -monitor none -chardev stdio,id=console
    -semihosting-config enable=on,target=native,chardev=console -kernel)
