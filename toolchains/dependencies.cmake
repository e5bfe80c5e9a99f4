# SPDX-License-Identifier: Apache-2.0
# Every library that edgespan uses, by one recipe: edgespan_dependency(NAME...) makes the target edgespan_dep_NAME.
#
#   rdkafka    librdkafka; from source a small static one: no SSL, SASL, zlib, zstd, curl; LZ4 and snappy inside
#   rdkafkacpp   its C++ API, for the tests
#   nanopb     its run-time library; the generator is a tool of the host
#   mbedtls    3.6 LTS, always from source: its configuration is ours, and a distribution's is ten times as large
#   zlib       for packed batches
#   inih       reads settings files; from source without a heap
#   catch2     the tests' framework; from source with main()
#   cli11, httplib   headers of the tool
#
# EDGESPAN_DEPS=system asks find_package and pkg-config: a distribution, Yocto, Buildroot. EDGESPAN_DEPS=source builds
# the releases that dependencies.txt pins; they come from the folder EDGESPAN_DEPS_DIR (toolchains/sources.py fills
# one), and what that lacks from upstream.
include_guard(GLOBAL)
include(FetchContent)

set(deps system)
if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
  set(deps source)  # no distribution has libraries for it
endif()
set(EDGESPAN_DEPS ${deps} CACHE STRING "Where libraries come from: system, or source (dependencies.txt)")
set_property(CACHE EDGESPAN_DEPS PROPERTY STRINGS system source)
set(deps_dir "$ENV{EDGESPAN_DEPS_DIR}")
if(NOT deps_dir AND EXISTS ${CMAKE_CURRENT_LIST_DIR}/../build/deps)
  get_filename_component(deps_dir ${CMAKE_CURRENT_LIST_DIR}/../build/deps ABSOLUTE)  # where ./dev puts them
endif()
set(EDGESPAN_DEPS_DIR "${deps_dir}" CACHE PATH "Archives of the pinned releases, instead of a download")
set(EDGESPAN_RDKAFKA_VERSION 2.0.2 CACHE STRING "Release of librdkafka that EDGESPAN_DEPS=source builds")
set(EDGESPAN_DEPS_FILE ${CMAKE_CURRENT_LIST_DIR}/dependencies.txt)
set(EDGESPAN_NANOPB_NAMES ${CMAKE_CURRENT_LIST_DIR}/nanopb_names.h)
if(NOT EDGESPAN_DEPS MATCHES "^(system|source)$")
  message(FATAL_ERROR "EDGESPAN_DEPS=${EDGESPAN_DEPS}: it is system or source")
endif()

# Where the pinned release is: a file of EDGESPAN_DEPS_DIR, or else an address. `names`: what the file may be called.
function(_edgespan_locate name version out_url out_hash out_names)
  set(names "")
  set(file_found "")
  set(address "")
  set(pinned FALSE)
  file(STRINGS ${EDGESPAN_DEPS_FILE} rows REGEX "^[^#]")
  foreach(row IN LISTS rows)
    if(row MATCHES "^([^ ]+) ([^ ]+) ([0-9a-f]+)$")
      set(sha256 ${CMAKE_MATCH_3})
      set(pinned FALSE)
      if(CMAKE_MATCH_1 STREQUAL name AND CMAKE_MATCH_2 STREQUAL version)
        set(pinned TRUE)
      endif()
      continue()
    elseif(NOT pinned)
      continue()
    endif()
    string(STRIP "${row}" location)
    get_filename_component(file ${location} NAME)
    if(location MATCHES "://" AND NOT file MATCHES "^${name}")
      string(REGEX MATCH "\\.tar\\.[a-z0-9]+$" suffix ${file})
      set(file ${name}-${version}${suffix})  # what GitHub calls v1.2.3.tar.gz
    endif()
    list(APPEND names ${file})
    if(EDGESPAN_DEPS_DIR AND NOT file_found AND EXISTS ${EDGESPAN_DEPS_DIR}/${file})
      set(file_found ${EDGESPAN_DEPS_DIR}/${file})
      set(file_hash ${sha256})
    elseif(NOT address AND location MATCHES "://")
      set(address ${location})
      set(address_hash ${sha256})
    endif()
  endforeach()
  if(NOT names)
    message(FATAL_ERROR "${name} ${version} is not pinned in ${EDGESPAN_DEPS_FILE}")
  endif()
  list(REMOVE_DUPLICATES names)
  list(JOIN names " or " names)
  set(${out_names} ${names} PARENT_SCOPE)
  if(file_found)
    set(${out_url} ${file_found} PARENT_SCOPE)
    set(${out_hash} ${file_hash} PARENT_SCOPE)
  else()
    set(${out_url} ${address} PARENT_SCOPE)
    set(${out_hash} ${address_hash} PARENT_SCOPE)
  endif()
endfunction()

# Downloaded here, because FetchContent tries for minutes and then does not say what to do without a network.
function(_edgespan_download what url sha256 file names)
  if(EXISTS ${file})
    file(SHA256 ${file} present)
    if(present STREQUAL sha256)
      return()
    endif()
  endif()
  message(STATUS "${what} from ${url}")
  file(DOWNLOAD ${url} ${file} STATUS status TLS_VERIFY ON INACTIVITY_TIMEOUT 30)
  if(status MATCHES "^0;")
    return()
  endif()
  file(REMOVE ${file})
  list(GET status 1 reason)
  set(folder ${EDGESPAN_DEPS_DIR})
  if(NOT folder)
    set(folder FOLDER)
  endif()
  message(FATAL_ERROR "${what} did not come from ${url}: ${reason}. Without a network, put ${names} into a folder and "
                      "configure with -DEDGESPAN_DEPS_DIR=${folder}; where a mirror of Debian is in reach, "
                      "`toolchains/sources.py ${folder}` fills it.")
endfunction()

# Unpacks the pinned release; its folder goes into the variable `out`.
function(edgespan_release name version out)
  _edgespan_locate(${name} ${version} url hash names)
  string(TOUPPER edgespan_${name} override)
  if(url MATCHES "://" AND NOT FETCHCONTENT_SOURCE_DIR_${override})
    string(REGEX MATCH "\\.tar\\.[a-z0-9]+$" suffix ${url})
    set(archive ${CMAKE_BINARY_DIR}/_deps/archives/${name}-${version}${suffix})
    _edgespan_download("${name} ${version}" ${url} ${hash} ${archive} "${names}")
    set(url ${archive})
  endif()
  if(POLICY CMP0135)
    cmake_policy(SET CMP0135 NEW)  # files get the time of unpacking, so a changed pin is built
  endif()
  # The folder named last does not exist: what is unpacked here is added below, each in its own way.
  FetchContent_Declare(edgespan_${name} URL ${url} URL_HASH SHA256=${hash} SOURCE_SUBDIR nothing)
  FetchContent_MakeAvailable(edgespan_${name})
  set(${out} ${edgespan_${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

# Other people's warnings, and their headers', are not ours to see.
function(_edgespan_foreign target)
  target_compile_options(${target} PRIVATE -w)
  get_target_property(include ${target} INTERFACE_INCLUDE_DIRECTORIES)
  if(include)
    set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${include}")
  endif()
endfunction()

macro(_edgespan_pkg_config name)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(EDGESPAN_${name} QUIET IMPORTED_TARGET GLOBAL ${ARGN})
endmacro()

function(_edgespan_rdkafka_system)
  _edgespan_pkg_config(RDKAFKA "rdkafka>=1.8")
  if(NOT EDGESPAN_RDKAFKA_FOUND)
    message(FATAL_ERROR "pkg-config knows no rdkafka of 1.8 or later. Install it for the target (Debian: "
                        "librdkafka-dev), or build it with -DEDGESPAN_DEPS=source")
  endif()
  target_link_libraries(edgespan_dep_rdkafka INTERFACE PkgConfig::EDGESPAN_RDKAFKA)
  set_target_properties(edgespan_dep_rdkafka PROPERTIES EDGESPAN_PUBLIC ON EDGESPAN_PC "rdkafka >= 1.8")
endfunction()

function(_edgespan_rdkafka_source)
  edgespan_release(librdkafka ${EDGESPAN_RDKAFKA_VERSION} source)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)   # option() keeps the values below
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5)   # 2.0.2 asks for 3.2, which CMake 4 refuses
  set(CMAKE_C_STANDARD 11)
  set(CMAKE_C_EXTENSIONS ON)
  set(RDKAFKA_BUILD_STATIC ON)
  if(BUILD_SHARED_LIBS)
    set(RDKAFKA_BUILD_STATIC OFF)  # the program calls it too: one copy for both
  endif()
  foreach(part RDKAFKA_BUILD_EXAMPLES RDKAFKA_BUILD_TESTS WITH_SSL WITH_SASL WITH_ZLIB WITH_ZSTD WITH_CURL
               ENABLE_LZ4_EXT WITH_PLUGINS)
    set(${part} OFF)
  endforeach()
  set(WITH_SSL ${EDGESPAN_RDKAFKA_SUITE})  # which tests it, too
  set(build ${CMAKE_BINARY_DIR}/_deps/librdkafka)
  add_subdirectory(${source} ${build} EXCLUDE_FROM_ALL)
  # Before 2.15 the CMake build looks for atomics and does not say so: 64-bit values would be read by halves.
  target_compile_definitions(rdkafka PRIVATE HAVE_ATOMICS_32_ATOMIC=1 HAVE_ATOMICS_64_ATOMIC=1)
  # Its assertions hold their files' names, which are as long in every folder that this is built in, and by ccache.
  target_compile_options(rdkafka PRIVATE -ffunction-sections -fdata-sections -fmacro-prefix-map=${CMAKE_BINARY_DIR}/=)
  # 2.14's CMake build includes this header even without curl, and uses nothing of it.
  if(NOT EXISTS ${build}/none/curl/curl.h)
    file(WRITE ${build}/none/curl/curl.h "")
  endif()
  # Applications say <librdkafka/rdkafka.h>; the source folder has names as common as queue.h, and stays out of sight.
  foreach(header rdkafka.h rdkafka_mock.h)
    configure_file(${source}/src/${header} ${build}/include/librdkafka/${header} COPYONLY)
  endforeach()
  get_target_property(inside rdkafka INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(rdkafka PRIVATE ${inside} ${build}/none)
  set_target_properties(rdkafka PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "")
  _edgespan_foreign(rdkafka)
  target_include_directories(edgespan_dep_rdkafka SYSTEM INTERFACE $<BUILD_INTERFACE:${build}/include>
                             $<INSTALL_INTERFACE:${EDGESPAN_FOREIGN_INCLUDE_DIR}>)
  target_link_libraries(edgespan_dep_rdkafka INTERFACE rdkafka)
  _edgespan_rdkafka_install(${build}/include)
endfunction()

# librdkafka's C++ API, for the tests.
function(_edgespan_rdkafkacpp_system)
  _edgespan_pkg_config(RDKAFKACPP "rdkafka++>=1.8")
  target_link_libraries(edgespan_dep_rdkafkacpp INTERFACE PkgConfig::EDGESPAN_RDKAFKACPP)
endfunction()

function(_edgespan_rdkafkacpp_source)
  get_target_property(source rdkafka++ SOURCE_DIR)
  set(include ${CMAKE_BINARY_DIR}/_deps/librdkafkacpp)
  configure_file(${source}/rdkafkacpp.h ${include}/librdkafka/rdkafkacpp.h COPYONLY)
  set_target_properties(rdkafka++ PROPERTIES INTERFACE_INCLUDE_DIRECTORIES $<BUILD_INTERFACE:${include}>)
  target_include_directories(rdkafka++ PRIVATE ${source} $<TARGET_PROPERTY:rdkafka,INCLUDE_DIRECTORIES>)
  _edgespan_foreign(rdkafka++)
  target_link_libraries(edgespan_dep_rdkafkacpp INTERFACE rdkafka++)
endfunction()

# An application that uses edgespan::kafka calls librdkafka itself, so the one that was built goes along.
function(_edgespan_rdkafka_install headers)
  set_target_properties(rdkafka PROPERTIES EXPORT_NAME librdkafka)
  set_target_properties(edgespan_dep_rdkafka PROPERTIES EDGESPAN_PUBLIC ON
    EDGESPAN_PC_CFLAGS "-I\${prefix}/${EDGESPAN_FOREIGN_INCLUDE_DIR}"
    EDGESPAN_PC_LIBS "-L\${prefix}/${EDGESPAN_FOREIGN_DIR} -lrdkafka -lm ${CMAKE_THREAD_LIBS_INIT} -l${CMAKE_DL_LIBS}")
  if(EDGESPAN_INSTALL)
    install(TARGETS rdkafka EXPORT edgespan-kafka
      ARCHIVE DESTINATION ${EDGESPAN_FOREIGN_DIR} COMPONENT edgespan_development
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT edgespan_runtime NAMELINK_COMPONENT edgespan_development)
    install(DIRECTORY ${headers}/ DESTINATION ${EDGESPAN_FOREIGN_INCLUDE_DIR} COMPONENT edgespan_development)
  endif()
endfunction()

function(_edgespan_nanopb_system)
  find_path(EDGESPAN_NANOPB_INCLUDE pb_encode.h PATH_SUFFIXES nanopb)
  find_library(EDGESPAN_NANOPB_LIBRARY protobuf-nanopb)
  if(NOT EDGESPAN_NANOPB_INCLUDE OR NOT EDGESPAN_NANOPB_LIBRARY)
    message(FATAL_ERROR "pb_encode.h or libprotobuf-nanopb is not there. Install nanopb for the target (Debian: "
                        "libnanopb-dev), or build the libraries with -DEDGESPAN_DEPS=source")
  endif()
  target_include_directories(edgespan_dep_nanopb SYSTEM INTERFACE ${EDGESPAN_NANOPB_INCLUDE})
  target_link_libraries(edgespan_dep_nanopb INTERFACE ${EDGESPAN_NANOPB_LIBRARY})
endfunction()

# librdkafka from 2.5 on carries a nanopb of its own, with global names; in one static program the linker would silently
# take each function from whichever archive comes first. Ours therefore has other names, for itself and its users.
function(_edgespan_nanopb_source)
  edgespan_release(nanopb 0.4.9.1 source)
  add_library(edgespan_dep_nanopb_library STATIC ${source}/pb_common.c ${source}/pb_encode.c ${source}/pb_decode.c)
  target_include_directories(edgespan_dep_nanopb_library PUBLIC ${source})
  target_compile_options(edgespan_dep_nanopb_library PUBLIC "SHELL:-include ${EDGESPAN_NANOPB_NAMES}"
                         PRIVATE -ffunction-sections -fdata-sections)
  _edgespan_foreign(edgespan_dep_nanopb_library)
  target_link_libraries(edgespan_dep_nanopb INTERFACE edgespan_dep_nanopb_library)
endfunction()

# The caller says in EDGESPAN_MBEDTLS_CONFIG which mbedtls_config.h it is.
function(_edgespan_mbedtls_source)
  edgespan_release(mbedtls 3.6.7 source)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
  set(CMAKE_POLICY_DEFAULT_CMP0126 NEW)  # the same for set(CACHE)
  set(CMAKE_C_EXTENSIONS ON)
  foreach(part ENABLE_PROGRAMS ENABLE_TESTING GEN_FILES MBEDTLS_FATAL_WARNINGS USE_SHARED_MBEDTLS_LIBRARY)
    set(${part} OFF)
  endforeach()
  set(USE_STATIC_MBEDTLS_LIBRARY ON)
  set(DISABLE_PACKAGE_CONFIG_AND_INSTALL ON)
  set(MBEDTLS_CONFIG_FILE ${EDGESPAN_MBEDTLS_CONFIG})
  add_subdirectory(${source} ${CMAKE_BINARY_DIR}/_deps/mbedtls EXCLUDE_FROM_ALL)
  foreach(part mbedcrypto mbedx509 mbedtls)
    target_compile_options(${part} PRIVATE -ffunction-sections -fdata-sections)
    _edgespan_foreign(${part})
  endforeach()
  target_link_libraries(edgespan_dep_mbedtls INTERFACE mbedtls mbedx509 mbedcrypto)
  set(archives mbedtls mbedx509 mbedcrypto)
  foreach(part everest p256m)
    if(TARGET ${part})
      list(APPEND archives ${part})
    endif()
  endforeach()
  set_target_properties(edgespan_dep_mbedtls PROPERTIES EDGESPAN_ARCHIVES "${archives}")
endfunction()

function(_edgespan_mbedtls_system)
  _edgespan_mbedtls_source()
endfunction()

function(_edgespan_zlib_system)
  find_package(ZLIB REQUIRED)
  target_link_libraries(edgespan_dep_zlib INTERFACE ZLIB::ZLIB)
  set_target_properties(edgespan_dep_zlib PROPERTIES EDGESPAN_PC zlib)
endfunction()

# What packs and unpacks in memory; its files of gzip are left out. Its own CMake build would rename a header.
function(_edgespan_zlib_source)
  edgespan_release(zlib 1.3.1 source)
  set(files adler32 crc32 deflate inffast inflate inftrees trees zutil)
  list(TRANSFORM files REPLACE "(.+)" "${source}/\\1.c")
  add_library(edgespan_dep_zlib_library STATIC ${files})
  target_include_directories(edgespan_dep_zlib_library PUBLIC ${source})
  target_compile_options(edgespan_dep_zlib_library PRIVATE -ffunction-sections -fdata-sections)
  _edgespan_foreign(edgespan_dep_zlib_library)
  target_link_libraries(edgespan_dep_zlib INTERFACE edgespan_dep_zlib_library)
  set_target_properties(edgespan_dep_zlib PROPERTIES EDGESPAN_ARCHIVES edgespan_dep_zlib_library)
endfunction()

function(_edgespan_inih_system)
  find_path(EDGESPAN_INIH_INCLUDE ini.h)
  find_library(EDGESPAN_INIH_LIBRARY NAMES libinih.a inih)
  if(NOT EDGESPAN_INIH_INCLUDE OR NOT EDGESPAN_INIH_LIBRARY)
    message(FATAL_ERROR "ini.h or libinih is not there. Install inih for the target (Debian: libinih-dev), or build "
                        "the libraries with -DEDGESPAN_DEPS=source")
  endif()
  add_library(edgespan::libinih UNKNOWN IMPORTED GLOBAL)
  set_target_properties(edgespan::libinih PROPERTIES IMPORTED_LOCATION ${EDGESPAN_INIH_LIBRARY})
  target_include_directories(edgespan_dep_inih SYSTEM INTERFACE $<BUILD_INTERFACE:${EDGESPAN_INIH_INCLUDE}>)
  target_link_libraries(edgespan_dep_inih INTERFACE edgespan::libinih)
  set_target_properties(edgespan_dep_inih PROPERTIES EDGESPAN_PC_LIBS "-linih")
endfunction()

function(_edgespan_inih_source)
  edgespan_release(inih 59 source)
  add_library(edgespan_dep_inih_library STATIC ${source}/ini.c)
  target_include_directories(edgespan_dep_inih_library PUBLIC ${source})
  target_compile_definitions(edgespan_dep_inih_library PRIVATE INI_USE_STACK=1 INI_MAX_LINE=200)
  target_compile_options(edgespan_dep_inih_library PRIVATE -ffunction-sections -fdata-sections)
  _edgespan_foreign(edgespan_dep_inih_library)
  target_link_libraries(edgespan_dep_inih INTERFACE edgespan_dep_inih_library)
  set_target_properties(edgespan_dep_inih PROPERTIES EDGESPAN_ARCHIVES edgespan_dep_inih_library)
endfunction()

# Version 2 is a header, and main() is made from it by a file of the tests; 3 is a library that has one.
# EDGESPAN_STRICT is what makes a run without any test a failure: with 3 it is one anyway.
function(_edgespan_catch2_system)
  find_package(Catch2 REQUIRED)
  if(TARGET Catch2::Catch2WithMain AND NOT Catch2_VERSION VERSION_LESS 3)
    target_link_libraries(edgespan_dep_catch2 INTERFACE Catch2::Catch2WithMain)
  else()
    target_link_libraries(edgespan_dep_catch2 INTERFACE Catch2::Catch2)
    set_target_properties(edgespan_dep_catch2 PROPERTIES EDGESPAN_STRICT "--warn;NoTests")
  endif()
endfunction()

# One file for the library, which takes a quarter of the time of its hundred; the small headers for the tests.
function(_edgespan_catch2_source)
  edgespan_release(catch2 3.7.1 source)
  set(CATCH_CONFIG_DEFAULT_REPORTER console)
  set(CATCH_CONFIG_CONSOLE_WIDTH 80)
  set(generated ${CMAKE_BINARY_DIR}/_deps/catch2)
  configure_file(${source}/src/catch2/catch_user_config.hpp.in ${generated}/catch2/catch_user_config.hpp)
  add_library(edgespan_dep_catch2_library STATIC EXCLUDE_FROM_ALL ${source}/extras/catch_amalgamated.cpp)
  target_include_directories(edgespan_dep_catch2_library PUBLIC ${source}/src ${generated})
  target_compile_features(edgespan_dep_catch2_library PUBLIC cxx_std_20)
  target_compile_options(edgespan_dep_catch2_library PRIVATE -O0 -g0)
  _edgespan_foreign(edgespan_dep_catch2_library)
  target_link_libraries(edgespan_dep_catch2 INTERFACE edgespan_dep_catch2_library)
endfunction()

function(_edgespan_cli11_system)
  find_path(EDGESPAN_CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
  target_include_directories(edgespan_dep_cli11 SYSTEM INTERFACE ${EDGESPAN_CLI11_INCLUDE})
endfunction()

function(_edgespan_cli11_source)
  edgespan_release(cli11 2.4.1 source)
  target_include_directories(edgespan_dep_cli11 SYSTEM INTERFACE ${source}/include)
endfunction()

# Where a distribution compiles it, its flags are part of the library's ABI; pkg-config has them.
function(_edgespan_httplib_system)
  _edgespan_pkg_config(HTTPLIB cpp-httplib)
  if(EDGESPAN_HTTPLIB_FOUND)
    target_link_libraries(edgespan_dep_httplib INTERFACE PkgConfig::EDGESPAN_HTTPLIB)
  else()
    find_path(EDGESPAN_HTTPLIB_INCLUDE httplib.h REQUIRED)
    target_include_directories(edgespan_dep_httplib SYSTEM INTERFACE ${EDGESPAN_HTTPLIB_INCLUDE})
  endif()
endfunction()

function(_edgespan_httplib_source)
  edgespan_release(cpp-httplib 0.18.7 source)
  configure_file(${source}/httplib.h ${CMAKE_BINARY_DIR}/_deps/httplib/httplib.h COPYONLY)
  target_include_directories(edgespan_dep_httplib SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/_deps/httplib)
  if(EDGESPAN_GZIP)
    edgespan_dependency(zlib)  # its server then unpacks
    target_compile_definitions(edgespan_dep_httplib INTERFACE CPPHTTPLIB_ZLIB_SUPPORT)
    target_link_libraries(edgespan_dep_httplib INTERFACE edgespan_dep_zlib)
  endif()
endfunction()

function(edgespan_dependency)
  foreach(name IN LISTS ARGN)
    if(NOT TARGET edgespan_dep_${name})
      add_library(edgespan_dep_${name} INTERFACE)
      set(CMAKE_POSITION_INDEPENDENT_CODE ${EDGESPAN_POSITION_INDEPENDENT})
      cmake_language(CALL _edgespan_${name}_${EDGESPAN_DEPS})
    endif()
  endforeach()
endfunction()
