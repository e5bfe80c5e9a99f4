# SPDX-License-Identifier: Apache-2.0
# ARM Linux by a cross gcc whose programs begin with edgespan_triple. Not a toolchain file by itself: the files beside
# it include it, with edgespan_flags (the instruction set) and edgespan_qemu (the emulator's name).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${edgespan_triple}-gcc)
set(CMAKE_CXX_COMPILER ${edgespan_triple}-g++)
set(CMAKE_LIBRARY_ARCHITECTURE ${edgespan_triple})
set(CMAKE_C_FLAGS_INIT "${edgespan_flags}")
set(CMAKE_CXX_FLAGS_INIT "${edgespan_flags}")

# The compiler knows where its C library is; Debian's has its own folder, and libraries for it in those of multiarch.
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-sysroot OUTPUT_VARIABLE sysroot OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_QUIET)
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libc.a OUTPUT_VARIABLE libc
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT libc MATCHES "/")
  message(FATAL_ERROR "${CMAKE_C_COMPILER} is not here; Debian has it in g++-${edgespan_triple}")
endif()
get_filename_component(libc ${libc} REALPATH)
get_filename_component(libc_root ${libc}/../.. REALPATH)
list(APPEND CMAKE_FIND_ROOT_PATH ${libc_root} ${sysroot})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# pkg-config must not answer with this machine's libraries. Who has set it knows better.
if(NOT DEFINED ENV{PKG_CONFIG_LIBDIR})
  string(REGEX REPLACE "/$" "" sysroot "${sysroot}")
  set(ENV{PKG_CONFIG_LIBDIR}
      ${sysroot}/usr/lib/${edgespan_triple}/pkgconfig:${sysroot}/usr/share/pkgconfig:${libc_root}/lib/pkgconfig)
endif()

# Programs for the target run here too, for the tests; a board may name its processor in EDGESPAN_BOARD_CPU.
find_program(EDGESPAN_EMULATOR NAMES ${edgespan_qemu} ${edgespan_qemu}-static)
if(EDGESPAN_EMULATOR)
  if(EDGESPAN_BOARD_CPU)
    set(edgespan_cpu ${EDGESPAN_BOARD_CPU})
  endif()
  set(CMAKE_CROSSCOMPILING_EMULATOR ${EDGESPAN_EMULATOR} -cpu ${edgespan_cpu} -L ${libc_root})
endif()
