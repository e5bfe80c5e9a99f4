# SPDX-License-Identifier: Apache-2.0
# How a library of the agent or of a port is compiled and installed.
include_guard(GLOBAL)

# Compiled for size: where the build type asks for it, and always for a board, whatever the parent's build type is.
set(edgespan_small $<CONFIG:MinSizeRel>)
if(EDGESPAN_BOARD)
  set(edgespan_small $<NOT:$<CONFIG:Debug>>)
endif()

# edgespan_hot(SOURCE... [WIDE SOURCE...]): of the folder's library. Where code is fast (EDGESPAN_CODE) these are
# compiled for speed, even if the rest is for size: every message goes through them. WIDE: on 64-bit processors alone;
# on others they save too little for their bytes. tests/cost/hot.py shows what each is worth.
function(edgespan_hot)
  cmake_parse_arguments(PARSE_ARGV 0 hot "" "" WIDE)
  set(sources ${hot_UNPARSED_ARGUMENTS})
  if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    list(APPEND sources ${hot_WIDE})
  endif()
  if(EDGESPAN_CODE STREQUAL "fast")
    set(options -O2)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      list(APPEND options -ftree-tail-merge -ftree-dominator-opts -fschedule-insns2 -fmove-loop-invariants)
    endif()
    set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS "$<${edgespan_small}:${options}>")
  endif()
  # For a folder that compiles them once more.
  list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set_property(GLOBAL APPEND PROPERTY EDGESPAN_HOT ${sources})
endfunction()

function(_edgespan_compile target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
  if(EDGESPAN_BOARD)
    target_compile_options(${target} PRIVATE ${EDGESPAN_BOARD_FLAGS} $<${edgespan_small}:-Os>)
    # Nothing is ever thrown through the agent; without its tables it is a tenth smaller.
    target_compile_options(${target} PRIVATE -fno-unwind-tables -fno-asynchronous-unwind-tables)
  endif()
  # Ids are written one by one and read soon after: two in one load would wait for both stores.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-tree-slp-vectorize>)
  # Passes of gcc that cost code even where small code is asked for: 1.5 % of core on a Cortex-M4.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(passes tree-tail-merge tree-dominator-opts schedule-insns2 move-loop-invariants)
    if(EDGESPAN_BARE_METAL)
      list(APPEND passes tree-loop-im)
    endif()
    foreach(pass IN LISTS passes)
      target_compile_options(${target} PRIVATE $<${edgespan_small}:-fno-${pass}>)
    endforeach()
  endif()
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:edgespan_warnings>)
endfunction()

# A static library keeps its symbols to the program or shared library that links it: two shared libraries, each with an
# edgespan inside, do not meet. A shared one offers them; its calls to itself do not pass through the dynamic linker.
function(_edgespan_symbols target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    target_compile_options(${target} PRIVATE -fno-semantic-interposition)
    target_link_options(${target} PRIVATE LINKER:--exclude-libs,ALL)
    if(NOT EDGESPAN_SANITIZE)
      target_link_options(${target} PRIVATE LINKER:-z,defs)
    endif()
    # Before 1.0 every minor version may change the ABI.
    set_target_properties(${target} PROPERTIES VERSION ${PROJECT_VERSION}
      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} INSTALL_RPATH $ORIGIN)
  else()
    set_target_properties(${target} PROPERTIES C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
      VISIBILITY_INLINES_HIDDEN ON)
  endif()
endfunction()

# edgespan_library(NAME [TESTS_ONLY] SOURCE...): the target edgespan_NAME, edgespan::NAME for users, with the headers of
# the folder's include/. It is a component of the installation, unless only tests use it.
function(edgespan_library name)
  cmake_parse_arguments(PARSE_ARGV 1 library TESTS_ONLY "" "")
  set(sources ${library_UNPARSED_ARGUMENTS})
  list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)  # tests compile some of them once more
  set(type "")
  if(library_TESTS_ONLY OR EDGESPAN_BARE_METAL)
    set(type STATIC)
  endif()
  add_library(edgespan_${name} ${type} ${sources})
  add_library(edgespan::${name} ALIAS edgespan_${name})
  target_include_directories(edgespan_${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  _edgespan_compile(edgespan_${name})
  _edgespan_symbols(edgespan_${name})
  set_target_properties(edgespan_${name} PROPERTIES POSITION_INDEPENDENT_CODE ${EDGESPAN_POSITION_INDEPENDENT})
  if(NOT library_TESTS_ONLY)
    edgespan_component(${name} edgespan_${name})
    edgespan_install_headers(${CMAKE_CURRENT_SOURCE_DIR}/include/)
  endif()
endfunction()
