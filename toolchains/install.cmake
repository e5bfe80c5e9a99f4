# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` installs. Each library is a component of the package edgespan, with an export set and a file of
# pkg-config of its own: who asks for core alone needs no librdkafka.
#
#   edgespan_development   headers, static libraries, CMake's and pkg-config's files
#   edgespan_runtime       shared libraries
#   edgespan_tool          the tool
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# On as a part of another project, too: what a parent installs with an export of its own may link edgespan, and CMake
# then asks that edgespan is exported. A parent that installs none of it says OFF.
option(EDGESPAN_INSTALL "Add what `cmake --install` installs" ON)

set(EDGESPAN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/edgespan)
# Libraries that edgespan built for itself, and their headers: not where other packages look for theirs.
set(EDGESPAN_FOREIGN_DIR ${CMAKE_INSTALL_LIBDIR}/edgespan)
set(EDGESPAN_FOREIGN_INCLUDE_DIR ${CMAKE_INSTALL_LIBDIR}/edgespan/include)

# edgespan_component(NAME TARGET...): the targets are exported together, as the component NAME. What they link of other
# components is found in their link libraries.
function(edgespan_component name)
  set_property(GLOBAL APPEND PROPERTY EDGESPAN_COMPONENTS ${name})
  edgespan_component_targets(${name} ${ARGN})
  set_target_properties(edgespan_${name} PROPERTIES EXPORT_NAME ${name})
endfunction()

function(edgespan_component_targets name)
  if(EDGESPAN_INSTALL)
    install(TARGETS ${ARGN} EXPORT edgespan-${name}
      ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT edgespan_development
      LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT edgespan_runtime NAMELINK_COMPONENT edgespan_development
      INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  endif()
endfunction()

# edgespan_component_links(NAME DEPENDENCY [EMBEDDED]): the library NAME links what edgespan_dependency(DEPENDENCY)
# made. EMBEDDED: for itself alone; what was built from source then goes into the library, and users never see it.
function(edgespan_component_links name dependency)
  set(target edgespan_dep_${dependency})
  if("EMBEDDED" IN_LIST ARGN)
    get_target_property(parts ${target} EDGESPAN_ARCHIVES)
    if(parts)
      foreach(part IN LISTS parts)
        target_sources(edgespan_${name} PRIVATE $<TARGET_OBJECTS:${part}>)
        set_target_properties(${part} PROPERTIES C_VISIBILITY_PRESET hidden)
      endforeach()
      target_link_libraries(edgespan_${name} PRIVATE $<BUILD_INTERFACE:${target}>)
      return()
    endif()
    target_link_libraries(edgespan_${name} PRIVATE ${target})
  else()
    target_link_libraries(edgespan_${name} PUBLIC ${target})
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME dep_${dependency})
  edgespan_component_targets(${name} ${target})
  set_property(GLOBAL APPEND PROPERTY EDGESPAN_FINDS_${name} ${dependency})
endfunction()

# edgespan_install_headers(FOLDER/): what is to be found under <edgespan/...>.
function(edgespan_install_headers folder)
  if(EDGESPAN_INSTALL)
    install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT edgespan_development
      FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
  endif()
endfunction()

# The components that a library links, from its link libraries.
function(_edgespan_needs name out)
  get_property(components GLOBAL PROPERTY EDGESPAN_COMPONENTS)
  set(needs "")
  get_target_property(links edgespan_${name} INTERFACE_LINK_LIBRARIES)
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^\\$<LINK_ONLY:(.*)>$" "\\1" link "${link}")
    string(REGEX REPLACE "^edgespan(_|::)" "" link "${link}")
    if(link IN_LIST components)
      list(APPEND needs ${link})
    endif()
  endforeach()
  set(${out} "${needs}" PARENT_SCOPE)
endfunction()

# _edgespan_pkg_config_file(NAME NEEDS...): edgespan-NAME.pc.
function(_edgespan_pkg_config_file name)
  get_target_property(type edgespan_${name} TYPE)
  set(libs "")
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(libs "-ledgespan_${name}")
  endif()
  set(cflags "")
  get_target_property(definitions edgespan_${name} INTERFACE_COMPILE_DEFINITIONS)
  foreach(definition IN LISTS definitions)
    if(definition)
      string(APPEND cflags " -D${definition}")
    endif()
  endforeach()
  list(TRANSFORM ARGN PREPEND edgespan- OUTPUT_VARIABLE requires)
  get_property(finds GLOBAL PROPERTY EDGESPAN_FINDS_${name})
  # A static library leaves its own needs to the program; a shared one has met those that no header names.
  foreach(dependency IN LISTS finds)
    if(dependency STREQUAL "threads")
      string(APPEND libs " -pthread")
      continue()
    endif()
    get_target_property(pc edgespan_dep_${dependency} EDGESPAN_PC)
    get_target_property(pc_libs edgespan_dep_${dependency} EDGESPAN_PC_LIBS)
    get_target_property(pc_cflags edgespan_dep_${dependency} EDGESPAN_PC_CFLAGS)
    get_target_property(public edgespan_dep_${dependency} EDGESPAN_PUBLIC)
    if(type STREQUAL "SHARED_LIBRARY" AND NOT public)
      continue()
    endif()
    if(pc)
      list(APPEND requires "${pc}")
    endif()
    if(pc_libs)
      string(APPEND libs " ${pc_libs}")
    endif()
    if(pc_cflags)
      string(APPEND cflags " ${pc_cflags}")
    endif()
  endforeach()
  list(JOIN requires ", " requires)
  string(STRIP "${cflags}" cflags)
  string(STRIP "${libs}" libs)
  configure_file(${EDGESPAN_TOOLCHAINS_DIR}/edgespan.pc.in ${PROJECT_BINARY_DIR}/package/edgespan-${name}.pc @ONLY)
endfunction()

# Called once, after all components are there.
function(edgespan_install_package)
  if(NOT EDGESPAN_INSTALL)
    return()
  endif()
  get_property(built GLOBAL PROPERTY EDGESPAN_COMPONENTS)
  set(package ${PROJECT_BINARY_DIR}/package)
  set(pkg_config_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  file(RELATIVE_PATH to_prefix /p/${pkg_config_dir} /p)
  set(prefix "\${pcfiledir}/${to_prefix}")
  string(REGEX REPLACE "/$" "" prefix "${prefix}")

  set(needs "")
  set(finds "")
  foreach(name IN LISTS built)
    _edgespan_needs(${name} of_this)
    string(APPEND needs "set(_edgespan_needs_${name} ${of_this})\n")
    get_property(dependencies GLOBAL PROPERTY EDGESPAN_FINDS_${name})
    string(APPEND finds "set(_edgespan_finds_${name} ${dependencies})\n")
    _edgespan_pkg_config_file(${name} ${of_this})
    install(EXPORT edgespan-${name} NAMESPACE edgespan:: DESTINATION ${EDGESPAN_CMAKE_DIR}
            COMPONENT edgespan_development)
    install(FILES ${package}/edgespan-${name}.pc DESTINATION ${pkg_config_dir} COMPONENT edgespan_development)
  endforeach()
  set(name all)
  set(libs "")
  set(cflags "")
  list(REVERSE built)  # the order of a linker: what needs others stands before them
  list(TRANSFORM built PREPEND edgespan- OUTPUT_VARIABLE requires)
  list(REVERSE built)
  list(JOIN requires ", " requires)
  configure_file(${EDGESPAN_TOOLCHAINS_DIR}/edgespan.pc.in ${package}/edgespan.pc @ONLY)

  set(system ON)
  if(EDGESPAN_DEPS STREQUAL "source")
    set(system OFF)
  endif()
  configure_package_config_file(${EDGESPAN_TOOLCHAINS_DIR}/edgespanConfig.cmake.in ${package}/edgespanConfig.cmake
    INSTALL_DESTINATION ${EDGESPAN_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(${package}/edgespanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${package}/edgespanConfig.cmake ${package}/edgespanConfigVersion.cmake
          DESTINATION ${EDGESPAN_CMAKE_DIR} COMPONENT edgespan_development)
  install(FILES ${package}/edgespan.pc DESTINATION ${pkg_config_dir} COMPONENT edgespan_development)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/edgespan
          COMPONENT edgespan_development)
  if(TARGET edgespan_cli)
    file(RELATIVE_PATH to_lib /p/${CMAKE_INSTALL_BINDIR} /p/${CMAKE_INSTALL_LIBDIR})
    get_target_property(type edgespan_core TYPE)
    if(type STREQUAL "SHARED_LIBRARY")
      set_target_properties(edgespan_cli PROPERTIES INSTALL_RPATH $ORIGIN/${to_lib})
    endif()
    install(TARGETS edgespan_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT edgespan_tool)
    foreach(section 1 ini.5)
      string(REGEX REPLACE "^.*\\." "" number ${section})
      install(FILES ${PROJECT_SOURCE_DIR}/agent/docs/edgespan.${section}
              DESTINATION ${CMAKE_INSTALL_MANDIR}/man${number} COMPONENT edgespan_tool)
    endforeach()
  endif()
endfunction()
