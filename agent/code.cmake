# SPDX-License-Identifier: Apache-2.0
# What the build chooses for edgespan's own code: small or fast, with assertions or without. The choice reaches targets
# of edgespan and its tests alone, as private definitions; an application's targets never see it.
set(code fast)
if(EDGESPAN_BOARD_CODE)
  set(code ${EDGESPAN_BOARD_CODE})
elseif(EDGESPAN_BARE_METAL OR CMAKE_BUILD_TYPE STREQUAL "MinSizeRel")
  set(code small)
endif()
# A folder that was configured before follows a board that has changed its mind; what a caller chose stays.
if(EDGESPAN_CODE AND EDGESPAN_CODE STREQUAL "${EDGESPAN_CODE_BY_DEFAULT}" AND NOT EDGESPAN_CODE STREQUAL code)
  unset(EDGESPAN_CODE CACHE)
endif()
set(EDGESPAN_CODE_BY_DEFAULT ${code} CACHE INTERNAL "")
set(EDGESPAN_CODE ${code} CACHE STRING "fast: more code where it saves time; small: the least code")
set_property(CACHE EDGESPAN_CODE PROPERTY STRINGS fast small)
if(NOT EDGESPAN_CODE MATCHES "^(fast|small)$")
  message(FATAL_ERROR "EDGESPAN_CODE=${EDGESPAN_CODE}: it is fast or small")
endif()

set(assertions ON)
if(DEFINED EDGESPAN_BOARD_ASSERTIONS)
  set(assertions ${EDGESPAN_BOARD_ASSERTIONS})
endif()
if(EDGESPAN_ASSERTIONS AND EDGESPAN_ASSERTIONS STREQUAL "${EDGESPAN_ASSERTIONS_BY_DEFAULT}"
   AND NOT EDGESPAN_ASSERTIONS STREQUAL assertions)
  unset(EDGESPAN_ASSERTIONS CACHE)
endif()
set(EDGESPAN_ASSERTIONS_BY_DEFAULT ${assertions} CACHE INTERNAL "")
set(EDGESPAN_ASSERTIONS ${assertions} CACHE STRING
    "Check the agent's own assertions (ON, FEW, OFF); one that fails turns tracing off and is counted")
set_property(CACHE EDGESPAN_ASSERTIONS PROPERTY STRINGS ON FEW OFF)
if(EDGESPAN_ASSERTIONS STREQUAL "FEW")
  set(asserted 2)  # agent/core/assert.hpp has these numbers
elseif(EDGESPAN_ASSERTIONS)
  set(asserted 1)
else()
  set(asserted 0)
endif()

# Every target that compiles a private header of the agent links this; edgespan_warnings passes it on. A target's own
# properties EDGESPAN_CHECKED and EDGESPAN_SMALL, if set, decide about assertions and small code in it.
string(COMPARE EQUAL "${EDGESPAN_CODE}" small small)
add_library(edgespan_code INTERFACE)
set(checked $<TARGET_PROPERTY:EDGESPAN_CHECKED>)
set(is_small $<TARGET_PROPERTY:EDGESPAN_SMALL>)
target_compile_definitions(edgespan_code INTERFACE
  EDGESPAN_SMALL_CODE=$<IF:$<STREQUAL:${is_small},>,$<BOOL:${small}>,$<BOOL:${is_small}>>
  EDGESPAN_ASSERTIONS=$<IF:$<STREQUAL:${checked},>,${asserted},$<BOOL:${checked}>>)

# edgespan_core_variant(NAME CHECKED): the objects of core once more, with assertions or without. For tests of misuse
# where the board's own core has none, and for what assertions take (boards/FOOTPRINT.md).
function(edgespan_core_variant name checked)
  add_library(${name} OBJECT $<TARGET_PROPERTY:edgespan_core,SOURCES>)
  set_target_properties(${name} PROPERTIES EDGESPAN_CHECKED ${checked})
  target_compile_options(${name} PRIVATE $<TARGET_PROPERTY:edgespan_core,COMPILE_OPTIONS>)
  target_compile_definitions(${name} PUBLIC $<TARGET_PROPERTY:edgespan_core,INTERFACE_COMPILE_DEFINITIONS>)
  target_include_directories(${name} PUBLIC $<TARGET_PROPERTY:edgespan_core,INTERFACE_INCLUDE_DIRECTORIES>
                             PRIVATE ${PROJECT_SOURCE_DIR}/agent)
  target_link_libraries(${name} PUBLIC edgespan_port PRIVATE edgespan_warnings)
endfunction()
