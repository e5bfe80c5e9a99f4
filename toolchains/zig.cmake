# SPDX-License-Identifier: Apache-2.0
# Any Linux by one compiler, `zig cc` (PyPI's package `ziglang`): for a plugin that runs on other machines than the one
# it was built on. EDGESPAN_ZIG_TARGET says for which: aarch64-linux-gnu.2.28 takes no function that glibc 2.28 lacks,
# aarch64-linux-musl is for musl; the same with x86_64, and with arm for ARMv7 (gnueabihf, musleabihf).
#   cmake --toolchain toolchains/zig.cmake -DEDGESPAN_ZIG_TARGET=aarch64-linux-gnu.2.28 -DEDGESPAN_DEPS=source ...
set(CMAKE_SYSTEM_NAME Linux)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES EDGESPAN_ZIG_TARGET)
if(NOT EDGESPAN_ZIG_TARGET MATCHES "^([a-z0-9_]+)-linux-(gnu|musl)")
  message(FATAL_ERROR "EDGESPAN_ZIG_TARGET='${EDGESPAN_ZIG_TARGET}': write one such as aarch64-linux-gnu.2.28")
endif()
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
set(edgespan_flags "")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "arm")
  set(CMAKE_SYSTEM_PROCESSOR armv7)
  set(edgespan_flags "-mcpu=generic+v7a+vfp3d16")
endif()

find_program(EDGESPAN_ZIG zig)
if(NOT EDGESPAN_ZIG)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  execute_process(COMMAND ${Python3_EXECUTABLE} -c "import os, ziglang; print(os.path.dirname(ziglang.__file__))"
                  OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  find_program(EDGESPAN_ZIG zig PATHS ${folder} NO_DEFAULT_PATH)
  if(NOT EDGESPAN_ZIG)
    message(FATAL_ERROR "There is no zig; `pip install ziglang` brings one")
  endif()
endif()
set(CMAKE_C_COMPILER ${EDGESPAN_ZIG} cc)
set(CMAKE_CXX_COMPILER ${EDGESPAN_ZIG} c++)
set(CMAKE_C_COMPILER_TARGET ${EDGESPAN_ZIG_TARGET})
set(CMAKE_CXX_COMPILER_TARGET ${EDGESPAN_ZIG_TARGET})
# Unless told otherwise zig's code traps where C leaves something undefined.
# No exception passes through C, and tables for its calls are a tenth of a plugin's file.
set(CMAKE_C_FLAGS_INIT
    "${edgespan_flags} -fno-sanitize=undefined -g0 -fno-asynchronous-unwind-tables -fno-unwind-tables")
# What the C++ library would call before it ends a process is not there: the plugin has no C++ library.
set(CMAKE_CXX_FLAGS_INIT
    "${edgespan_flags} -fno-sanitize=undefined -g0 '-D_LIBCPP_VERBOSE_ABORT(...)=__builtin_abort()'")
set(CMAKE_MODULE_LINKER_FLAGS_INIT -s)
# Its archiver is a command of the same program.
set(CMAKE_AR ${EDGESPAN_ZIG})
set(CMAKE_RANLIB ${EDGESPAN_ZIG})
foreach(language C CXX)
  set(CMAKE_${language}_ARCHIVE_CREATE "<CMAKE_AR> ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_APPEND "<CMAKE_AR> ar q <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "<CMAKE_RANLIB> ranlib <TARGET>")
endforeach()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH ${CMAKE_CURRENT_LIST_DIR}/nothing)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# pkg-config must not answer with this machine's libraries.
set(ENV{PKG_CONFIG_LIBDIR} ${CMAKE_CURRENT_LIST_DIR}/nothing)
