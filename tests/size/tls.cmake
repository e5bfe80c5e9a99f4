# SPDX-License-Identifier: Apache-2.0
# The gateway with TLS, with the records that the build was given; and with small ones, which takes the sources that
# know a record's size once more. Both shake hands with an arena of the promised size.
function(edgespan_size_tls kind)
  edgespan_traced_gateway(${kind} ${ARGN})
  target_compile_definitions(edgespan_size_${kind} PRIVATE EDGESPAN_SIZE_TLS)
  add_test(NAME size.${kind} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/arena.py ${EDGESPAN_OPENSSL}
           ${CMAKE_CURRENT_BINARY_DIR}/${kind}.txt
           ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:edgespan_size_${kind}>)
  set_tests_properties(size.${kind} PROPERTIES TIMEOUT 200 FIXTURES_SETUP size_figures)
endfunction()
edgespan_size_tls(tls edgespan_mbedtls)

get_target_property(folder mbedtls SOURCE_DIR)
get_target_property(sources mbedtls SOURCES)
list(TRANSFORM sources PREPEND ${folder}/)
add_library(edgespan_size_tls_records STATIC ${sources})
set_target_properties(edgespan_size_tls_records PROPERTIES C_EXTENSIONS ON)
target_compile_options(edgespan_size_tls_records PRIVATE -w)
get_target_property(sources edgespan_mbedtls SOURCES)
list(FILTER sources EXCLUDE REGEX TARGET_OBJECTS)  # mbedTLS, as it was built
add_library(edgespan_size_tls_port STATIC ${sources})
foreach(library edgespan_size_tls_records edgespan_size_tls_port)
  target_compile_definitions(${library} PUBLIC MBEDTLS_CONFIG_FILE="${PROJECT_SOURCE_DIR}/port/mbedtls/config.h"
    EDGESPAN_TLS_IN_BYTES=4096 EDGESPAN_TLS_OUT_BYTES=2048 EDGESPAN_TLS13=$<BOOL:${EDGESPAN_TLS13}>)
  target_include_directories(${library} SYSTEM PUBLIC ${folder}/../include PRIVATE ${folder})
endforeach()
target_compile_options(edgespan_size_tls_port PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti>)
target_include_directories(edgespan_size_tls_port PUBLIC ${PROJECT_SOURCE_DIR}/port/mbedtls/include)
target_link_libraries(edgespan_size_tls_port PUBLIC edgespan_port edgespan_size_tls_records
                      $<TARGET_FILE:mbedx509> $<TARGET_FILE:mbedcrypto>)
add_dependencies(edgespan_size_tls_port mbedx509 mbedcrypto)
edgespan_size_tls(tls_small edgespan_size_tls_port)
